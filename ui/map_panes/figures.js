/**
 * The figures of the panes: the indicators that are known, their value files, and the scales and models made of them.
 *
 * An indicator comes from the catalogue, its values from a file; or both come "inline" from the page itself:
 * {indicators: [entries as in the catalogue], values: {id: value file}, sources: as in the catalogue}. An entry with an
 * `address` is what the visitor has brought: its value file lies there, relative to the other files. Such an entry may also have `categories`
 * [{label, colour}], whose places in the list are the values then, and `against`: what its centre is called.
 */

import { activeTerritories, kindScale, paneModel, scaleOf } from "./model.js";
import { Series } from "./values.js";

const MOST_KEPT = 60;

export class Figures {
  /**
   * @param {(name: string) => Promise<Object>} load reads a data file by name
   * @param {() => void} changed                     called when figures have come, or have failed to come
   */
  constructor(load, changed) {
    this.load = load;
    this.changed = changed;
    this.files = new Map();
    this.series = new Map();
    this.scales = new Map();
    this.models = new Map();
    this.inline = { indicators: [], values: {}, sources: {} };
  }

  /** The catalogue to look things up in, its language included. */
  take(catalog) {
    this.catalog = catalog;
    this.models.clear();
    this.list();
  }

  /** Take over the page's own indicators; says whether that changed anything. Those whose values are the same stay. */
  takeInline(inline) {
    const next = { indicators: inline?.indicators ?? [], values: inline?.values ?? {}, sources: inline?.sources ?? {} };
    if (JSON.stringify(next) === JSON.stringify(this.inline)) return false;
    const before = this.inline;
    this.inline = next;
    for (const id of new Set([...Object.keys(before.values), ...Object.keys(next.values)])) {
      if (JSON.stringify(before.values[id]) === JSON.stringify(next.values[id])) continue;
      for (const key of [...this.series.keys()]) if (key.startsWith(`${id} `)) this.series.delete(key);
      if (next.values[id]) this.files.set(id, { values: next.values[id], failed: false });
      else this.files.delete(id);
    }
    this.scales.clear();
    this.models.clear();
    this.list();
    return true;
  }

  list() {
    if (!this.catalog) return;
    const own = new Set(this.inline.indicators.map(({ id }) => id));
    this.indicators = [...this.inline.indicators, ...this.catalog.indicators.filter(({ id }) => !own.has(id))];
    this.menus = {};
    this.byId = new Map(this.indicators.map((indicator) => [indicator.id, indicator]));
  }

  indicator(id) {
    return this.byId.get(id);
  }

  /** The sources that can be credited, by id. */
  get sources() {
    return { ...this.catalog.sources, ...this.inline.sources };
  }

  /** Read an indicator's file unless that was done before. */
  request(id) {
    if (this.files.has(id)) return;
    const entry = { values: null, failed: false };
    this.files.set(id, entry);
    const brought = this.inline.indicators.find((indicator) => indicator.id === id && indicator.address);
    this.load(brought?.address ?? `values/${id}.json`).then(
      (values) => {
        entry.values = values;
        this.changed();
      },
      () => {
        entry.failed = true;
        this.changed();
      },
    );
  }

  retry(id) {
    this.files.delete(id);
    this.changed();
  }

  /** Whether figures are still on their way. */
  get loading() {
    return [...this.files.values()].some(({ values, failed }) => !values && !failed);
  }

  /** A pane's series at a level; null while its file has not come. */
  seriesOf({ indicator, smoothed }, level) {
    const values = this.files.get(indicator)?.values;
    if (!values) return null;
    const smooth = smoothed && Boolean(values.levels[level]?.smoothed);
    const key = `${indicator} ${level}${smooth ? " smoothed" : ""}`;
    if (!this.series.has(key)) this.series.set(key, new Series(values, level, this.catalog.territories[level].length, smooth));
    return this.series.get(key);
  }

