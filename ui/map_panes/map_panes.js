/**
 * Map panes: one, two or four maps of Latvia's territories that move together, drawn in the browser.
 *
 * The module knows nothing of the page around it. It reads four kinds of files (`geometry.json`,
 * `catalog.<lang>.json`, `values/<indicator>.json`, `places.json`) through `load`, and tells its state through
 * `onState`, after the paint and not more often than every 400 ms.
 *
 * Waiting for the paint: `root.dataset.painted` counts up two animation frames after every change has been drawn in
 * all panes, with nothing left to load; the same moment is the performance mark "map_panes:painted".
 */

import { Atlas } from "./atlas.js";
import { h, setText } from "./dom.js";
import { Figures } from "./figures.js";
import { Format } from "./format.js";
import { Pane } from "./pane.js";
import { Search } from "./search.js";
import { MOST_PANES, staged } from "./stage.js";
import { MOST_SELECTED, looksOf } from "./state.js";
import { Store } from "./store.js";
import { Toolbar } from "./toolbar.js";
import { Views } from "./views.js";

// Milliseconds until the state is told after the paint; a selection is awaited elsewhere on the page.
const TELL = 400;
const TELL_SELECTION = 50;
// Milliseconds until what stands above the maps has come too, when a page is drawn anew.
const ARRIVED = 600;
const UNLOADABLE = "Kartes datus neizdevās ielādēt. / The map data could not be loaded.";
let instances = 0;

// Pixels: up to here the maps stand under one another (as in the style sheet); the least width of a map with its legend
// beside it, and from which width to height it stands there; what stays free under the maps.
const NARROW = 760;
const BESIDE = 520;
const WIDE = 1.5;
const FOOT = 8;
// On the stage: what stays free below; the share of the window from which maps do with what is left of it, while others
// take a whole one; the width and height from which a map has room for a long legend.
const STAGE_FOOT = 56;
const STAGE_SHARE = 0.75;
const TIGHT = 720;

/**
 * @typedef {Object} Options
 * @property {string[]} [hide]   parts the page does without: "search", "layout", "level", "area", "rural", "download",
 *   "time", "sync", "scale", "selection", "reset"; of each pane "indicator", "period", "settings", "about", "table",
 *   "copy", "source". A pane without a choice of indicator shows its title instead.
 * @property {?number} [height]  pixels for all maps with their legends; without it, and on the stage, they take what the
 *   window leaves
 * @property {boolean} [stage]   drawn for a hall: large letters, thick lines, at most two maps and five classes, no
 *   controls; a state from outside is flown to
 */

/**
 * @param {HTMLElement} root   an element of our own, empty
 * @param {Object} parts
 * @param {string} parts.base                      address of the data files, ending in "/"
 * @param {string} parts.lang                      "lv" or "en"
 * @param {Object} [parts.state]                   see state.js; anything missing or bogus gets its default
 * @param {Object} [parts.first]                    the state to begin again with
 * @param {?{indicators: Object[], values: Object}} [parts.inline]  the page's own indicators, see figures.js
 * @param {Options} [parts.options]
 * @param {(state: Object) => void} [parts.onState]
 * @param {(name: string) => Promise<Object>} [parts.load]  reads a data file by name
 * @param {string[]} [parts.early]                 indicators known to exist, to be read along with the catalogue
 * @returns {{update: (change: {state?: Object, first?: Object, lang?: string, base?: string, inline?: ?Object, options?: Options}) => void,
 *   destroy: () => void}}
 */
export function mount(root, { early = [], ...parts }) {
  const app = new MapPanes(root, parts);
  for (const indicator of early) app.figures.request(indicator);
  app.start();
  return { update: (change) => app.change(change), destroy: () => app.destroy() };
}

async function fetchJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

// What all maps need: the maps of the next page, or of the same page later, find it as these left it.
const COMMON = /geometry[^/]*$|catalog[^/]*$/;
const MOST_COMMON = 3;
const common = new Map();

