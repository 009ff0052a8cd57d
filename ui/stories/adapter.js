/**
 * The player as a Streamlit component: buttons that open it over the whole window, at the beginning
 * or at the slide `start`. What it plays stays as it is when
 * the script of the page runs again.
 */

import { h, setText } from "../map_panes/dom.js";
import { mount, style } from "./player.js";

const opened = new WeakMap();

/** @param {{data: {base: string, lang: string, start: number, story: Object, inline?: Object, texts: Object}, parentElement: ParentNode}} component */
export default function ({ data, parentElement }) {
  let entry = opened.get(parentElement);
  if (!entry) {
    entry = { player: null };
    style();
    entry.whole = h("button", { type: "button", class: "story-begin", on: { click: () => play(entry, 0) } });
    entry.here = h("button", { type: "button", class: "story-begin story-here", on: { click: () => play(entry, entry.data.start) } });
    entry.buttons = h("div", { class: "story-begins" }, entry.whole, entry.here);
    parentElement.append(entry.buttons);
    opened.set(parentElement, entry);
  }
  const changed = entry.data && JSON.stringify(entry.data.story) !== JSON.stringify(data.story);
  entry.data = data;
  setText(entry.whole, data.texts["story.play.begin"]);
  setText(entry.here, data.texts["story.play.here"]);
  entry.here.hidden = !data.start;
  if (entry.player && changed) entry.player.update({ story: data.story, inline: data.inline ?? null });
  return () => {
    close(entry);
    entry.buttons.remove();
    opened.delete(parentElement);
  };
}

function play(entry, start) {
  if (entry.player) return;
  entry.root = h("div");
  document.body.append(entry.root);
  entry.player = mount(entry.root, { ...entry.data, start, leave: () => close(entry) });
  entry.player.fullScreen();
}

function close(entry) {
  entry.player?.destroy();
  entry.player = null;
  entry.root?.remove();
  entry.whole.focus();
}
