/**
 * What is said about one territory in one pane: name, value with its interval, status, reason, place in the
 * distribution, distance to the rural mean. The same sentences serve the card on the map, the live region and the table.
 */

import { h, setText } from "./dom.js";
import { standing } from "./values.js";

/** Why there is no value; an indicator of the page's own may have words of its own for what cannot be computed. */
export function reasonText(model, key, format) {
  return (key === "a" && model.indicator.missing) || format.t(`map.reason.${key}`);
}

/** The value with its unit, or the reason why there is none. */
export function valueText(model, i, format) {
  const value = model.values[i];
  if (value == null) return reasonText(model, model.missing[i], format);
  if (model.indicator.categories) return model.indicator.categories[value].label;
  return format.withUnit(format.stored(value, model.series.decimals), model.indicator.unit);
}

/** The smoothed value beside the plain one, or the plain beside the smoothed; null where they do not differ. */
export function otherValue(model, i) {
  const plain = model.plain[i];
  const smooth = model.smooth?.[i];
  if (plain == null || smooth == null || plain === smooth) return null;
  return model.smoothed ? plain : smooth;
}

/** Low and high end of the interval of a value, or null. */
export function interval(model, i) {
  const [low, high] = [model.low?.[i], model.high?.[i]];
  return model.values[i] == null || low == null || high == null ? null : [low, high];
}

/** What stands beside a value: the other value where it differs, and the interval with its level. */
export function besideText(model, i, format, level) {
  const shown = (value) => format.stored(value, model.series.decimals);
  const other = otherValue(model, i);
  const ends = interval(model, i);
  const beside = other == null ? null : format.t(model.smoothed ? "map.card.plain" : "map.card.smoothed", { value: shown(other) });
  const range = ends && format.t("map.card.interval", { low: shown(ends[0]), high: shown(ends[1]), level: format.integer(level) });
  return (model.smoothed ? [range, beside] : [beside, range]).filter(Boolean).join(", "); // the interval is the smoothed value's
}

/** Remarks on a value: estimate, small base, municipality value, provisional, coverage; explained or in a word. */
export function remarkText(model, i, format, explained = true) {
  const remarks = [];
  const note = model.notes?.[i];
  if (model.values[i] == null) return explained ? (note ?? (model.missing[i] === "a" ? format.t("map.remark.a") : "")) : "";
  if (note) remarks.push(note);
  const remark = model.remarks[i];
  if (remark) remarks.push(format.t(explained ? `map.remark.${remark}` : `map.reason.${remark}`));
  if (model.status[i] === "e" && remark !== "e") remarks.push(format.t("map.remark.e"));
  if (model.status[i] === "p") remarks.push(format.t("map.remark.p"));
  const coverage = model.coverage?.[i];
  if (coverage != null && coverage < 100) remarks.push(format.t("map.remark.coverage", { share: format.integer(coverage) }));
  return remarks.join(", ");
}

/** The difference from the rural mean (or the country's), with a sign; per cent differ by percentage points. */
export function differenceText(model, i, format) {
  const value = model.values[i];
  if (value == null || model.centre == null || model.circles || model.indicator.against) return "";
  const unit = differenceUnit(model, format);
  return format.withUnit(format.stored(value - model.centre, model.series.decimals, true), unit.includes(" ") ? "" : unit);
}

/** What differences from the mean are counted in. */
export function differenceUnit(model, format) {
  return model.indicator.unit === "%" ? format.t("map.unit.points") : model.indicator.unit;
}

/**
 * Where the value stands among the active territories of its kind; a place only as the range that ties leave open,
 * counted from the best, where there is a better and a worse.
 */
function standingText(model, i, territories, format) {
  const value = model.values[i];
  if (value == null || model.indicator.categories || !model.active[i]) return "";
  const isParish = (j) => territories[j][2] === "parish";
  const active = territories.flatMap((_, j) => (model.active[j] ? [j] : []));
  const members = isParish(i) ? active.filter(isParish) : active;
  const { above, equal, below, total } = standing(model.values, members, value);
  if (total < 3) return "";
  const filtered = active.length < territories.length;
  const among = filtered ? "filtered" : members.every(isParish) ? "parish" : model.level;
  const count = format.integer(total);
  const sentence = format.t(`map.standing.${among}`, { share: format.integer(Math.floor((100 * below) / total)), count });
  const ahead = { higher: above, lower: below }[model.indicator.better];
  return equal > 1 && ahead != null && !model.notes ? `${sentence}; ${format.places(ahead + 1, ahead + equal)}` : sentence;
}

export class Card {
  constructor() {
    this.name = h("strong", { class: "mp-card-name" });
    this.where = h("span", { class: "mp-card-where" });
    this.value = h("span", { class: "mp-card-value" });
    this.period = h("span", { class: "mp-card-period" });
    this.beside = h("span", { class: "mp-card-beside" });
    this.remark = h("span", { class: "mp-card-remark" });
    this.difference = h("span", { class: "mp-card-line" });
    this.standing = h("span", { class: "mp-card-line" });
    this.element = h(
      "div",
      { class: "mp-card", hidden: true, "aria-hidden": "true" },
      h("span", { class: "mp-card-head" }, this.name, this.where),
      h("span", { class: "mp-card-figure" }, this.value, this.period),
      this.beside,
      this.remark,
      this.difference,
      this.standing,
    );
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * @param {Object} model
   * @param {number} i            position of the territory
   * @param {Object} place        {name, where}
   * @param {Object} catalog
   */
  show(model, i, place, catalog, format) {
    setText(this.name, place.name);
    setText(this.where, place.where);
    setText(this.value, valueText(model, i, format));
    this.value.classList.toggle("mp-none", model.values[i] == null);
    const { when } = model.indicator;
    const whole = (model.coverage?.[i] ?? 100) >= 100;
    const settled = !when && model.indicator.theme && model.values[i] != null && model.status[i] === "f" && whole ? format.t("map.card.final") : "";
    setText(this.period, [when ?? (model.period && format.shortPeriod(model.period)), settled].filter(Boolean).join(", "));
    setText(this.beside, besideText(model, i, format, catalog.interval));
    setText(this.remark, remarkText(model, i, format));
    const difference = differenceText(model, i, format);
    const against = model.centreIsRural ? "map.card.rural" : "map.card.country";
    setText(this.difference, difference && format.t(against, { difference, mean: format.stored(model.centre, model.series.decimals) }));
    setText(this.standing, standingText(model, i, catalog.territories[model.level], format));
    this.element.hidden = false;
  }
}