/** Read a file; one that all maps need only once, unless it did not come. */
function read(address) {
  if (!COMMON.test(address)) return fetchJson(address);
  if (!common.has(address)) {
    if (common.size >= MOST_COMMON) common.delete(common.keys().next().value);
    const coming = fetchJson(address);
    common.set(address, coming);
    coming.catch(() => common.delete(address));
  }
  return common.get(address);
}

/** How far everything around an element is scrolled down. */
function scrolled(element) {
  let sum = scrollY;
  for (let node = element; node && node !== document.documentElement; node = node.parentNode ?? node.host) {
    sum += node === document.body ? 0 : (node.scrollTop ?? 0);
  }
  return sum;
}

class MapPanes {
  constructor(root, { base, lang, state = {}, first = {}, inline = null, options = {}, onState = () => {}, load }) {
    Object.assign(this, { root, base, lang, given: state, first, options, onState });
    this.load = load ?? ((name) => read(new URL(this.base + name, document.baseURI).href));
    this.id = `mp${(instances += 1)}`;
    this.figures = new Figures((name) => this.load(name), () => this.refresh());
    this.figures.takeInline(inline);
    this.panes = [];
    this.hovered = null;
    this.place = null;
    this.active = 0;
    this.count = 0;
    root.classList.add("mp");
    root.dataset.painted = "0";
    this.onKey = (event) => this.key(event);
    this.onPress = (event) => this.closeMenus(event);
    this.onResize = () => this.fit();
    root.addEventListener("keydown", this.onKey);
    addEventListener("resize", this.onResize);
    this.onLeave = (event) => event.composedPath().includes(root) || this.flush();
    for (const leaving of ["pointerdown", "focusin"]) document.addEventListener(leaving, this.onLeave, true);
    root.addEventListener("pointerdown", this.onPress);
  }

  async start() {
    try {
      const [geometry, catalog] = await Promise.all([this.load("geometry.json"), this.load(`catalog.${this.lang}.json`), this.style()]);
      if (this.gone) return;
      this.atlas = new Atlas(geometry, catalog);
      this.take(catalog);
      this.views = new Views(geometry.size, () => this.state.sync, () => this.settled());
      this.store = new Store(this.figures, {
        changed: () => this.refresh(),
        become: (looks) => (this.options.stage ? this.views.flyAll(looks) : this.views.set(looks)),
        looks: () => this.state.panes.map((_, i) => this.look(i)),
        first: () => this.first,
      });
      this.store.begin(this.given);
      this.views.begin(looksOf(this.state));
      this.build();
    } catch (error) {
      console.warn(error);
      this.root.replaceChildren(h("p", { class: "mp-broken", role: "alert", text: UNLOADABLE }));
    }
  }

  style() {
    if (this.root.getRootNode().querySelector("link[data-map-panes]")) return null;
    const link = h("link", { rel: "stylesheet", "data-map-panes": true, href: new URL("./map_panes.css", import.meta.url).href });
    const ready = new Promise((resolve) => {
      link.onload = link.onerror = resolve;
    });
    this.root.before(link);
    return ready;
  }

  take(catalog) {
    this.catalog = catalog;
    this.format = new Format(catalog.lang, catalog.texts);
    this.atlas.take(catalog);
    this.figures.take(catalog);
  }

  get state() {
    return this.store.state;
  }

  get shapes() {
    return this.atlas.shapes[this.state.level];
  }

  /** The state as it is drawn. */
  get shown() {
    return this.options.stage ? staged(this.state) : this.state;
  }

  /** An element of a part of the surface, or nothing where the page, or the stage, does without that part. */
  part(name, element) {
    const hidden = (this.options.stage && name !== "source") || this.options.hide?.includes(name);
    return hidden ? null : element;
  }

