/**
 * The state of the panes while they stand: every change a visitor can make, the steps back, and time.
 */

import { MOST_SELECTED, freshPane, looksOf, normalise } from "./state.js";
import { yearOf } from "./values.js";

export class Store {
  /**
   * @param {Object} figures
   * @param {Object} hooks changed(): draw; become(looks): look there, in each pane; looks(): where each pane looks now;
   *   in both null is the whole country; first(): the state to begin again with
   */
  constructor(figures, hooks) {
    Object.assign(this, { figures, hooks, past: [] });
  }

  /** Begin with a state, or with whatever of it is sound. */
  begin(given) {
    this.state = this.sound(given);
  }

  sound(given) {
    return normalise(given, this.figures.catalog, this.figures.indicators);
  }

  /** The state as it goes out. */
  outward() {
    const [view, ...others] = this.hooks.looks();
    return { ...this.state, view, apart: this.state.sync ? [] : others };
  }

  // --- changes ---

  /** Change the state; `before` is what one step back restores as a whole, if that is not the selection alone. */
  set(patch, before = null) {
    if (this.past.at(-1)?.whole) this.past.pop();
    if (before) this.past.push({ whole: before });
    this.state = { ...this.state, ...patch };
    this.hooks.changed();
  }

  setPane(index, patch) {
    this.set({ panes: this.state.panes.map((pane, i) => (i === index ? { ...pane, ...patch } : pane)) });
  }

  /** The legend of a pane highlights nothing any more; that is part of a change, not one by itself. */
  unlight(index) {
    this.state = { ...this.state, panes: this.state.panes.map((pane, i) => (i === index ? { ...pane, lit: null } : pane)) };
  }

  /** Another indicator in a pane, with the usual settings, in the year the pane stands at. */
  setIndicator(index, id) {
    const { table } = this.state.panes[index];
    this.setPane(index, { ...freshPane({ id }), period: this.carriedPeriod(index), table });
  }

  setFilter(patch) {
    this.set({ filter: { ...this.state.filter, ...patch } });
  }

  setLayout(count) {
    const { panes } = this.state;
    const { indicators } = this.figures;
    const next = [...panes, ...(this.spare?.slice(panes.length) ?? [])];
    while (next.length < count) {
      const used = new Set(next.map(({ indicator }) => indicator));
      next.push({ ...freshPane(indicators.find(({ id }) => !used.has(id)) ?? indicators[0]), period: this.carriedPeriod(0) });
    }
    this.spare = next;
    this.set({ panes: next.slice(0, count) });
  }

  /** Give the next pane this pane's settings; with a single pane, open a second. Returns the pane; undo takes it back. */
  copyPane(index) {
    const { panes } = this.state;
    const copy = { ...panes[index], breaks: panes[index].breaks && [...panes[index].breaks] };
    const to = panes.length === 1 ? 1 : (index + 1) % panes.length;
    const next = panes.length === 1 ? [panes[0], copy] : panes.map((pane, i) => (i === to ? copy : pane));
    this.set({ panes: next }, this.outward());
    return to;
  }

  // --- selection ---

  select(codes) {
    this.past.push({ selected: this.state.selected });
    this.set({ selected: codes });
  }

  /** Choose a territory, or no longer; false when there is no room for another. */
  toggle(code) {
    const { selected } = this.state;
    if (selected.includes(code)) this.select(selected.filter((other) => other !== code));
    else if (selected.length < MOST_SELECTED) this.select([...selected, code]);
    else return false;
    return true;
  }

  // --- steps back ---

  canUndo() {
    const last = this.past.at(-1);
    return Boolean(last && (last.whole || last.selected.length > this.state.selected.length));
  }

  undo() {
    const last = this.past.pop();
    if (last?.whole) this.become(last.whole);
    else if (last) this.set({ selected: last.selected });
  }

  /** Begin again with the first view; one step takes it back. */
  reset() {
    this.past = [{ whole: this.outward() }];
    this.become(this.hooks.first());
  }

  become(given) {
    this.spare = null;
    this.state = this.sound(given);
    this.hooks.become(looksOf(this.state));
    this.hooks.changed();
  }

  /** Take over a state from outside. Where it looks where the one last told looked, the maps stay; always without one. */
  adopt(given, told) {
    this.state = this.sound(given);
    const where = (state) => JSON.stringify([state?.view ?? null, state?.apart ?? []]);
    if (!told || where(this.state) !== where(told)) this.hooks.become(looksOf(this.state));
  }

  /** Keep to what the figures know, after indicators have come or gone. */
  settle() {
    this.state = this.sound(this.outward());
  }

  // --- time ---

  /** A period picked in one pane; shared periods take its year. */
  setPeriod(index, period) {
    const year = period.slice(0, 4);
    this.set({
      panes: this.state.panes.map((pane, i) => (i === index ? { ...pane, period } : this.state.sharedPeriod ? { ...pane, period: year } : pane)),
    });
  }

  /** Whether each map keeps a period of its own; together they show the year of the slider. */
  setOwnPeriods(own) {
    const { panes } = this.state;
    const year = this.year();
    const asked = !own && panes.some(({ period }) => period);
    this.set({ sharedPeriod: !own, panes: asked ? panes.map((pane) => ({ ...pane, period: year })) : panes });
  }

  /** A year for all maps, which from now on share it; their classes stay the same over the years. */
  setYear(year) {
    this.set({ sharedPeriod: true, panes: this.state.panes.map((pane) => ({ ...pane, period: year, basis: "years" })) });
  }

  /** The years in which some pane has published values. */
  years() {
    const { level, panes } = this.state;
    const all = panes.flatMap((pane) => {
      const series = this.figures.seriesOf(pane, level);
      return series ? series.published : (this.figures.indicator(pane.indicator).periods?.[level] ?? []);
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

  /** The period another indicator begins with where this pane stands: its year, or the latest while no year is asked for. */
  carriedPeriod(index) {
    const { panes, sharedPeriod, level } = this.state;
    if (sharedPeriod) return panes.every((pane) => !pane.period) ? null : this.year();
    const { period } = panes[index];
    const series = this.figures.seriesOf(panes[index], level);
    const latest = !period || !series || series.resolve(period) === series.published.at(-1);
    return latest ? null : period.slice(0, 4);
  }
}
