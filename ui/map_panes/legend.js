/**
 * The legend of a pane: histogram over the classes, the classes and reasons as buttons with their counts, and for
 * counts the nested circles.
 */

import { reasonText } from "./card.js";
import { histogram, quantile } from "./classes.js";
import { CIRCLE, INK, NO_DATA, patterns } from "./colours.js";
import { h, s, setText } from "./dom.js";

const BINS = 60;
const WIDTH = 600;
const HEIGHT = 34;
// Pixels of the figures beside the circles.
const LETTERS = 12;
const LARGE_LETTERS = 26;

/** What the legend lists: [{kind: "class"|"reason", key, colour, hatch, label, count}]. */
export function legendEntries(model, format) {
  const classes = model.circles
    ? []
    : model.colours.map((colour, k) => ({
        kind: "class", key: k, colour, hatch: null, label: classLabel(model, k, format), count: model.counts[k],
      }));
  const reasons = model.reasons.map(({ key, count }) => ({
    kind: "reason", key, colour: "nsac".includes(key) ? NO_DATA : "#77838f", hatch: key, label: reasonText(model, key, format), count,
  }));
  return [...classes, ...reasons];
}

/** The bounds of a class as they are shown: every shown value falls in exactly one class. */
function classLabel(model, k, format) {
  if (model.indicator.categories) return model.indicator.categories[k].label;
  const { limits, scale } = model;
  const { decimals } = model.series;
  const grid = 10 ** decimals;
  const show = (value) => format.stored(value, decimals, scale.centred);
  const low = k === 0 ? Math.round(scale.low * grid) : limits[k - 1] + 1;
  const high = k === limits.length ? Math.round(scale.high * grid) : limits[k];
  if (k === 0 && low > high) return `≤ ${show(high)}`;
  if (k === limits.length && low > high) return `> ${show(limits[k - 1])}`;
  if (low >= high) return show(high);
  return scale.centred || low < 0 ? `${show(low)} … ${show(high)}` : format.range(show(low), show(high));
}

/** Words on how the colours read and, unless it is to be brief, on what the classes rest on. */
export function legendNotes(model, format, brief = false) {
  const { scale, indicator } = model;
  const notes = [];
  if (indicator.categories) return notes;
  if (model.circles) notes.push(format.t("map.legend.circles"));
  else {
    const count = format.tn(`map.count.${model.level}`, scale.count);
    const years = indicator.when ?? (scale.first ? format.range(scale.first.slice(0, 4), scale.last.slice(0, 4)) : "");
    const differing = indicator.against ? "map.legend.against" : "map.legend.diverging";
    const darker = indicator.darker === "lower" ? "map.legend.darker_lower" : "map.legend.darker";
    notes.push(format.t(scale.centred ? differing : darker));
    if (!brief && model.colours.length < scale.asked) notes.push(format.t(scale.round ? "map.legend.round" : "map.legend.ties"));
    if (!brief && years && scale.asked) notes.push(format.t(scale.shared ? "map.legend.basis_shared" : "map.legend.basis", { count, years }));
  }
  if (indicator.better === "lower") notes.push(format.t("map.legend.lower"));
  if (indicator.better === "higher") notes.push(format.t("map.legend.higher"));
  return notes;
}

/** The ends of the histogram's axis: the middle 98 % of the figures. */
function ends({ circles, scale: { sorted } }) {
  return [Math.max(circles ? 1 : -Infinity, quantile(sorted, 0.01)), quantile(sorted, 0.99)];
}

/** The axis of the histogram, logarithmic where the indicator is. */
function axis(model) {
  const { sorted, centred } = model.scale;
  if (!sorted.length) return null;
  const [low, high] = ends(model);
  const logarithmic = (model.indicator.scale === "log" || model.circles) && !centred && low > 0;
  const bend = logarithmic ? Math.log : (value) => value;
  const span = bend(high) - bend(low) || 1;
  const grid = 10 ** model.series.decimals;
  return (value) => (bend(Math.max((value - model.offset) / grid, logarithmic ? low / 10 : -Infinity)) - bend(low)) / span;
}

