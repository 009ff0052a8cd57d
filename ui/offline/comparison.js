/**
 * Up to six places beside each other and beside rural Latvia, over all indicators, theme by theme.
 */

import { differenceText, remarkText, valueText } from "../map_panes/card.js";
import { h, saveFile } from "../map_panes/dom.js";
import { MOST_SELECTED } from "../map_panes/state.js";
import { Series, standing } from "../map_panes/values.js";
import { chips, searchBox } from "./places.js";

/** One place in one indicator: its latest published figure with what must be known of it, and where it lies among all. */
function cellOf(app, indicator, file, code) {
  const level = app.atlas.rows.unit.has(code) ? "unit" : "municipality";
  const { index } = app.atlas.shapes[level];
  const series = new Series(file, level, index.size);
  const period = series.resolve(null);
  const model = {
    ...series.at(period), indicator, series, level,
    centre: series.centre(series.periods.indexOf(period)), circles: indicator.mark === "circles",
  };
  const i = index.get(code);
  const value = model.values[i];
  const { below, equal, total } = value == null ? {} : standing(model.values, index.values(), value);
  return {
    model, i, period, value,
    share: total > 1 ? (below + (equal - 1) / 2) / (total - 1) : null,
  };
}

export class Comparison {
  constructor(app, main) {
    Object.assign(this, { app, order: null }); // the column that sorts, null for the order of the catalogue
    this.chosen = h("div", {});
    this.above = h("div", {});
    this.status = h("p", { class: "note", role: "status" });
    this.table = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": app.t("offline.compare") });
    main.append(
      h("h1", { text: app.t("offline.compare") }),
      h("p", { text: app.t("offline.compare.about", { most: app.format.integer(MOST_SELECTED) }) }),
      searchBox(app, () => app.findable(), (code) => this.add(code)),
      this.chosen, this.status, this.above, this.table,
    );
    this.update();
  }

  add(code) {
    const { selected } = this.app.state;
    if (selected.includes(code)) return;
    if (selected.length < MOST_SELECTED) this.app.select([...selected, code]);
    else this.status.textContent = this.app.t("map.selected.full", { most: this.app.format.integer(MOST_SELECTED) });
  }

  async update() {
    const { app } = this;
    const { selected } = app.state;
    this.chosen.replaceChildren(chips(app, selected, (code) => app.select(selected.filter((other) => other !== code))));
    this.status.textContent = selected.length ? "" : app.t("offline.compare.start");
    let read;
    try {
      read = await Promise.all(app.indicators.map(({ id }) => app.figures(id)));
    } catch {
      this.status.textContent = app.t("offline.unreadable");
      return;
    }
    if (selected !== app.state.selected) return;
    if (this.order >= selected.length) this.order = null;
    this.rows = app.indicators.map((indicator, n) => ({
      indicator, cells: selected.map((code) => cellOf(app, indicator, read[n], code)),
    }));
    this.draw();
  }

  draw() {
    const { app } = this;
    const { selected } = app.state;
    for (const part of [this.above, this.table]) part.replaceChildren();
    if (!selected.length) return;
    const head = (text, column) =>
      h("th", { scope: "col", "aria-sort": column != null && this.order === column ? "descending" : null },
        h("button", { type: "button", text, on: { click: () => this.sort(column) } }));
    const places = selected.map((code, n) => head(`${n + 1} ${app.atlas.placeOf(code).name}`, n));
    const groups = this.themes().map(({ id, title }) => {
      const rows = this.sorted(this.rows.filter(({ indicator }) => indicator.theme === id));
      const heading = h("tr", {}, h("th", { scope: "rowgroup", colspan: selected.length + 2, class: "theme", text: title }));
      return h("tbody", {}, heading, ...rows.map((row) => this.row(row)));
    });
    const centre = h("th", { scope: "col", text: app.t("offline.compare.rural") });
    this.above.append(
      h("div", { class: "mp actions" },
        h("button", { type: "button", class: "mp-button", text: app.t("offline.csv.copy"), on: { click: () => this.copy() } }),
        h("button", { type: "button", class: "mp-button", text: app.t("offline.csv.save"), on: { click: () => this.save() } })),
      h("p", { class: "note", text: app.t("offline.compare.caption") }),
    );
    const caption = h("caption", { class: "unseen", text: app.t("offline.compare") });
    const heads = h("thead", {}, h("tr", {}, head(app.t("offline.compare.indicator"), null), centre, ...places));
    this.table.append(h("table", { class: "compared" }, caption, heads, ...groups));
  }