  build() {
    const { format, atlas } = this;
    this.toolbar?.destroy();
    this.panes.forEach((pane) => pane.destroy());
    this.panes = [];
    const villages = () => this.load("places.json");
    const alone = () => this.say(format.t("map.search.failed"));
    const search = new Search(`${this.id}-search`, format, () => atlas.findable(villages, alone), (entry) => this.found(entry), () => this.forget());
    this.toolbar = new Toolbar(this, search);
    this.grid = h("div", { class: "mp-grid" });
    this.foot = h("p", { class: "mp-foot" });
    this.live = h("div", { class: "mp-hidden", "aria-live": "polite" });
    const keys = h("p", { class: "mp-hidden", id: `${this.id}-keys`, text: format.t("map.keys") });
    this.root.classList.toggle("mp-stage", Boolean(this.options.stage));
    this.root.replaceChildren(this.toolbar.element, this.grid, this.foot, keys, this.live);
    this.sized?.disconnect();
    this.sized = new ResizeObserver(() => this.fit());
    for (const element of [this.root, this.toolbar.element]) this.sized.observe(element);
    clearTimeout(this.fitting);
    this.fitting = setTimeout(this.onResize, ARRIVED);
    this.refresh();
  }

  /** From outside: another language, a state to take over, other figures of the page's own, other parts. */
  async change({ state, first, lang, base, inline, options }) {
    if (base) this.base = base;
    if (first) this.first = first;
    if (state) this.given = state;
    const parted = options && JSON.stringify(options) !== JSON.stringify(this.options);
    if (options) this.options = options;
    if (!this.store) {
      if (lang) this.lang = lang;
      if (inline !== undefined) this.figures.takeInline(inline);
      return;
    }
    const turned = lang && lang !== this.lang;
    if (turned) {
      this.lang = lang;
      this.take(await this.load(`catalog.${lang}.json`));
      if (this.gone) return;
    }
    const figured = inline !== undefined && this.figures.takeInline(inline);
    if (state) {
      this.store.adopt(state, this.options.stage ? null : this.told?.state); // one told in flight is not where it ends
      this.told = this.outgoing();
    } else if (figured) this.store.settle();
    if (turned || parted) this.build();
    else if (state || figured) this.refresh();
  }

  // --- what the visitor does ---

  /** The pane the visitor was last in. */
  activePane() {
    return Math.min(this.active, this.panes.length - 1);
  }

  setLevel(level) {
    if (this.hovered) this.hovered = this.atlas.codeAt(this.hovered, level);
    this.store.set({ level });
  }

  setArea(value) {
    const [kind, code] = value.split(":");
    this.store.setFilter({ region: kind === "region" ? code : null, municipality: kind === "municipality" ? code : null });
    if (code) this.flyToBox(this.atlas.boxOfArea(kind, code), 0.85);
  }

  /** What is compared, where that is not everything: for pictures, which have no toolbar. */
  filterWords() {
    const { catalog, format } = this;
    const { rural, degurba, region, municipality } = this.state.filter;
    const named = (rows, code) => rows.find(([own]) => own === code)?.[1];
    const words = [
      degurba ? format.t("map.rural.degurba") : rural ? format.t("map.rural.rural") : null,
      municipality ? named(catalog.territories.municipality, municipality) : region ? named(catalog.regions, region) : null,
    ].filter(Boolean);
    return words.length ? `${format.t("map.rural")}: ${words.join("; ")}` : "";
  }

  /** Whose picture this is, of what day and data: what stands under every picture and on paper. */
  creditWords() {
    const { catalog, format } = this;
    const edition = format.day(new Date(catalog.date), "UTC");
    return format.t("map.export.credit", { date: format.day(new Date()), edition, version: catalog.version });
  }

  setSync(sync) {
    this.store.set({ sync });
    if (sync) this.views.join(this.activePane());
  }

  copyPane(index) {
    const to = this.store.copyPane(index);
    this.say(this.format.t("map.pane.copied", { number: this.format.integer(to + 1) }));
  }

  select(codes) {
    this.prompt = true;
    this.store.select(codes);
  }