/** The histogram of the shown figures as SVG of the given size; also used by the export. */
export function histogramDrawing(model, format, width = WIDTH, height = HEIGHT) {
  const position = axis(model);
  const drawing = s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, preserveAspectRatio: "none" });
  if (!position) return drawing;
  const shown = model.values.filter((value, i) => value != null && model.active[i]);
  const bars = histogram(shown, position, BINS);
  const top = Math.max(1, ...bars);
  const step = width / BINS;
  const sums = Array.from({ length: BINS }, () => 0);
  const numbers = new Array(BINS).fill(0);
  model.values.forEach((value, i) => {
    if (value == null || model.circles) return;
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor(position(value) * BINS)));
    sums[bin] += model.classes[i];
    numbers[bin] += 1;
  });
  bars.forEach((count, bin) => {
    if (!count) return;
    const tall = Math.max(1.5, (count / top) * (height - 2));
    const fill = model.circles ? CIRCLE : model.colours[Math.round(sums[bin] / numbers[bin])];
    drawing.append(
      s("rect", { x: bin * step + 0.3, y: height - tall, width: step - 0.6, height: tall, fill, stroke: INK, "stroke-opacity": 0.35, "stroke-width": 0.5 }),
    );
  });
  drawing.append(s("path", { d: `M0 ${height - 0.5}H${width}`, stroke: "#8995a1", "stroke-width": 1 }));
  const centre = centrePlace(model, position);
  if (centre != null) {
    const line = { d: `M${centre * width} 0V${height}`, stroke: INK, "stroke-width": 2, "stroke-dasharray": "4 3" };
    drawing.append(s("path", { ...line, "vector-effect": "non-scaling-stroke" }));
  }
  return drawing;
}

/** Where on the axis the mean stands that the figures are held against; null for counts and off the axis. */
function centrePlace(model, position) {
  if (!position || model.centre == null || model.circles) return null;
  const place = position(model.centre);
  return place >= 0 && place <= 1 ? place : null;
}

/** The mean on the axis of the histogram: its place (0 to 1) and its name with the value, or null. */
export function centreMark(model, format) {
  const place = centrePlace(model, axis(model));
  if (place == null) return null;
  const name = model.indicator.against ?? format.t(model.centreIsRural ? "map.legend.rural" : "map.legend.country");
  return { place, text: `${name} ${format.stored(model.centre, model.series.decimals)}` };
}

/** The figures under the ends and the middle of the axis of counts, which is logarithmic and has no classes below it. */
export function countMarks(model, format) {
  if (!model.circles || !model.scale.sorted.length) return [];
  const [low, high] = ends(model);
  const [first, middle, last] = [low, Math.sqrt(low * high), high].map((value) => format.integer(Number(value.toPrecision(2))));
  return [`≤ ${first}`, middle, `≥ ${last}`];
}

/** Values of the three nested circles: round numbers, largest first. */
function circleSteps(top) {
  const round = (value) => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [5, 2, 1].map((step) => step * power).find((step) => step <= value) ?? power;
  };
  return [...new Set([top, top / 8, top / 60].filter((value) => value >= 1).map(round))];
}

/** Three nested circles with their values, at the radius the map draws them. */
export function circleDrawing(model, format, largestRadius, letters = LETTERS) {
  const top = model.scale.high;
  const radius = (value) => largestRadius * Math.sqrt(value / top);
  const steps = circleSteps(top);
  const tallest = radius(steps[0] ?? 0);
  const line = letters * 1.25;
  const high = Math.max(2 * tallest, 2.8 * line);
  const drawing = s("svg", { width: 2 * tallest + 20 + 7.5 * letters, height: high + 14 });
  const base = high + 7;
  steps.forEach((value, i) => {
    const r = radius(value);
    const y = Math.min(base - 2 * r, base - (steps.length - 1 - i) * line - letters / 3);
    drawing.append(
      s("circle", { cx: tallest + 2, cy: base - r, r, fill: CIRCLE, "fill-opacity": 0.25, stroke: CIRCLE, "stroke-width": 1 }),
      s("path", { d: `M${tallest + 2} ${base - 2 * r}L${2 * tallest + 8} ${y}H${2 * tallest + 14}`, fill: "none", stroke: "#8995a1", "stroke-width": 1 }),
      s("text", { x: 2 * tallest + 18, y: y + letters / 3, "font-size": letters, fill: INK, text: format.integer(value) }),
    );
  });
  return drawing;
}

