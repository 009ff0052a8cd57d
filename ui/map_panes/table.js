/**
 * The figures of a pane as a table: sortable, in Latvian order, one row reachable by Tab and the rest by arrows.
 */

import { differenceText, interval, remarkText, valueText } from "./card.js";
import { h } from "./dom.js";

const DOWNWARDS = ["value", "other", "interval", "difference"];

/** The columns of a model: what only some indicators have is left out for the others. */
const columnsOf = ({ smooth, low }) =>
  ["name", "where", "value", smooth && "other", low && "interval", "difference", "remark"].filter(Boolean);

export class Table {
  /** @param {(code: string) => void} choose  @param {(code: string|null) => void} hover */
  constructor(choose, hover) {
    this.choose = choose;
    this.hover = hover;
    this.order = { column: "value", down: true };
    this.caption = h("caption", {});
    this.head = h("tr", {});
    this.body = h("tbody", {
      on: {
        keydown: (event) => this.key(event),
        click: (event) => this.pick(event.target.closest("tr")),
        focusin: (event) => this.hover(event.target.closest("tr")?.dataset.code ?? null),
        pointerover: (event) => this.hover(event.target.closest("tr")?.dataset.code ?? null),
      },
    });
    this.element = h(
      "div",
      { class: "mp-table", hidden: true, on: { pointerleave: () => this.hover(null) } },
      h("table", {}, this.caption, h("thead", {}, this.head), this.body),
    );
  }

  /** @param {Object} model @param {string[]} codes @param {(code: string) => Object} placeOf */
  draw(model, codes, placeOf, selected, format, level) {
    Object.assign(this, { model, codes, placeOf, selected, format, level });
    this.columns = columnsOf(model);
    if (!this.columns.includes(this.order.column)) this.order = { column: "value", down: true };
    const rows = codes.flatMap((code, i) => (model.active[i] ? [{ code, i, ...placeOf(code) }] : []));
    rows.sort((a, b) => this.compare(a, b));
    const { indicator, period } = model;
    this.caption.textContent = format.t("map.table.caption", {
      title: indicator.title,
      unit: indicator.unit,
      period: model.indicator.when ?? (period ? format.period(period) : "–"),
      shown: format.integer(rows.length),
      all: format.integer(codes.length),
    });
    const focused = this.body.contains(this.body.getRootNode().activeElement) ? this.body.getRootNode().activeElement.dataset.code : null;
    this.head.replaceChildren(...this.columns.map((column) => this.heading(column)));
    this.body.replaceChildren(...rows.map((row, n) => this.row(row, n === 0)));
    if (focused) this.body.querySelector(`[data-code="${focused}"]`)?.focus();
  }

  heading(column) {
    const { order, format } = this;
    const sorted = order.column === column ? (order.down ? "descending" : "ascending") : "none";
    const arrow = { descending: " ↓", ascending: " ↑", none: "" }[sorted];
    const sort = () => {
      this.order = { column, down: order.column === column ? !order.down : DOWNWARDS.includes(column) };
      this.draw(this.model, this.codes, this.placeOf, this.selected, format, this.level);
      this.head.children[this.columns.indexOf(column)].firstChild.focus();
    };
    return h(
      "th",
      { scope: "col", "aria-sort": sorted, class: `mp-col-${column}` },
      h("button", { type: "button", text: this.title(column) + arrow, on: { click: sort } }),
    );
  }

  title(column) {
    const { format, model, level } = this;
    if (column === "other") return format.t(model.smoothed ? "map.table.plain" : "map.table.smoothed");
    if (column === "value" && model.smoothed) return format.t("map.table.smoothed");
    return format.t(`map.table.${column}`, { level: format.integer(level) });
  }

  row({ code, i, name, where }, first) {
    const { model, format } = this;
    const chosen = this.selected.indexOf(code);
    const stored = (value) => model.indicator.categories?.[value].label ?? format.stored(value, model.series.decimals);
    const shown = (value) => (value == null ? "–" : stored(value));
    const ends = interval(model, i);
    const other = model.smoothed ? model.plain[i] : model.smooth?.[i];
    return h(
      "tr",
      { "data-code": code, tabindex: first ? 0 : -1, "aria-selected": chosen >= 0 ? "true" : "false" },
      h("th", { scope: "row", text: chosen >= 0 ? `${chosen + 1} · ${name}` : name }),
      h("td", { text: where }),
      h("td", { class: "mp-col-value", text: shown(model.values[i]) }),
      model.smooth && h("td", { class: "mp-col-other", text: shown(model.plain[i] == null ? null : other) }),
      model.low && h("td", { class: "mp-col-interval", text: ends ? `${shown(ends[0])} … ${shown(ends[1])}` : "" }),
      h("td", { class: "mp-col-difference", text: differenceText(model, i, format) }),
      h("td", { text: this.state(i) }),
    );
  }

  compare(a, b) {
    const { model, format } = this;
    const turn = this.order.down ? -1 : 1;
    const byName = format.compare(a.name, b.name) || format.compare(a.where, b.where);
    const figures = { other: model.smoothed ? model.plain : model.smooth, interval: model.low };
    const number = (row) => (model.values[row.i] == null ? null : (figures[this.order.column] ?? model.values)[row.i]);
    switch (this.order.column) {
      case "name":
        return turn * byName;
      case "where":
        return turn * format.compare(a.where, b.where) || byName;
      case "remark":
        return turn * format.compare(this.state(a.i), this.state(b.i)) || byName;
      default:
        if (number(a) == null || number(b) == null) return (number(a) == null) - (number(b) == null) || byName;
        return turn * (number(a) - number(b)) || byName;
    }
  }

  state(i) {
    const { model, format } = this;
    return model.values[i] == null ? valueText(model, i, format) : remarkText(model, i, format, false);
  }

  key(event) {
    const row = event.target.closest("tr");
    const rows = this.body.children;
    const at = [...rows].indexOf(row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 12, PageUp: at - 12, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") this.pick(row);
    else if (to !== undefined) {
      const target = rows[Math.max(0, Math.min(rows.length - 1, to))];
      row.tabIndex = -1;
      target.tabIndex = 0;
      target.focus();
    } else return;
    event.preventDefault();
  }

  pick(row) {
    if (row) this.choose(row.dataset.code);
  }
}