  toggle(code) {
    this.prompt = true;
    if (!this.store.toggle(code)) this.say(this.format.t("map.selected.full", { most: this.format.integer(MOST_SELECTED) }));
  }

  undo() {
    this.prompt = true;
    this.store.undo();
  }

  /** Begin again as on a first visit: the state, and what lies over the maps. */
  reset() {
    for (const pane of this.panes) pane.closePanels(false);
    this.toolbar.search.clear();
    this.forget();
    this.hover(null);
    this.store.reset();
  }

  /** Take the mark of a found place away. */
  forget() {
    if (!this.place) return;
    this.place = null;
    for (const pane of this.panes) pane.mark();
  }

  /** Mark a territory in all panes. `spoken` also tells it to a screen reader. */
  hover(code, spoken = false) {
    if (code === this.hovered) return;
    this.hovered = code;
    for (const pane of this.panes) pane.mark();
    if (spoken && code) this.announce(code);
    this.painted();
  }

  announce(code) {
    clearTimeout(this.speech);
    this.speech = setTimeout(() => {
      const { name, where } = this.placeOf(code);
      this.live.textContent = [[name, where].filter(Boolean).join(", "), ...this.panes.map((pane) => pane.spoken(code))].join(". ");
    }, 200);
  }

  say(text) {
    this.toolbar.say(text);
  }

