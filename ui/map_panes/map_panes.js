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

import { deliver, drawing } from "./export.js";
import { h, iconButton } from "./dom.js";
import { Format, plain } from "./format.js";
import { shapes } from "./geometry.js";
import { activeTerritories, paneModel, scaleOf } from "./model.js";
import { Pane } from "./pane.js";
import { Search } from "./search.js";
import { LAYOUTS, LEVELS, MOST_SELECTED, freshPane, normalise } from "./state.js";
import { Toolbar } from "./toolbar.js";
import { Series, yearOf } from "./values.js";
import { Views } from "./views.js";

const TELL = 400;
const UNLOADABLE = "Kartes datus neizdevās ielādēt. / The map data could not be loaded.";
let instances = 0;

// Pixels: up to here the maps stand under one another (as in the style sheet); the least width of a map with its legend
// beside it, and from which width to height it stands there; what stays free under the maps.
const NARROW = 760;
const BESIDE = 520;
const WIDE = 1.5;
const FOOT = 8;

/**
 * @param {HTMLElement} root   an element of our own, empty
 * @param {Object} options
 * @param {string} options.base                      address of the data files, ending in "/"
 * @param {string} options.lang                      "lv" or "en"
 * @param {Object} [options.state]                   see state.js; anything missing or bogus gets its default
 * @param {(state: Object) => void} [options.onState]
 * @param {(name: string) => Promise<Object>} [options.load]  reads a data file by name
 * @param {string[]} [options.early]                 indicators known to exist, to be read along with the catalogue
 * @returns {{update: (change: {state?: Object, lang?: string, base?: string}) => void, destroy: () => void}}
 */
export function mount(root, { base, lang, state = {}, onState = () => {}, load, early = [] }) {
  const app = new MapPanes(root, { base, lang, state, onState, load });
  for (const indicator of early) app.request(indicator);
  app.start();
  return { update: (change) => app.change(change), destroy: () => app.destroy() };
}

