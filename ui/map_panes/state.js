/**
 * The state of the page: what it may hold, its defaults, and how bogus values fall back to them.
 *
 * @typedef {{indicator: string, period: ?string, method: string, classes: number, breaks: ?number[], diverging: boolean,
 *   basis: string, smoothed: boolean, table: boolean, lit: ?string}} PaneState   classes rest on the figures of the shown
 *   "year", or of all "years" (while time moves); smoothed values are shown where the indicator has them; lit is what the
 *   legend highlights: a class by its place ("1" the lowest) or a reason by its letter
 * @typedef {{panes: PaneState[], grouping: string, level: string, sync: boolean, sharedScale: boolean, sharedPeriod: boolean,
 *   filter: {rural: boolean, degurba: boolean, region: ?string, municipality: ?string}, selected: string[],
 *   view: ?{x: number, y: number, k: number}, apart: Array<?Object>}} State   apart is where the panes after the first
 *   look while they do not move together, else empty
 */

import { METHODS } from "./classes.js";
import { MISSING, REMARKS } from "./colours.js";

export const LAYOUTS = [1, 2, 4];
export const LEVELS = ["unit", "municipality"];
export const MOST_SELECTED = 6;
export const CLASS_COUNTS = [3, 4, 5, 6, 7];
export const BASES = ["years", "year"];
export const GROUPINGS = ["theme", "factor"];
const LITS = [...Array.from({ length: CLASS_COUNTS.at(-1) }, (_, k) => String(k + 1)), ...MISSING, ...REMARKS];

const PERIOD = /^\d{4}(-Q[1-4])?$/;
const PREFERRED = ["density", "population_change_5y", "company_taxpayers_rate", "residents_30mbps_share"];

/** The settings of a pane that has just got an indicator (an entry of the catalogue). */
export function freshPane({ id }) {
  return { indicator: id, period: null, method: "quantile", classes: 5, breaks: null, diverging: false, basis: "year", smoothed: false, table: false, lit: null };
}

/**
 * A whole, valid state from anything: an old link, an empty object, nonsense.
 *
 * @param {any} given
 * @param {Object} catalog
 * @param {Object[]} indicators those a pane may show
 * @returns {State}
 */
export function normalise(given, catalog, indicators = catalog.indicators) {
  const state = given ?? {};
  const entries = new Map(indicators.map((indicator) => [indicator.id, indicator]));
  const ids = [...entries.keys()];
  const defaults = [...PREFERRED.filter((id) => ids.includes(id)), ...ids];
  const panes = Array.isArray(state.panes) ? state.panes.slice(0, 4) : [];
  const count = LAYOUTS.find((layout) => layout >= panes.length && panes.length > 0) ?? 2;
  const codes = new Set(LEVELS.flatMap((level) => catalog.territories[level].map(([code]) => code)));
  const oneOf = (value, allowed, fallback) => (allowed.includes(value) ? value : fallback);
  const filter = state.filter ?? {};
  const sync = state.sync !== false;
  return {
    panes: Array.from({ length: count }, (_, i) => pane(panes[i], entries, defaults[i % defaults.length])),
    grouping: oneOf(state.grouping, GROUPINGS, "theme"),
    level: oneOf(state.level, LEVELS, "unit"),
    sync,
    sharedScale: state.sharedScale === true,
    sharedPeriod: state.sharedPeriod !== false,
    filter: {
      rural: filter.rural === true,
      degurba: filter.degurba === true,
      region: oneOf(filter.region, catalog.regions.map(([code]) => code), null),
      municipality: oneOf(filter.municipality, catalog.territories.municipality.map(([code]) => code), null),
    },
    selected: [...new Set(Array.isArray(state.selected) ? state.selected : [])]
      .filter((code) => codes.has(code))
      .slice(0, MOST_SELECTED),
    view: view(state.view),
    apart: sync ? [] : Array.from({ length: count - 1 }, (_, i) => view(state.apart?.[i])),
  };
}

/** Where each pane of a state looks, null being the whole country. */
export function looksOf({ panes, sync, view, apart }) {
  return panes.map((_, i) => (i && !sync ? apart[i - 1] : view));
}

function pane(given, entries, fallback) {
  const fresh = freshPane(entries.get(given?.indicator) ?? entries.get(fallback));
  if (!given) return fresh;
  const breaks = Array.isArray(given.breaks) ? given.breaks.filter(Number.isFinite).slice(0, 6) : null;
  return {
    ...fresh,
    period: typeof given.period === "string" && PERIOD.test(given.period) ? given.period : null,
    method: METHODS.includes(given.method) ? given.method : fresh.method,
    classes: CLASS_COUNTS.includes(given.classes) ? given.classes : fresh.classes,
    breaks: breaks?.length ? breaks.sort((a, b) => a - b) : null,
    diverging: given.diverging === true,
    basis: BASES.includes(given.basis) ? given.basis : fresh.basis,
    smoothed: given.smoothed === true,
    table: given.table === true,
    lit: LITS.includes(given.lit) ? given.lit : null,
  };
}

function view(given) {
  const numbers = given && [given.x, given.y, given.k];
  return numbers?.every(Number.isFinite) && given.k >= 1 ? { x: given.x, y: given.y, k: given.k } : null;
}
