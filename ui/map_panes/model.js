/**
 * What a pane shows, worked out from the state and the figures: period, classes, colours, reasons, counts.
 *
 * Class breaks rest on the territories that are compared, all of the level or its rural ones, not on the area that is
 * looked at; and on the figures of the shown period, or of all published ones, so that colours can be compared over
 * time; with a shared scale, on those of all panes with the same unit. A filter changes classes and places, never a
 * value. Counts are of the territories that the filter lets through.
 */

import { breaks, classOf, divergingBreaks } from "./classes.js";
import { CIRCLE, MISSING, PALE, REMARKS, diverging, sequential } from "./colours.js";

const RURAL_AREA = 3;

/**
 * Which territories of a level the filter lets through.
 *
 * @param {Array} territories rows of the catalogue: code, name, kind, municipality, region, degree of urbanisation (1
 *   cities, 2 towns and suburbs, 3 rural areas; null where it is not known)
 * @param {{rural: boolean, degurba: boolean, region: string|null, municipality: string|null}} filter
 * @returns {Uint8Array}
 */
export function activeTerritories(territories, level, filter) {
  return Uint8Array.from(territories, ([code, , kind, municipality, region, degurba]) => {
    const own = level === "municipality" ? code : municipality;
    const rural = level === "municipality" ? kind !== "city" : kind === "parish";
    return (
      (!filter.rural || rural) &&
      (!filter.degurba || degurba === RURAL_AREA) &&
      (!filter.region || region === filter.region) &&
      (!filter.municipality || own === filter.municipality)
    );
  });
}

/**
 * The scale of an indicator that sorts territories into kinds: value k is the kind k, with its own colour.
 *
 * @param {{label: string, colour: string}[]} categories
 */
export function kindScale(categories) {
  const last = categories.length - 1;
  return {
    centred: false,
    breaks: categories.slice(1).map((_, k) => k),
    colours: categories.map(({ colour }) => colour),
    low: 0, high: last, sorted: [], first: null, last: null, shared: false, count: 0, rural: false, asked: 0,
  };
}

/**
 * The scale of a pane: interior breaks in real units, colours, and what they rest on.
 *
 * @param {Object} pane   the pane's settings
 * @param {{series: Series, period: ?string}[]} pool the series whose figures make the scale: of one period, or of all
 * @param {?{key: string, members: Uint8Array}} among the territories that are compared; null for all
 */
export function scaleOf(pane, pool, among = null) {
  const pooled = (centred) => pool.map(({ series, period }) => series.pooled(centred, period, among));
  const centred = pane.diverging && pooled(true).some(({ figures }) => figures.length > 0);
  const parts = pooled(centred);
  const sorted = parts.length === 1 ? parts[0].figures : merged(parts.map(({ figures }) => figures));
  const method = centred ? divergingBreaks : breaks;
  // Values are shown and compared as whole numbers of the finest precision: a break between two of them is the lower.
  const grid = 10 ** Math.max(...pool.map(({ series }) => series.decimals));
  const interior = method(sorted, pane.method, pane.classes, pane.breaks)
    .map((value) => Math.floor(value * grid + 1e-6) / grid)
    .filter((value, i, all) => i === 0 || value > all[i - 1]);
  const years = pool.flatMap(({ series, period }) => (period ? [period] : series.published));
  return {
    centred,
    breaks: interior,
    colours: centred ? diverging(interior) : sequential(interior.length + 1),
    low: sorted[0] ?? 0,
    high: sorted.at(-1) ?? 0,
    sorted,
    first: years.reduce((a, b) => (a < b ? a : b), years[0] ?? null),
    last: years.reduce((a, b) => (a > b ? a : b), years[0] ?? null),
    shared: pool.length > 1,
    count: new Set(parts.flatMap(({ holders }) => [...holders])).size,
    asked: pane.method === "manual" ? 0 : pane.classes,
    round: pane.method === "round",
  };
}

function merged(parts) {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.sort();
}

/**
 * Everything a pane draws.
 *
 * @param {Object} parts indicator (catalogue entry), pane, series, scale, active, level
 */
export function paneModel({ indicator, pane, series, scale, active, level }) {
  const period = series.resolve(pane.period);
  const figures = series.at(period);
  const grid = 10 ** series.decimals;
  const centre = series.centre(series.periods.indexOf(period));
  const offset = scale.centred ? (centre ?? 0) : 0;
  const limits = scale.breaks.map((value) => Math.floor(value * grid + 1e-6));
  const circles = indicator.mark === "circles";

  const classes = Int8Array.from(figures.values, (value) =>
    value == null || circles ? -1 : classOf(value - offset, limits),
  );
  const counts = new Array(limits.length + 1).fill(0);
  classes.forEach((k, i) => k >= 0 && active[i] && (counts[k] += 1));

  const remarks = figures.values.map((value, i) => (value == null ? null : (figures.remarks[i] ?? null)));
  const tally = (list, key) => list.reduce((sum, item, i) => sum + (active[i] && item === key), 0);
  const reasons = [
    ...MISSING.map((key) => ({ key, count: tally(figures.missing, key) })),
    ...REMARKS.map((key) => ({ key, count: tally(remarks, key) })),
  ].filter(({ count }) => count > 0);

  return {
    ...figures,
    indicator,
    level,
    series,
    scale,
    period,
    wanted: pane.period,
    centre,
    offset,
    limits,
    circles,
    classes,
    counts,
    remarks,
    reasons,
    active,
    colours: circles ? [PALE] : indicator.darker === "lower" && !scale.centred ? [...scale.colours].reverse() : scale.colours,
    circleColour: CIRCLE,
    centreIsRural: figures.rural != null,
    smoothed: series.smoothed,
  };
}

/** What the legend of a model highlights where a pane says so: {class: k} or {reason: key}; null if it has no such thing. */
export function highlightOf(lit, model) {
  if (!lit) return null;
  const k = Number(lit) - 1;
  if (k >= 0) return !model.circles && k < model.colours.length ? { class: k } : null;
  return model.reasons.some(({ key }) => key === lit) ? { reason: lit } : null;
}

/** Whether territory `i` belongs to what the legend highlights: {class: k} or {reason: key}. */
export function highlighted(model, highlight, i) {
  if (!highlight) return true;
  if ("class" in highlight) return model.classes[i] === highlight.class;
  return (model.missing[i] ?? model.remarks[i]) === highlight.reason;
}
