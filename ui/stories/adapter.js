/**
 * The player as a Streamlit component: a button that opens it over the whole window. What it plays stays as it is when
 * the script of the page runs again.
 */

import { h, setText } from "../map_panes/dom.js";
import { mount, style } from "./player.js";

const opened = new WeakMap();

/** @param {{data: {base: string, lang: string, story: Object, inline?: Object, texts: Object}, parentElement: ParentNode}} component */
export default function ({ data, parentElement }) {
  let entry = opened.get(parentElement);
  if (!entry) {
    entry = { player: null };
    style();
    entry.button = h("button", { type: "button", class: "story-begin", on: { click: () => play(entry) } });
    parentElement.append(entry.button);
    opened.set(parentElement, entry);
  }
  const changed = entry.data && JSON.stringify(entry.data.story) !== JSON.stringify(data.story);
  entry.data = data;
  setText(entry.button, data.texts["story.play.begin"]);
  if (entry.player && changed) entry.player.update({ story: data.story, inline: data.inline ?? null });
  return () => {
    close(entry);
    entry.button.remove();
    opened.delete(parentElement);
  };
}

function play(entry) {
  if (entry.player) return;
  entry.root = h("div");
  document.body.append(entry.root);
  entry.player = mount(entry.root, { ...entry.data, leave: () => close(entry) });
  entry.player.fullScreen();
}

function close(entry) {
  entry.player?.destroy();
  entry.player = null;
  entry.root?.remove();
  entry.button.focus();
}