  key(event) {
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && !event.target.matches("input")) {
      this.undo();
      event.preventDefault();
    }
    if (event.key === "Escape") {
      for (const pane of this.panes) pane.closePanels();
      for (const menu of this.root.querySelectorAll("details[open]")) {
        menu.open = false;
        menu.firstChild.focus();
      }
    }
  }

  closeMenus(event) {
    for (const menu of this.root.querySelectorAll("details[open]")) if (!menu.contains(event.target)) menu.open = false;
  }

  // --- places ---

  placeOf(code) {
    return this.atlas.placeOf(code, this.state.level);
  }

  shortName(code) {
    return this.atlas.shortName(code, this.state.level);
  }

  shapeOf(code) {
    return this.atlas.shapeOf(code, this.state.level);
  }

  /** Fly to what was found and mark the territory it lies in. */
  found(entry) {
    const shape = this.shapeOf(entry.code);
    if (!shape) return;
    this.place = entry.point ? { point: entry.point, name: entry.name } : null;
    this.hovered = null;
    this.hover(this.atlas.codeAt(entry.code, this.state.level), true);
    for (const pane of this.panes) pane.mark();
    this.flyToBox(shape.box, 0.3, entry.point);
  }

  flyTo(code) {
    const shape = this.shapeOf(code);
    if (!shape) return;
    this.hover(code);
    this.flyToBox(shape.box, 0.3);
  }

  /** Look at a box so that it takes a share of the pane. */
  flyToBox([x0, y0, x1, y1], share, point = null) {
    const index = this.activePane();
    const [width, height] = this.atlas.size;
    const k = share * Math.min(width / Math.max(1, x1 - x0), height / Math.max(1, y1 - y0));
    const [x, y] = point ?? [(x0 + x1) / 2, (y0 + y1) / 2];
    this.views.fly(index, { x, y, k: Math.max(1, Math.min(16, k)) });
  }

  // --- drawing ---

  /** Draw what has changed; several changes in one turn are drawn once. */
  refresh() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      if (!this.gone && this.grid) this.draw();
    });
  }

  draw() {
    const { panes } = this.state;
    for (const { indicator } of panes) this.figures.request(indicator);
    const count = this.options.stage ? Math.min(MOST_PANES, panes.length) : panes.length;
    const grown = count !== this.panes.length;
    if (grown) this.layOut(count);
    this.told ??= this.outgoing(); // what came from outside is no news there
    this.toolbar.update();
    setText(this.foot, [this.filterWords(), this.creditWords()].filter(Boolean).join(" · "));
    for (const pane of this.panes) pane.update();
    const marks = JSON.stringify([this.state.selected, this.state.level]);
    if (marks !== this.drawnMarks || grown) {
      this.drawnMarks = marks;
      for (const pane of this.panes) {
        pane.mark();
        if (!pane.table.element.hidden && pane.model) pane.drawTable();
      }
    }
    this.painted();
  }

  layOut(count) {
    while (this.panes.length > count) this.panes.pop().destroy();
    while (this.panes.length < count) {
      const pane = new Pane(this, this.panes.length);
      this.panes.push(pane);
      this.grid.append(pane.element);
    }
    this.grid.dataset.panes = count;
    this.fit();
    for (const pane of this.panes) pane.layers.measure();
    this.views.setPanes(this.panes.map((pane) => pane.layers), this.state.panes.length);
  }

  /** Share the height among the rows of maps: the page's own, or what it leaves of the window below the toolbar. */
  fit() {
    if (!this.grid?.dataset.panes || this.gone) return;
    const box = this.grid.getBoundingClientRect();
    const count = this.panes.length;
    const stacked = box.width <= NARROW;
    const columns = count === 1 || stacked ? 1 : 2;
    const width = box.width / columns;
    const { stage, height: given } = this.options;
    const left = innerHeight - box.top - scrolled(this.grid);
    const whole = left > STAGE_SHARE * innerHeight ? left : innerHeight;
    const room = stage ? whole - STAGE_FOOT : (given ?? Math.max(0, left - FOOT));
    const height = room / (count / columns);
    this.grid.style.setProperty("--row", `${Math.floor(height)}px`);
    this.grid.dataset.legend = !stacked && width >= BESIDE && width / height > WIDE ? "beside" : "below";
    this.grid.toggleAttribute("data-tight", width < TIGHT || height < TIGHT);
    for (const pane of this.panes) pane.legend.element.dataset.at = this.grid.dataset.legend;
  }

  /** A movement of the maps has come to rest. */
  settled() {
    for (const pane of this.panes) {
      pane.mark();
      if (pane.model?.circles) pane.drawLegend();
    }
    this.painted();
  }

  /** Tell, two frames on, that all panes are on the screen. */
  painted() {
    if (this.painting || this.figures.loading) return;
    this.painting = true;
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        this.painting = false;
        if (this.gone || this.figures.loading) return;
        this.count += 1;
        this.root.dataset.painted = String(this.count);
        performance.mark("map_panes:painted");
        this.tell();
      }),
    );
  }

  /** Where a pane looks as it goes out: the whole country is no view. */
  look(i) {
    const { x, y, k } = this.views.get(i);
    const home = this.views.home();
    const whole = k === 1 && x === home.x && y === home.y;
    return whole ? null : { x: Math.round(x), y: Math.round(y), k: Math.round(k * 1000) / 1000 };
  }

  outgoing() {
    const state = this.store.outward();
    return { state, text: JSON.stringify(state) };
  }

  tell() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.flush(), this.prompt ? TELL_SELECTION : TELL);
  }

  /** Tell the state now if it is news: before whatever the visitor does elsewhere in the page. */
  flush() {
    clearTimeout(this.telling);
    if (!this.count) return;
    const outgoing = this.outgoing();
    this.prompt = false;
    if (outgoing.text === this.told.text) return;
    this.told = outgoing;
    this.onState(outgoing.state);
  }

  destroy() {
    this.gone = true;
    clearTimeout(this.telling);
    clearTimeout(this.speech);
    clearTimeout(this.fitting);
    this.views?.destroy();
    this.toolbar?.destroy();
    this.panes.forEach((pane) => pane.destroy());
    this.sized?.disconnect();
    removeEventListener("resize", this.onResize);
    for (const leaving of ["pointerdown", "focusin"]) document.removeEventListener(leaving, this.onLeave, true);
    this.root.removeEventListener("keydown", this.onKey);
    this.root.removeEventListener("pointerdown", this.onPress);
    this.root.replaceChildren();
  }
}