  /** The panes whose figures a pane's classes rest on: itself, or all with its unit; the first of them leads. */
  pool(state, index) {
    const { panes, sharedScale } = state;
    const own = this.indicator(panes[index].indicator);
    const kin = panes.filter(({ indicator }) => {
      const other = this.indicator(indicator);
      return sharedScale && other.unit === own.unit && other.mark === own.mark;
    });
    return kin.length ? kin : [panes[index]];
  }

  /** The territories whose figures make the classes: those of the kinds that are compared, wherever they lie. */
  among({ level, filter: { rural, degurba } }) {
    if (!rural && !degurba) return null;
    const members = activeTerritories(this.catalog.territories[level], level, { rural, degurba });
    return { key: `${rural} ${degurba}`, members };
  }

  scaleFor(state, index) {
    const members = this.pool(state, index);
    const [{ indicator, method, classes, breaks, diverging, basis }] = members;
    const { categories } = this.indicator(indicator);
    const pool = new Map();
    for (const pane of members) {
      const series = this.seriesOf(pane, state.level);
      const own = series && basis === "year" ? series.resolve(pane.period) : null;
      if (series) pool.set(`${series.stamp} ${own ?? ""}`, { series, period: own });
    }
    const among = this.among(state);
    const key = JSON.stringify([[...pool.keys()], categories ?? [among?.key, method, classes, breaks, diverging]]);
    if (!this.scales.has(key)) {
      this.scales.set(key, categories ? kindScale(categories) : scaleOf(members[0], [...pool.values()], among));
    }
    return { scale: this.scales.get(key), key };
  }

  /** What a pane draws, under a key that changes with it; no model while the figures have not come, or failed to. */
  modelOf(state, index) {
    const pane = state.panes[index];
    const { level, filter } = state;
    const series = this.seriesOf(pane, level);
    if (!series) return { model: null, key: null, failed: this.files.get(pane.indicator)?.failed };
    const { scale, key: scaleKey } = this.scaleFor(state, index);
    const key = JSON.stringify([series.stamp, pane.period, level, filter, scaleKey, this.catalog.lang]);
    if (!this.models.has(key)) {
      if (this.models.size > MOST_KEPT) this.models.clear();
      const active = activeTerritories(this.catalog.territories[level], level, filter);
      this.models.set(key, paneModel({ indicator: this.indicator(pane.indicator), pane, series, scale, active, level }));
    }
    return { model: this.models.get(key), key, failed: false };
  }

  /**
   * The indicators for a menu, in groups: the page's own, what the visitor has brought, then by theme, or by success factor (one without indicators is
   * listed too, an indicator stands under each of its factors). The same array until something of it changes.
   *
   * @param {"theme"|"factor"} grouping
   */
  menu(grouping) {
    return (this.menus[grouping] ??= this.group(grouping));
  }

  group(grouping) {
    const { themes, factors, no_data: noData, texts } = this.catalog;
    const option = ({ id, title }) => ({ value: id, label: title });
    const brought = this.inline.indicators.filter(({ address }) => address);
    const made = this.inline.indicators.filter(({ address }) => !address);
    const listed = this.indicators.filter(({ id, address }) => !address && !(id in this.inline.values));
    const where = (wanted) => listed.filter(wanted).map(option);
    const groups =
      grouping === "theme"
        ? themes.map(({ id, title }) => ({ label: title, options: where(({ theme }) => theme === id) }))
        : [
            ...factors.map(({ id, title }) => {
              const options = where((indicator) => indicator.factors.includes(id));
              return { label: `${id}. ${title}`, options: options.length ? options : [{ value: "", label: noData, disabled: true }] };
            }),
            { label: texts["map.menu.context"], options: where((indicator) => !indicator.factors.length) },
          ];
    const first = [
      { label: null, options: made.map(option) },
      { label: texts["map.menu.own"], options: brought.map(option) },
    ];
    return [...first, ...groups].filter(({ options }) => options.length);
  }
}
