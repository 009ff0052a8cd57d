/**
 * The map panes as a Streamlit component: every run of the script ends here, the maps are made once.
 */

import { mount } from "./map_panes.js";

const mounted = new WeakMap();

/** @param {{data: {base: string, lang: string, epoch: number, state: Object, first?: Object, inline?: Object, options?: Object}, parentElement: ParentNode, setStateValue: Function}} component */
export default function ({ data, parentElement, setStateValue }) {
  let entry = mounted.get(parentElement);
  if (!entry) {
    const root = document.createElement("div");
    parentElement.append(root);
    entry = { root, lang: data.lang, base: data.base, epoch: data.epoch, send: setStateValue };
    entry.panes = mount(root, {
      base: data.base,
      lang: data.lang,
      state: data.state,
      first: data.first,
      inline: data.inline,
      options: data.options,
      // With the epoch, so that a state that comes back after the server has changed it is news again.
      onState: (state) => entry.send("state", { ...state, epoch: entry.epoch }),
      early: [...new Set(data.state.panes.map(({ indicator }) => indicator))],
    });
    mounted.set(parentElement, entry);
  } else {
    entry.send = setStateValue;
    const change = { first: data.first, inline: data.inline ?? null, options: data.options ?? {} };
    if (data.lang !== entry.lang) change.lang = data.lang;
    if (data.base !== entry.base) change.base = data.base;
    if (data.epoch !== entry.epoch) change.state = data.state;
    Object.assign(entry, { lang: data.lang, base: data.base, epoch: data.epoch });
    entry.panes.update(change);
  }
  return () => {
    entry.panes.destroy();
    entry.root.remove();
    mounted.delete(parentElement);
  };
}