async function fetchJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
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
  constructor(root, { base, lang, state, onState, load }) {
    Object.assign(this, { root, base, lang, given: state, onState });
    this.load = load ?? ((name) => fetchJson(new URL(this.base + name, document.baseURI)));
    this.id = `mp${(instances += 1)}`;
    this.files = new Map();
    this.series = new Map();
    this.scales = new Map();
    this.models = new Map();
    this.panes = [];
    this.hovered = null;
    this.place = null;
    this.past = [];
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
      this.geometry = geometry;
      this.take(catalog);
      this.shapesByLevel = Object.fromEntries(
        LEVELS.map((level) => [level, shapes(geometry.levels[level], geometry.size, this.larger(level))]),
      );
      this.state = normalise(this.given, catalog);
      this.views = new Views(geometry.size, () => this.state.sync, () => this.settled());
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
    this.indicators = new Map(catalog.indicators.map((indicator) => [indicator.id, indicator]));
    this.rows = Object.fromEntries(LEVELS.map((level) => [level, new Map(catalog.territories[level].map((row) => [row[0], row]))]));
    this.regionNames = new Map(catalog.regions);
  }

  /** What a territory of a level belongs to: its municipality, or its region. */
  larger(level) {
    return (code) => this.rows[level].get(code)?.[level === "unit" ? 3 : 4] ?? null;
  }

  get shapes() {
    return this.shapesByLevel[this.state.level];
  }

  build() {
    const { format } = this;
    this.toolbar?.destroy();
    this.panes.forEach((pane) => pane.destroy());
    this.panes = [];
    this.models.clear();
    const search = new Search(`${this.id}-search`, format, () => this.findable(), (entry) => this.found(entry));
    this.toolbar = new Toolbar(this, search);
    this.grid = h("div", { class: "mp-grid" });
    this.live = h("div", { class: "mp-hidden", "aria-live": "polite" });
    const keys = h("p", { class: "mp-hidden", id: `${this.id}-keys`, text: format.t("map.keys") });
    this.root.replaceChildren(this.toolbar.element, this.grid, keys, this.live);
    this.sized?.disconnect();
    this.sized = new ResizeObserver(() => this.fit());
    for (const element of [this.root, this.toolbar.element]) this.sized.observe(element);
    this.refresh();
  }

  /** From outside: another language, or a state to take over. */
  async change({ state, lang, base }) {
    if (base) this.base = base;
    if (state) this.given = state;
    if (!this.catalog) {
      if (lang) this.lang = lang;
      return;
    }
    if (lang && lang !== this.lang) {
      this.lang = lang;
      this.take(await this.load(`catalog.${lang}.json`));
      if (this.gone) return;
      if (state) this.adopt(state);
      this.findables = null;
      this.build();
    } else if (state) {
      this.adopt(state);
      this.refresh();
    }
  }

  adopt(state) {
    this.state = normalise(state, this.catalog);
    this.views.set(this.state.view ?? this.views.home());
    this.told = JSON.stringify(this.outward());
  }

  /** Begin again with the first view; one step takes it back. */
  reset() {
    this.past = [{ whole: this.outward() }];
    this.become(this.catalog.first);
  }

  become(state) {
    this.spare = null;
    this.state = normalise(state, this.catalog);
    this.views.set(this.state.view ?? this.views.home());
    this.refresh();
  }

  // --- state ---

  set(patch) {
    if (this.past.at(-1)?.whole) this.past.pop();
    this.state = { ...this.state, ...patch };
    this.refresh();
  }

  setPane(index, patch) {
    this.set({ panes: this.state.panes.map((pane, i) => (i === index ? { ...pane, ...patch } : pane)) });
  }

  /** A period picked in one pane; shared periods take its year. */
  setPeriod(index, period) {
    const year = period.slice(0, 4);
    this.set({
      panes: this.state.panes.map((pane, i) => (i === index ? { ...pane, period } : this.state.sharedPeriod ? { ...pane, period: year } : pane)),
    });
  }

  /** A year for all maps, which from now on share it; their classes stay the same over the years. */
  setYear(year) {
    this.set({ sharedPeriod: true, panes: this.state.panes.map((pane) => ({ ...pane, period: year, basis: "years" })) });
  }

  setLayout(count) {
    const { panes } = this.state;
    const { indicators } = this.catalog;
    const kept = this.spare?.slice(panes.length) ?? [];
    const next = [...panes, ...kept];
    while (next.length < count) {
      const used = new Set(next.map(({ indicator }) => indicator));
      next.push({ ...freshPane(indicators.find(({ id }) => !used.has(id)) ?? indicators[0]), period: this.carriedPeriod(0) });
    }
    this.spare = next;
    this.set({ panes: next.slice(0, count) });
  }

  /** Give the next pane this pane's settings; with a single pane, open a second. */
  copyPane(index) {
    const { panes } = this.state;
    const copy = { ...panes[index], breaks: panes[index].breaks && [...panes[index].breaks] };
    if (panes.length === 1) this.set({ panes: [panes[0], copy] });
    else this.setPane((index + 1) % panes.length, copy);
    this.say(this.format.t("map.pane.copied", { number: this.format.integer(panes.length === 1 ? 2 : ((index + 1) % panes.length) + 1) }));
  }

  setLevel(level) {
    if (this.hovered && !this.shapesByLevel[level].index.has(this.hovered)) {
      this.hovered = level === "municipality" ? (this.rows.unit.get(this.hovered)?.[3] ?? null) : null;
    }
    this.set({ level });
  }

  setArea(value) {
    const [kind, code] = value.split(":");
    this.set({ filter: { ...this.state.filter, region: kind === "region" ? code : null, municipality: kind === "municipality" ? code : null } });
    if (!code) return;
    const boxes = this.catalog.territories.unit.flatMap((row, i) => (row[kind === "region" ? 4 : 3] === code ? [this.boxOf("unit", i)] : []));
    this.flyToBox(boxes.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]), 0.85);
  }

  setSync(sync) {
    this.set({ sync });
    if (sync) this.views.join(this.activePane());
  }

  /** The pane the visitor was last in. */
  activePane() {
    return Math.min(this.active, this.panes.length - 1);
  }

  select(codes) {
    this.past.push({ selected: this.state.selected });
    this.set({ selected: codes });
  }

  toggle(code) {
    const { selected } = this.state;
    if (selected.includes(code)) this.select(selected.filter((other) => other !== code));
    else if (selected.length < MOST_SELECTED) this.select([...selected, code]);
    else this.say(this.format.t("map.selected.full", { most: this.format.integer(MOST_SELECTED) }));
  }

  canUndo() {
    const last = this.past.at(-1);
    return Boolean(last && (last.whole || last.selected.length > this.state.selected.length));
  }

  undo() {
    const last = this.past.pop();
    if (last?.whole) this.become(last.whole);
    else if (last) this.set({ selected: last.selected });
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

  // --- time ---

  years() {
    const level = this.state.level;
    const all = this.state.panes.flatMap(({ indicator }) => {
      const series = this.seriesOf(indicator);
      return series ? series.published : (this.indicators.get(indicator).periods?.[level] ?? []);
    });
    return [...new Set(all.map((period) => String(yearOf(period))))].sort();
  }

  /** The year of the slider: the latest that is asked for, or the latest there is. */
  year() {
    const years = this.years();
    const wanted = this.state.panes.flatMap(({ period }) => (period ? [String(yearOf(period))] : [])).sort().at(-1);
    if (!wanted) return years.at(-1) ?? null;
    return years.findLast((year) => year <= wanted) ?? years[0] ?? null;
  }

  /** The period another indicator begins with where this pane stands: its year, or the latest if it shows the latest. */
  carriedPeriod(index) {
    const { panes, sharedPeriod } = this.state;
    if (sharedPeriod) return this.year() === this.years().at(-1) ? null : this.year();
    const { indicator, period } = panes[index];
    const series = this.seriesOf(indicator);
    const latest = !period || !series || series.resolve(period) === series.published.at(-1);
    return latest ? null : period.slice(0, 4);
  }

  // --- figures ---

  seriesOf(id) {
    const { level } = this.state;
    const file = this.files.get(id);
    if (!file?.values) return null;
    const key = `${id} ${level}`;
    if (!this.series.has(key)) this.series.set(key, new Series(file.values, level, this.shapes.codes));
    return this.series.get(key);
  }

  request(id) {
    if (this.files.has(id)) return;
    const entry = { values: null, failed: false };
    this.files.set(id, entry);
    this.load(`values/${id}.json`).then(
      (values) => {
        entry.values = values;
        this.refresh();
      },
      () => {
        entry.failed = true;
        this.refresh();
      },
    );
  }

  retry(id) {
    this.files.delete(id);
    this.refresh();
  }

  /** The figures a pane's classes rest on: its own, or those of all panes with its unit. */
  poolOf(index) {
    const { panes, sharedScale } = this.state;
    const own = this.indicators.get(panes[index].indicator);
    const kin = panes.filter(({ indicator }) => {
      const other = this.indicators.get(indicator);
      return sharedScale && other.unit === own.unit && other.mark === own.mark;
    });
    const members = kin.length ? kin : [panes[index]];
    return { lead: members[0], members };
  }

  scaleFor(index) {
    const { lead, members } = this.poolOf(index);
    const { method, classes, breaks, diverging, basis } = lead;
    const pool = new Map();
    for (const { indicator, period } of members) {
      const series = this.seriesOf(indicator);
      const own = series && basis === "year" ? series.resolve(period) : null;
      if (series) pool.set(`${indicator} ${own ?? ""}`, { series, period: own });
    }
    const key = JSON.stringify([this.state.level, [...pool.keys()], method, classes, breaks, diverging]);
    if (!this.scales.has(key)) this.scales.set(key, scaleOf(lead, [...pool.values()]));
    return { scale: this.scales.get(key), key };
  }

  modelOf(index) {
    const pane = this.state.panes[index];
    const series = this.seriesOf(pane.indicator);
    if (!series) return { model: null, key: null, failed: this.files.get(pane.indicator)?.failed };
    const { level, filter } = this.state;
    const { scale, key: scaleKey } = this.scaleFor(index);
    const key = JSON.stringify([pane.indicator, pane.period, level, filter, scaleKey, this.lang]);
    if (!this.models.has(key)) {
      if (this.models.size > 60) this.models.clear();
      const active = activeTerritories(this.catalog.territories[level], level, filter);
      this.models.set(key, paneModel({ indicator: this.indicators.get(pane.indicator), pane, series, scale, active, level }));
    }
    return { model: this.models.get(key), key, failed: false };
  }

  indicatorGroups() {
    return this.catalog.themes
      .map(({ id, title }) => ({
        label: title,
        options: this.catalog.indicators.filter(({ theme }) => theme === id).map((indicator) => ({ value: indicator.id, label: indicator.title })),
      }))
      .filter(({ options }) => options.length);
  }

  // --- places ---

  /** Name of a territory and what it lies in. */
  placeOf(code) {
    const row = this.rows[this.state.level].get(code) ?? this.rows.unit.get(code) ?? this.rows.municipality.get(code);
    if (!row) return { name: code, where: "" };
    const inside = this.rows.unit.get(code) === row && row[3] !== code ? this.rows.municipality.get(row[3])?.[1] : null;
    return { name: row[1], where: inside ?? "" };
  }

  shortName(code) {
    return this.placeOf(code).name.replace(/ pagasts$/, " pag.").replace(/ novads$/, " nov.");
  }

  boxOf(level, i) {
    return [...this.shapesByLevel[level].boxes.subarray(4 * i, 4 * i + 4)];
  }

  /** Where a territory is drawn, whichever level it belongs to; null for an unknown one. */
  shapeOf(code) {
    for (const level of [this.state.level, ...LEVELS]) {
      const i = this.shapesByLevel[level].index.get(code);
      if (i !== undefined) {
        const { paths, points } = this.shapesByLevel[level];
        return { path: paths[i], point: points[i], box: this.boxOf(level, i), level, i };
      }
    }
    return null;
  }

  /** Everything that can be found by name; without the list of villages, the territories at least. */
  async findable() {
    if (this.findables) return this.findables;
    const own = LEVELS.flatMap((level) =>
      this.catalog.territories[level]
        .filter(([code]) => level === "unit" || !this.rows.unit.has(code))
        .map(([code, name, kind]) => ({ key: plain(name), name, kind, code, where: level === "unit" ? this.placeOf(code).where : "" })),
    );
    let villages;
    try {
      villages = await this.load("places.json");
    } catch {
      this.say(this.format.t("map.search.failed"));
      return own;
    }
    const towns = new Set(["city", "town"]);
    const places = villages
      .filter(([, kind]) => !towns.has(kind))
      .map(([name, kind, code, x, y]) => {
        const unit = this.rows.unit.get(code);
        const where = unit ? [unit[1], this.rows.municipality.get(unit[3])?.[1]].filter((part, i, all) => part && all.indexOf(part) === i) : [];
        return { key: plain(name), name, kind, code, where: where.join(", "), point: [x, y] };
      });
    return (this.findables = [...own, ...places]);
  }

  /** Fly to what was found and mark the territory it lies in. */
  found(entry) {
    const shape = this.shapeOf(entry.code);
    if (!shape) return;
    this.place = entry.point ? { point: entry.point, name: entry.name } : null;
    const level = this.state.level;
    const municipality = this.rows.unit.get(entry.code)?.[3];
    const code = level === "municipality" && !this.shapes.index.has(entry.code) ? municipality : entry.code;
    this.hovered = null;
    this.hover(code, true);
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
    const [width, height] = this.geometry.size;
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
    for (const { indicator } of panes) this.request(indicator);
    const grown = panes.length !== this.panes.length;
    if (grown) this.layOut(panes.length);
    this.told ??= JSON.stringify(this.outward()); // what came from outside is no news there
    this.toolbar.update();
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
    this.grid.dataset.panes = LAYOUTS.includes(count) ? count : 2;
    this.fit();
    for (const pane of this.panes) pane.layers.measure();
    this.views.setPanes(this.panes.map((pane) => pane.layers), this.state.view ?? this.views.home());
  }

  /** Share the height of the window that the page leaves below the toolbar among the rows of maps. */
  fit() {
    if (!this.grid?.dataset.panes || this.gone) return;
    const box = this.grid.getBoundingClientRect();
    const count = this.panes.length;
    const stacked = box.width <= NARROW;
    const columns = count === 1 || stacked ? 1 : 2;
    const width = box.width / columns;
    const height = Math.max(0, innerHeight - box.top - scrolled(this.grid) - FOOT) / (count / columns);
    this.grid.style.setProperty("--row", `${Math.floor(height)}px`);
    this.grid.dataset.legend = !stacked && width >= BESIDE && width / height > WIDE ? "beside" : "below";
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

  /** Whether figures are still on their way. */
  get loading() {
    return [...this.files.values()].some(({ values, failed }) => !values && !failed);
  }

  /** Tell, two frames on, that all panes are on the screen. */
  painted() {
    if (this.painting || this.loading) return;
    this.painting = true;
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        this.painting = false;
        if (this.gone || this.loading) return;
        this.count += 1;
        this.root.dataset.painted = String(this.count);
        performance.mark("map_panes:painted");
        this.tell();
      }),
    );
  }

  /** The state as it goes out: a view of the whole country is no view. */
  outward() {
    const { x, y, k } = this.views.get(0);
    const home = this.views.home();
    const whole = k === 1 && x === home.x && y === home.y;
    return { ...this.state, view: whole ? null : { x: Math.round(x), y: Math.round(y), k: Math.round(k * 1000) / 1000 } };
  }

  tell() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.flush(), TELL);
  }

  /** Tell the state now if it is news: before whatever the visitor does elsewhere in the page. */
  flush() {
    clearTimeout(this.telling);
    if (!this.count) return;
    const state = this.outward();
    const text = JSON.stringify(state);
    if (text === this.told) return;
    this.told = text;
    this.onState(state);
  }

  // --- export ---

  /** A menu of pictures of some panes (null: all). */
  exportMenu(indices, label) {
    const { format } = this;
    const menu = h("details", { class: "mp-menu" });
    const item = (kind) =>
      h("button", {
        type: "button", class: "mp-button mp-quiet", text: format.t(`map.export.${kind}`),
        on: {
          click: () => {
            menu.open = false;
            this.export(kind, indices);
          },
        },
      });
    const kinds = ["png", "svg", ...(navigator.clipboard && globalThis.ClipboardItem ? ["copy"] : [])];
    const face = iconButton("download", label, () => {});
    menu.append(
      h("summary", { class: face.className, "aria-label": label, title: label }, face.firstChild),
      h("div", { class: "mp-menu-list" }, ...kinds.map(item)),
    );
    return menu;
  }

  /** The picture of some panes as an SVG element. */
  picture(indices) {
    this.views.finish();
    const panes = this.panes.filter((pane) => (!indices || indices.includes(pane.index)) && pane.model);
    const { format, catalog } = this;
    const chosen = this.state.selected.map((code, n) => {
      const { name, where } = this.placeOf(code);
      return `${n + 1} ${[name, where].filter(Boolean).join(", ")}`;
    });
    const today = new Intl.DateTimeFormat(format.locale, { dateStyle: "long" }).format(new Date());
    return drawing(panes, format, {
      selected: chosen.length ? `${format.t("map.selected")}: ${chosen.join("; ")}` : "",
      credit: format.t("map.export.credit", { date: today, edition: catalog.date, version: catalog.version }),
    });
  }

  async export(kind, indices) {
    try {
      const panes = indices ?? this.panes.map((_, i) => i);
      for (const i of panes) this.panes[i].showTable(false);
      const name = [...new Set(panes.map((i) => this.panes[i].model?.indicator.id))].filter(Boolean).join("-");
      await deliver(this.picture(indices), kind, `${name}-${this.year() ?? ""}`);
      if (kind === "copy") this.say(this.format.t("map.export.copied"));
    } catch {
      this.say(this.format.t("map.export.failed"));
    }
  }

  destroy() {
    this.gone = true;
    clearTimeout(this.telling);
    clearTimeout(this.speech);
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
