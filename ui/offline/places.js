/**
 * Choosing places: a search box of the maps outside of them, and the places chosen so far.
 */

import { h, iconButton } from "../map_panes/dom.js";
import { Search } from "../map_panes/search.js";

/** A search box in the clothes of the maps. @param {() => Promise<Array>} entries @param {(code: string) => void} found */
export function searchBox(app, entries, found) {
  const search = new Search("offline-search", app.format, entries, (entry) => {
    search.clear();
    found(entry.code);
  }, () => {});
  return h("div", { class: "mp search" }, search.element);
}

/** The chosen places, each with a button that takes it away. */
export function chips(app, codes, remove) {
  const list = codes.map((code, n) => {
    const { name, where } = app.atlas.placeOf(code);
    return h(
      "li", {}, h("b", { text: String(n + 1) }), " ", h("span", { text: [name, where].filter(Boolean).join(", ") }),
      iconButton("close", app.t("map.selected.remove", { name }), () => remove(code)),
    );
  });
  return h("div", { class: "mp" }, h("ul", { class: "chosen", "aria-label": app.t("map.selected") }, ...list));
}