export class Legend {
  /**
   * Its notes are an element of their own, for they stand under the map also where the rest stands beside it.
   *
   * @param {string} id                                unique in the page
   * @param {(lit: string|null) => void} choose        called when the visitor picks a class or a reason, see state.js
   * @param {boolean} large                            for the stage: larger letters, fewer words
   */
  constructor(id, choose, large = false) {
    this.id = id;
    this.choose = choose;
    this.large = large;
    this.needle = h("div", { class: "mp-needle", hidden: true });
    this.mean = h("div", { class: "mp-mean" }, h("span", {}));
    this.bars = h("div", { class: "mp-bars" });
    this.marks = h("div", { class: "mp-marks" });
    this.chart = h("div", { class: "mp-histogram", "aria-hidden": "true" }, this.mean, this.bars, this.marks);
    this.classes = h("div", { class: "mp-classes", role: "group" });
    this.reasons = h("div", { class: "mp-reasons", role: "group" });
    this.notes = h("p", { class: "mp-notes" });
    this.element = h("div", { class: "mp-legend" }, this.chart, this.classes, this.reasons);
  }

  /** Show a model. `largestRadius` is the radius of the largest circle on the map, for counts. */
  draw(model, format, highlight, largestRadius) {
    this.model = model;
    this.highlight = highlight;
    const entries = legendEntries(model, format);
    const kinds = Boolean(model.indicator.categories);
    this.chart.hidden = kinds;
    this.classes.classList.toggle("mp-kinds", kinds);
    this.bars.replaceChildren(histogramDrawing(model, format), this.needle);
    this.marks.replaceChildren(...countMarks(model, format).map((text) => h("span", { text })));
    this.mean.hidden = model.circles;
    this.marks.hidden = !model.circles;
    this.position = axis(model);
    const { place, text } = centreMark(model, format) ?? { place: 0, text: "" };
    const [label] = this.mean.children;
    label.style.left = `${place * 100}%`;
    label.style.transform = `translateX(${-place * 100}%)`; // so that it leaves neither edge
    setText(label, text);
    this.classes.setAttribute("aria-label", format.t("map.legend.classes"));
    this.reasons.setAttribute("aria-label", format.t("map.legend.reasons"));
    if (model.circles) this.classes.replaceChildren(circleDrawing(model, format, largestRadius, this.large ? LARGE_LETTERS : LETTERS));
    else this.fill(this.classes, entries.filter(({ kind }) => kind === "class"), format);
    this.fill(this.reasons, entries.filter(({ kind }) => kind === "reason"), format);
    setText(this.notes, legendNotes(model, format, this.large).join(" · "));
  }

  /** Buttons are kept while their number stays, so that the keyboard keeps its place. */
  fill(group, entries, format) {
    if (group.children.length !== entries.length || group.querySelector(":scope > svg")) {
      group.replaceChildren(
        ...entries.map((entry) =>
          h(
            "button",
            { type: "button", class: `mp-entry mp-${entry.kind}`, on: { click: (event) => this.press(event.currentTarget.entry) } },
            h("span", { class: "mp-swatch" }),
            h("span", { class: "mp-label" }),
            h("span", { class: "mp-count" }),
          ),
        ),
      );
    }
    entries.forEach((entry, i) => {
      const button = group.children[i];
      button.entry = entry;
      const [swatch, label, count] = button.children;
      swatch.style.background = entry.colour;
      if (entry.hatch && swatch.dataset.hatch !== entry.hatch) {
        swatch.dataset.hatch = entry.hatch;
        const id = `${this.id}-swatch-${entry.hatch}`;
        swatch.replaceChildren(
          s("svg", { width: 26, height: 14, "aria-hidden": "true" }, s("defs", {}, ...patterns(`${this.id}-swatch`).filter((pattern) => pattern.id === id)), s("rect", { width: 26, height: 14, fill: `url(#${id})` })),
        );
      }
      setText(label, entry.label);
      button.title = entry.key === "a" && !this.model.indicator.missing ? format.t("map.remark.a") : "";
      setText(count, format.integer(entry.count));
      button.setAttribute("aria-label", `${entry.label}: ${format.tn(`map.count.${this.model.level}`, entry.count)}`);
      const pressed = this.highlight && this.highlight[entry.kind] === entry.key;
      button.setAttribute("aria-pressed", pressed ? "true" : "false");
    });
  }

  press({ kind, key }) {
    this.choose(this.highlight?.[kind] === key ? null : kind === "class" ? String(key + 1) : key);
  }

  /** Point at a value on the histogram, or at none. */
  point(value) {
    this.needle.hidden = value == null || !this.position;
    if (!this.needle.hidden) this.needle.style.left = `${Math.max(0, Math.min(1, this.position(value))) * 100}%`;
  }
}