  /** The scores, which only parishes and towns have here, and the themes. */
  themes() {
    const { app } = this;
    const scored = this.rows.some(({ indicator, cells }) => indicator.theme == null && cells.some(({ period }) => period));
    return [...(scored ? [{ id: null, title: app.t("nav.index") }] : []), ...app.catalog.themes];
  }

  sort(column) {
    this.order = column;
    this.draw();
    this.table.querySelectorAll("thead button")[column == null ? 0 : column + 1].focus();
  }

  /** The order of the catalogue, or by how high a place lies among all; without a value last. */
  sorted(rows) {
    if (this.order == null) return rows;
    const at = ({ cells }) => cells[this.order].share ?? -1;
    return [...rows].sort((a, b) => at(b) - at(a));
  }

  row({ indicator, cells }) {
    const { format } = this.app;
    const [period] = cells.map((cell) => cell.period).filter(Boolean).sort().slice(-1);
    const when = indicator.when ?? (period ? format.shortPeriod(period) : "");
    const [centred] = cells.filter(({ model }) => model.centre != null);
    const centre = centred && !centred.model.circles ? format.stored(centred.model.centre, centred.model.series.decimals) : "–";
    const country = centred && !centred.model.circles && centred.model.rural == null;
    return h(
      "tr", { "data-indicator": indicator.id },
      h("th", { scope: "row", title: indicator.definition }, indicator.title, h("small", { text: [indicator.unit, when].filter(Boolean).join(" · ") })),
      h("td", {}, centre, country ? h("small", { text: this.app.t("offline.compare.country") }) : null),
      ...cells.map((cell) => this.cell(cell, period)),
    );
  }

  cell({ model, i, period, value, share }, usual) {
    const { app } = this;
    const { format } = app;
    if (value == null && model.indicator.theme == null && !period) return h("td", { class: "none" }, app.t("offline.compare.in_profile"));
    if (value == null) return h("td", { class: "none" }, valueText(model, i, format));
    const notes = [period === usual ? "" : format.shortPeriod(period), differenceText(model, i, format), remarkText(model, i, format, false)];
    const above = share == null ? null : app.t("offline.compare.above", { share: format.integer(Math.floor(100 * share)) });
    return h(
      "td", {},
      h("span", { class: "value", text: format.stored(value, model.series.decimals) }),
      above && h("span", { class: "bar", role: "img", "aria-label": above, title: above }, h("i", { style: `width:${(100 * share).toFixed(1)}%` })),
      ...notes.filter(Boolean).map((text) => h("small", { text })),
    );
  }

  // --- to take away ---

  /** The table as CSV: one line for each figure, numbers with a point. */
  csv() {
    const { app } = this;
    const { selected } = app.state;
    const names = ["code", "name", "indicator", "title", "unit", "period", "value", "rural", "status"];
    const number = (value, decimals) => (value == null ? "" : (value / 10 ** decimals).toFixed(decimals));
    const lines = this.rows.flatMap(({ indicator, cells }) =>
      cells.map(({ model, i, period, value }, n) => {
        const { name, where } = app.atlas.placeOf(selected[n]);
        const { decimals } = model.series;
        const remark = value == null ? valueText(model, i, app.format) : remarkText(model, i, app.format, false);
        const figures = [number(value, decimals), number(model.rural, decimals)];
        return [selected[n], [name, where].filter(Boolean).join(", "), indicator.id, indicator.title, indicator.unit, period ?? "", ...figures, remark];
      }),
    );
    return [names, ...lines].map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.csv());
      this.status.textContent = this.app.t("offline.csv.copied");
    } catch {
      this.status.textContent = this.app.t("offline.csv.refused");
    }
  }

  save() {
    saveFile(new Blob(["\ufeff", this.csv()], { type: "text/csv" }), `${this.app.t("offline.csv.name")}.csv`);
  }
}

/** A cell of a CSV file; what a spreadsheet would take for a formula gets an apostrophe in front. */
function quoted(text) {
  const harmless = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
