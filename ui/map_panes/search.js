/**
 * Finding a place by name: parishes, towns, municipalities, and the villages once the list has come.
 */

import { h, icon } from "./dom.js";
import { plain } from "./format.js";

const MOST = 12;
const WEIGHT = { municipality: 0, city: 0, town: 1, parish: 2, village: 3, suburb: 4, hamlet: 5 };

/** A plain name without the ending of its first word: so Talsi is the beginning of Talsu novads. */
const stemmed = (name) => name.replace(/[aeiou]?s?(?= |$)/, "*");

/**
 * Entries that match a query, best first: names that begin with it before words that do before the rest, and last those
 * that begin with another case of its first word.
 *
 * @param {Array<{key: string, name: string, kind: string}>} entries
 * @param {string} query
 */
export function matches(entries, query, compare) {
  const wanted = plain(query);
  if (!wanted) return [];
  const stem = stemmed(wanted);
  return entries
    .flatMap((entry) => {
      const at = entry.key.indexOf(wanted);
      if (at < 0 && !stemmed(entry.key).startsWith(stem)) return [];
      const rank = entry.key === wanted ? 0 : at === 0 ? 1 : at < 0 ? 4 : entry.key[at - 1] === " " ? 2 : 3;
      return [{ entry, rank: rank * 10 + (WEIGHT[entry.kind] ?? 6) }];
    })
    .sort((a, b) => a.rank - b.rank || compare(a.entry.name, b.entry.name) || compare(a.entry.where, b.entry.where))
    .slice(0, MOST)
    .map(({ entry }) => entry);
}

export class Search {
  /**
   * @param {string} id
   * @param {Object} format
   * @param {() => Promise<Array>} entries  loads what can be found; called when the box is first used
   * @param {(entry: Object) => void} found
   * @param {() => void} emptied
   */
  constructor(id, format, entries, found, emptied) {
    Object.assign(this, { id, format, entries, found, emptied, options: [], at: -1 });
    this.input = h("input", {
      type: "text", role: "combobox", class: "mp-search-input", autocomplete: "off", spellcheck: "false",
      placeholder: format.t("map.search.hint"), "aria-label": format.t("map.search.label"),
      "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
      on: {
        focus: () => this.load(),
        input: () => {
          if (!this.input.value) this.emptied();
          this.look();
        },
        keydown: (event) => this.key(event),
        blur: () => this.close(),
      },
    });
    this.list = h("ul", { id: `${id}-list`, role: "listbox", class: "mp-search-list", "aria-label": format.t("map.search.results"), hidden: true });
    this.status = h("span", { class: "mp-hidden", role: "status" });
    this.element = h("div", { class: "mp-search" }, icon("search"), this.input, this.list, this.status);
  }

  async load() {
    this.known = await this.entries();
    if (this.input.value) this.look();
  }

  look() {
    if (!this.known) return;
    this.options = matches(this.known, this.input.value, (a, b) => this.format.compare(a, b));
    this.at = this.options.length ? 0 : -1;
    this.list.replaceChildren(
      ...this.options.map((entry, i) =>
        h(
          "li",
          {
            id: `${this.id}-${i}`, role: "option", "aria-selected": i === this.at ? "true" : "false",
            on: {
              pointerdown: (event) => {
                event.preventDefault();
                this.choose(i);
              },
            },
          },
          h("span", { class: "mp-found-name", text: entry.name }),
          h("span", { class: "mp-found-where", text: [this.format.t(`map.kind.${entry.kind}`), entry.where].filter(Boolean).join(", ") }),
        ),
      ),
    );
    if (this.input.value.trim() && !this.options.length) {
      this.list.append(h("li", { class: "mp-found-none", role: "option", "aria-disabled": "true", "aria-selected": "false", text: this.format.t("map.search.none") }));
    }
    const open = this.list.children.length > 0;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.status.textContent = this.input.value.trim() ? this.format.tn("map.search.count", this.options.length) : "";
    this.point();
  }

  point() {
    [...this.list.children].forEach((item, i) => {
      item.setAttribute("aria-selected", String(i === this.at));
      if (i === this.at) item.scrollIntoView({ block: "nearest" });
    });
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `${this.id}-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const count = this.options.length;
    if (event.key === "ArrowDown" && count) this.at = (this.at + 1) % count;
    else if (event.key === "ArrowUp" && count) this.at = (this.at - 1 + count) % count;
    else if (event.key === "Enter") {
      event.preventDefault();
      if (!this.list.hidden && this.at >= 0) this.choose(this.at);
      return;
    } else if (event.key === "Escape") {
      this.clear();
      this.emptied();
      return;
    } else return;
    event.preventDefault();
    this.point();
  }

  clear() {
    this.input.value = "";
    this.look();
  }

  choose(i) {
    const entry = this.options[i];
    this.input.value = entry.name;
    this.close();
    this.found(entry);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
