/**
 * One map with everything that belongs to it: pickers, title, map, card, table, legend, source line.
 */

import { Card, besideText, differenceText, differenceUnit, remarkText, valueText } from "./card.js";
import { METHODS } from "./classes.js";
import { fillSelect, h, iconButton, setText } from "./dom.js";
import { downloadMenu } from "./download.js";
import { extent, towards } from "./geometry.js";
import { listen } from "./gestures.js";
import { Layers } from "./layers.js";
import { Legend } from "./legend.js";
import { MARKERS } from "./colours.js";
import { highlightOf, highlighted } from "./model.js";
import { HALL, MOST_LABELS, WINDOW } from "./stage.js";
import { BASES, CLASS_COUNTS } from "./state.js";
import { Table } from "./table.js";
import { ZOOM } from "./views.js";

// Square pixels of a map on which two, and on which one of the highest and lowest are named.
const ROOMY = 200_000;
const TIGHT = 90_000;
const NAMED_AT = { city: 2, town: 3.2, parish: 7, municipality: 2 };

const bare = (text) => text.toLowerCase().replace(/[^a-z0-9]/g, "");

/** A publisher by the abbreviation it gives itself, else by its name without what stands in brackets. */
const shortPublisher = (name) => [...name.matchAll(/\((\p{Lu}\p{L}+)\)/gu)].at(-1)?.[1] ?? name.replace(/\s*[(:].*$/u, "");

/** A Creative Commons identifier as it is written for readers. */
const readableLicence = (id) => id.replace(/^CC-(.+)-(\d\.\d)$/, "CC $1 $2");

export class Pane {
  /**
   * @param {Object} app the map panes this one belongs to
   * @param {number} index
   */
  constructor(app, index) {
    this.app = app;
    this.index = index;
    this.id = `${app.id}-${index}`;
    this.lit = null;
    this.build();
  }

  get state() {
    return this.app.shown.panes[this.index];
  }

  build() {
    const { app, index, id } = this;
    const { format } = app;
    const t = (key, values) => format.t(key, values);
    const number = format.integer(index + 1);

    this.indicator = h("select", {
      class: "mp-select mp-indicator", "aria-label": t("map.pane.indicator", { number }),
      on: { change: () => app.store.setIndicator(index, this.indicator.value) },
    });
    this.period = h("select", {
      class: "mp-select mp-period", "aria-label": t("map.pane.period", { number }),
      on: { change: () => app.store.setPeriod(index, this.period.value) },
    });
    this.panels = { settings: this.settingsPanel(), about: h("div", { class: "mp-panel mp-about", hidden: true }) };
    const toggle = (name, glyph) =>
      iconButton(glyph, t(`map.pane.${name}`), () => this.open(name), { "aria-expanded": "false" });
    this.toggles = { settings: toggle("settings", "settings"), about: toggle("about", "info") };
    this.tableToggle = iconButton("table", t("map.pane.table"), () => app.store.setPane(index, { table: !this.state.table }), { "aria-pressed": "false" });
    this.grouping = iconButton("factors", t("map.pane.factors"), () =>
      app.store.set({ grouping: app.state.grouping === "factor" ? "theme" : "factor" }));
    const copy = iconButton("copy", t("map.pane.copy"), () => app.copyPane(index));
    this.title = h("h2", { class: "mp-title", id: `${id}-title` });
    const picker = app.part("indicator", this.indicator);
    const header = h(
      "div", { class: "mp-pane-bar" },
      picker ?? this.title, app.part("indicator", this.grouping), app.part("period", this.period), app.part("settings", this.toggles.settings),
      app.part("about", this.toggles.about), app.part("table", this.tableToggle), app.part("copy", copy),
      app.part("download", downloadMenu(app, [index], t("map.pane.download"))),
    );

    this.subtitle = h("p", { class: "mp-subtitle" });
    this.note = h("p", { class: "mp-note", hidden: true });
    this.broken = h("button", {
      type: "button", class: "mp-badge", hidden: true, on: { click: () => this.open("about", true) },
    });
    this.remarks = h("p", { class: "mp-hidden", id: `${id}-remarks` });
    const heading = h("div", { class: "mp-heading" }, picker && this.title, this.subtitle, this.note, this.broken, this.remarks);

    this.card = new Card();
    this.message = h("div", { class: "mp-message", hidden: true });
    this.map = h("div", {
      class: "mp-map", tabindex: 0, role: "application", "aria-roledescription": t("map.pane.role"),
      "aria-describedby": `${app.id}-keys ${id}-remarks`,
    });
    this.layers = new Layers(this.map, id, app.atlas.size, app.options.stage ? HALL : WINDOW);
    const zoom = (factor) => () => {
      const view = app.views.get(index);
      app.views.fly(index, app.views.zoomed(index, factor, [view.x, view.y]));
    };
    this.map.append(
      h(
        "div", { class: "mp-zoom" },
        iconButton("plus", t("map.zoom.in"), zoom(ZOOM.step)),
        iconButton("minus", t("map.zoom.out"), zoom(1 / ZOOM.step)),
        iconButton("home", t("map.zoom.home"), () => app.views.fly(index, app.views.home())),
      ),
      this.card.element,
      this.message,
    );
    listen(this.map, this.verbs());
    for (const event of ["pointerenter", "focus"]) this.map.addEventListener(event, () => (app.active = index));

    this.table = new Table((code) => app.toggle(code), (code) => app.hover(code));
    this.legend = new Legend(id, (lit) => app.store.setPane(index, { lit }), Boolean(app.options.stage));
    this.source = h("p", { class: "mp-source" });
    this.element = h(
      "article", { class: "mp-pane", "aria-labelledby": `${id}-title`, "data-pane": index },
      h("div", { class: "mp-top" }, header, h("div", { class: "mp-panels" }, this.panels.settings, this.panels.about), heading),
      h("div", { class: "mp-view" }, this.map, this.table.element),
      this.legend.element,
      this.legend.notes,
      app.part("source", this.source),
    );
    this.observer = new ResizeObserver(() => {
      if (this.layers.measure()) {
        app.views.commit();
        if (this.model?.circles) this.drawLegend();
      }
    });
    this.observer.observe(this.map);
  }

  settingsPanel() {
    const { app, index } = this;
    const { format } = app;
    const t = (key) => format.t(key);
    const change = (patch) => app.store.setPane(index, patch);
    this.method = h("select", { class: "mp-select", on: { change: () => change(this.methodPatch()) } });
    this.classCount = h("select", { class: "mp-select", on: { change: () => change({ classes: Number(this.classCount.value) }) } });
    this.basis = h("select", { class: "mp-select", on: { change: () => change({ basis: this.basis.value }) } });
    this.diverging = h("input", { type: "checkbox", on: { change: () => change(this.divergingPatch()) } });
    this.smoothed = h("input", { type: "checkbox", on: { change: () => change({ smoothed: this.smoothed.checked }) } });
    this.smoothedField = h("label", { class: "mp-check", title: t("map.settings.smoothed.why") }, this.smoothed, h("span", { text: t("map.settings.smoothed") }));
    this.breaks = h("input", { type: "text", class: "mp-input", inputmode: "decimal", on: { change: () => this.setBreaks() } });
    this.breaksField = h("label", { class: "mp-field mp-wide" }, h("span", { text: t("map.settings.breaks") }), this.breaks);
    fillSelect(this.method, [{ label: null, options: METHODS.map((value) => ({ value, label: t(`map.method.${value}`) })) }]);
    fillSelect(this.classCount, [{ label: null, options: CLASS_COUNTS.map((value) => ({ value, label: String(value) })) }]);
    fillSelect(this.basis, [{ label: null, options: BASES.map((value) => ({ value, label: t(`map.settings.basis.${value}`) })) }]);
    return h(
      "div", { class: "mp-panel", hidden: true },
      h("label", { class: "mp-field" }, h("span", { text: t("map.settings.method") }), this.method),
      h("label", { class: "mp-field" }, h("span", { text: t("map.settings.classes") }), this.classCount),
      h("label", { class: "mp-field" }, h("span", { text: t("map.settings.basis") }), this.basis),
      h("label", { class: "mp-check" }, this.diverging, h("span", { text: t("map.settings.diverging") })),
      this.smoothedField,
      this.breaksField,
    );
  }

  /** Going over to manual breaks begins with those that are on the map, or with thirds where there is but one. */
  methodPatch() {
    const method = this.method.value;
    if (method !== "manual" || !this.model) return { method, breaks: null };
    const { low, high, breaks: drawn } = this.model.scale;
    const thirds = [1, 2].map((part) => Number((low + (part * (high - low)) / 3).toFixed(this.model.series.decimals)));
    const breaks = drawn.length > 1 ? drawn : thirds;
    return { method, breaks, classes: breaks.length + 1 };
  }

  /** Breaks by hand are of values or of differences, never of both: the other begins with breaks that are worked out. */
  divergingPatch() {
    const { method } = this.state;
    return { diverging: this.diverging.checked, breaks: null, method: method === "manual" ? "quantile" : method };
  }

  setBreaks() {
    const { lang } = this.app.format;
    const parts = this.breaks.value.split(";").map((part) => part.replace(/[\s\u00a0]/g, "").replace("−", "-"));
    const numbers = parts.map((part) => (part === "" ? NaN : Number(lang === "en" ? part.replace(/,/g, "") : part.replace(",", "."))));
    const classes = new Set(numbers).size + 1;
    const valid = numbers.every(Number.isFinite) && CLASS_COUNTS.includes(classes);
    this.breaks.setAttribute("aria-invalid", String(!valid));
    this.app.say(valid ? "" : this.app.format.t("map.settings.bad_breaks"));
    if (valid) {
      const breaks = [...new Set(numbers)].sort((a, b) => a - b);
      this.app.store.setPane(this.index, { method: "manual", breaks, classes: breaks.length + 1 });
    }
  }

  /** Open one of the panels over the map, or close it; with `stay` it is open afterwards in any case. */
  open(name, stay = false) {
    for (const [other, panel] of Object.entries(this.panels)) {
      panel.hidden = other === name ? !stay && !panel.hidden : true;
      this.toggles[other].setAttribute("aria-expanded", String(!panel.hidden));
    }
    if (!this.panels[name].hidden) this.panels[name].querySelector("select, input")?.focus();
  }

  closePanels(focus = true) {
    for (const [name, panel] of Object.entries(this.panels)) {
      if (panel.hidden) continue;
      this.open(name);
      if (focus) this.toggles[name].focus();
    }
  }

  showTable(show) {
    this.table.element.hidden = !show;
    this.map.hidden = show;
    this.tableToggle.setAttribute("aria-pressed", String(show));
    if (show) this.drawTable();
  }

  verbs() {
    const { app, index } = this;
    const view = () => app.views.get(index);
    const under = (x, y) => {
      const scale = this.layers.scaleAt(view());
      return app.shapes.codes[app.shapes.at(...this.layers.toMap(view(), x, y), 7 / scale)] ?? null;
    };
    return {
      view,
      move: (next) => app.views.live(index, next),
      fly: (next) => app.views.fly(index, next),
      rest: () => app.views.finish(),
      toMap: (x, y) => this.layers.toMap(view(), x, y),
      scale: () => this.layers.scaleAt(view()),
      zoomed: (factor, point) => app.views.zoomed(index, factor, point),
      hover: (x, y) => app.hover(under(x, y)),
      leave: () => app.hover(null),
      click: (x, y) => {
        const code = under(x, y);
        app.hover(code);
        if (code) app.toggle(code);
      },
      step: (direction) => this.step(direction),
      choose: () => app.hovered && app.toggle(app.hovered),
      home: () => app.views.fly(index, app.views.home()),
      enter: () => this.enter(),
    };
  }

  /** The keyboard has come to the map: begin at what is marked already, else in the middle of the view. */
  enter() {
    const { app } = this;
    const known = [app.hovered, ...app.state.selected].find((code) => app.shapes.index.has(code));
    app.hover(known ?? app.shapes.codes[this.nearestToCentre()], true);
  }

  nearestToCentre() {
    const { x, y } = this.app.views.get(this.index);
    const { points } = this.app.shapes;
    const distance = (i) => Math.hypot(points[i][0] - x, points[i][1] - y);
    return points.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0);
  }

  step(direction) {
    const { app } = this;
    const from = app.shapes.index.get(app.hovered) ?? this.nearestToCentre();
    const to = towards(app.shapes, from, direction);
    if (to < 0) return;
    app.hover(app.shapes.codes[to], true);
    const [px, py] = this.layers.toPane(app.views.get(this.index), ...app.shapes.points[to]);
    const [width, height] = this.layers.pane;
    if (px < 24 || py < 24 || px > width - 24 || py > height - 24) {
      app.views.fly(this.index, { ...app.views.get(this.index), x: app.shapes.points[to][0], y: app.shapes.points[to][1] });
    }
  }

  /** Take up the present state: only what differs is drawn again. */
  update() {
    const { app } = this;
    const { model, key, failed } = app.figures.modelOf(app.shown, this.index);
    this.drawMenu();
    if (this.indicator.value !== this.state.indicator) this.indicator.value = this.state.indicator;
    this.showMessage(failed, !model);
    this.legend.element.classList.toggle("mp-idle", Boolean(failed));
    if (failed) this.showNothing();
    if (model) this.drawNote(model);
    const table = this.state.table && !app.options.hide?.includes("table");
    if (this.table.element.hidden === table) this.showTable(table);
    if (!model) return;
    const same = key === this.key && this.model;
    const steady = same || !this.model || (model.indicator.id === this.model.indicator.id && model.level === this.model.level && model.scale === this.model.scale);
    if (!steady && this.lit === this.state.lit) app.store.unlight(this.index); // the classes it was of are gone
    if (same && this.lit === this.state.lit) return;
    this.lit = this.state.lit;
    this.key = key;
    this.model = model;
    this.layers.setShapes(app.shapes);
    if (!this.layers.pane[0]) this.layers.measure();
    this.drawWords();
    this.paint();
    if (this.layers.drawnAt == null) this.layers.commit(app.views.get(this.index));
    this.mark();
    if (!this.table.element.hidden) this.drawTable();
  }

  drawMenu() {
    const { grouping } = this.app.state;
    this.grouping.setAttribute("aria-pressed", String(grouping === "factor"));
    const menu = this.app.figures.menu(grouping);
    if (menu === this.menu) return;
    this.menu = menu;
    fillSelect(this.indicator, menu, this.state.indicator);
  }

  get highlight() {
    return highlightOf(this.state?.lit, this.model); // a pane that is about to go has no state any more
  }

  paint() {
    this.layers.paint(this.model, this.highlight);
    this.drawLegend();
  }

  drawLegend() {
    this.legend.draw(this.model, this.app.format, this.highlight, this.layers.pane[0] ? this.layers.largestRadius() : 20);
    this.legend.point(this.model.values[this.app.shapes.index.get(this.app.hovered)] ?? null);
  }

  drawTable() {
    const { app } = this;
    if (!this.model) return;
    this.table.draw(this.model, app.shapes.codes, (code) => app.placeOf(code), app.state.selected, app.format, app.catalog.interval);
  }

  showMessage(failed, waiting) {
    const { format } = this.app;
    this.message.hidden = !waiting;
    this.message.setAttribute("role", failed ? "alert" : "status");
    if (!waiting) return this.message.replaceChildren();
    if (!failed) return this.message.replaceChildren(h("p", { text: format.t("map.loading") }));
    this.message.replaceChildren(
      h("p", { text: format.t("map.failed") }),
      h("button", { type: "button", class: "mp-button", text: format.t("map.retry"), on: { click: () => this.app.figures.retry(this.state.indicator) } }),
    );
  }

  /** The figures did not come: nothing of the indicator before may be taken for them. */
  showNothing() {
    this.model = null;
    setText(this.title, this.app.figures.indicator(this.state.indicator).title);
    setText(this.subtitle, "");
    setText(this.source, "");
    this.note.hidden = this.broken.hidden = true;
    this.card.hide();
  }

  /** What, unit, year, against what; for the title and for the export. */
  words() {
    const { app, model } = this;
    const { format } = app;
    const { indicator } = model;
    const mean = model.centre == null ? null : format.withUnit(format.stored(model.centre, model.series.decimals), indicator.unit === "%" ? "%" : "");
    const whose = model.centreIsRural ? "rural" : "country";
    const meant = model.circles || mean == null ? null : format.t(model.scale.centred ? `map.against.${whose}` : `map.mean.${whose}`, { mean });
    const comparator = indicator.against ?? meant;
    const unit = model.scale.centred && !indicator.against ? differenceUnit(model, format) : indicator.unit;
    const parts = [unit, indicator.when ?? (model.period ? format.period(model.period) : null), model.smoothed && format.t("map.smoothed"), comparator];
    return { title: indicator.title, subtitle: parts.filter(Boolean).join(" · "), note: this.noteText(model), source: this.sourceText() };
  }

  noteText(model) {
    return [this.periodNote(model), ...this.breakNotes(model)].filter(Boolean).join(" · ");
  }

  /** The year asked for may be that of all maps, so this follows changes elsewhere too. */
  drawNote(model) {
    const note = this.periodNote(model);
    setText(this.note, note);
    this.note.hidden = !note;
    setText(this.remarks, this.noteText(model));
  }

  /** Why the map shows another period than asked for, or none. */
  periodNote(model) {
    const { app } = this;
    const { format } = app;
    if (!model.period) {
      const first = model.series.published[0];
      return first ? format.t("map.note.begins", { first: format.period(first) }) : format.t("map.note.level");
    }
    const wanted = app.state.sharedPeriod ? app.store.year() : model.wanted;
    const there = model.series.published.some((period) => period.startsWith(wanted));
    if (!wanted || there || model.period.slice(0, 4) >= wanted) return "";
    return format.t("map.note.earlier", { wanted: format.shortPeriod(wanted), shown: format.shortPeriod(model.period) });
  }

  /** The breaks of the series up to the shown period. */
  breaksPast(model = this.model) {
    return (model.indicator.breaks ?? []).filter(({ period }) => model.period && period <= model.period);
  }

  breakNotes(model = this.model) {
    const { format } = this.app;
    return this.breaksPast(model).map(({ period, reason }) => format.t("map.note.break", { period: format.shortPeriod(period), reason }));
  }

  sourceText() {
    const { figures, format } = this.app;
    const ids = new Set([...this.model.indicator.sources, "boundaries"]);
    const credits = [...ids].flatMap((id) => {
      const source = figures.sources[id];
      if (!source) return [];
      const credit = source.credit.replace(/^(Avots|Source): /, ""); // the line itself begins with that word
      return bare(credit).includes(bare(source.licence)) ? [credit] : [`${credit}, ${source.licence}`];
    });
    return format.t("map.source", { credits: credits.join("; ") });
  }

  /** Publishers and licences in one line; the full credit is in the panel about the indicator and in every picture. */
  shortSource() {
    const { sources } = this.app.figures;
    const ids = [...this.model.indicator.sources, "boundaries"].filter((id) => sources[id]);
    const parts = ids.map((id) => [shortPublisher(sources[id].publisher), readableLicence(sources[id].licence)].filter(Boolean).join(", "));
    return [...new Set(parts)].join(" · ");
  }

  drawWords() {
    const { app, model } = this;
    const { format } = app;
    const { title, subtitle, source } = this.words();
    setText(this.title, title);
    setText(this.subtitle, subtitle);
    const broken = [...new Set(this.breaksPast().map(({ period }) => format.shortPeriod(period)))];
    this.broken.hidden = !broken.length;
    setText(this.broken, format.t("map.note.broken", { periods: broken.join(", ") }));
    this.broken.title = this.breakNotes().join("\n");
    setText(this.source, this.shortSource());
    this.source.title = source;
    this.map.setAttribute("aria-label", this.summary(title, subtitle));
    this.drawPeriods();
    const { method, classes, diverging, basis, smoothed } = this.state;
    this.basis.value = basis;
    this.method.value = method;
    this.classCount.value = String(classes);
    this.classCount.disabled = this.basis.disabled = method === "manual";
    this.diverging.checked = diverging;
    this.smoothed.checked = smoothed;
    this.smoothedField.hidden = !model.smooth;
    this.breaksField.hidden = method !== "manual";
    this.breaks.value = model.scale.breaks.map((value) => format.number(value, model.series.decimals)).join("; ");
    this.drawAbout();
  }

  /** The map in words, for those who hear it: what it shows, its two ends, and how much is missing. */
  summary(title, subtitle) {
    const { app, model } = this;
    const { format } = app;
    const missing = model.values.filter((value) => value == null).length;
    const shown = model.values.flatMap((value, i) => (value != null && model.active[i] ? [value] : []));
    const counted = { missing: format.integer(missing), all: format.integer(model.values.length) };
    const parts = [format.t("map.summary", { title, subtitle }), format.t("map.summary.missing", counted)];
    if (shown.length && !model.indicator.categories) {
      const end = (value) => {
        const holders = model.values.flatMap((own, i) => (own === value && model.active[i] ? [i] : []));
        const name = holders.length === 1 ? app.placeOf(app.shapes.codes[holders[0]]).name : format.tn(`map.count.${model.level}`, holders.length);
        return `${valueText(model, holders[0], format)} (${name})`;
      };
      const ends = shown.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
      parts.splice(1, 0, format.t("map.summary.ends", { highest: end(ends[1]), lowest: end(ends[0]) }));
    }
    return parts.join(" ");
  }

  drawPeriods() {
    const { model, app } = this;
    const { format } = app;
    const all = [...model.series.periods].reverse();
    const options = all.map((period) => ({
      value: period,
      label: model.series.published.includes(period) ? format.shortPeriod(period) : `${format.shortPeriod(period)} (${format.t("map.reason.n")})`,
    }));
    if (!model.period) options.unshift({ value: "", label: "–" });
    const key = options.map(({ label }) => label).join();
    if (this.periodKey !== key) fillSelect(this.period, [{ label: null, options }]);
    this.periodKey = key;
    this.period.value = model.period ?? "";
  }

  drawAbout() {
    const { indicator } = this.model;
    const { format } = this.app;
    const line = (key, text) => text && h("p", {}, h("strong", { text: `${format.t(key)}: ` }), text);
    this.panels.about.replaceChildren(
      ...[
        h("p", { text: indicator.definition }),
        line("map.about.formula", indicator.formula),
        line("map.about.direction", format.t(`map.better.${indicator.better}`)),
        line("map.about.bias", indicator.bias),
        indicator.estimated ? h("p", { text: format.t("map.about.estimated") }) : null,
        ...this.breakNotes().map((text) => h("p", { text })),
        this.model.circles ? null : h("p", { text: format.t("map.about.dots") }),
        h("p", { class: "mp-credit", text: this.sourceText() }),
      ].filter(Boolean),
    );
  }

  /** Hover, selection and names; the colours stay as they are. */
  mark() {
    const { app, model } = this;
    if (!model || model.level !== app.state.level) return; // drawn anew in a moment
    const hover = app.hovered && app.shapeOf(app.hovered);
    const selected = app.state.selected.map((code, n) => ({ ...app.shapeOf(code), marker: MARKERS[n], number: String(n + 1) }));
    this.layers.mark({ hover, selected, labels: this.labels(), place: app.place });
    this.showCard();
  }

  showCard() {
    const { app, model, card } = this;
    const i = app.shapes.index.get(app.hovered);
    this.legend.point(i === undefined ? null : model.values[i]);
    if (i === undefined) return card.hide();
    card.show(model, i, app.placeOf(app.hovered), app.catalog, app.format);
    const [px, py] = this.layers.toPane(app.views.get(this.index), ...app.shapes.points[i]);
    const beneath = px < card.element.offsetWidth + 30 && py > this.layers.pane[1] - card.element.offsetHeight - 30;
    card.element.classList.toggle("mp-card-top", beneath);
  }

  /** Names on the map: the selected, the highest and lowest, and, closer in, towns and then all. */
  labels() {
    const { app, model } = this;
    const { shapes, format } = app;
    const rows = app.catalog.territories[model.level];
    const { k } = app.views.get(this.index);
    const shown = model.values.flatMap((value, i) => (value != null && model.active[i] && highlighted(model, this.highlight, i) ? [i] : []));
    const labels = app.state.selected
      .filter((code) => app.shapeOf(code))
      .map((code) => ({ point: app.shapeOf(code).point, name: app.shortName(code), strong: true, below: true }));
    const chosen = new Set(app.state.selected);
    for (const i of this.extremes(shown)) {
      if (chosen.has(shapes.codes[i])) continue;
      chosen.add(shapes.codes[i]);
      const value = format.stored(model.values[i] - model.offset, model.series.decimals, model.scale.centred);
      labels.push({ point: shapes.points[i], name: `${app.shortName(shapes.codes[i])} ${value}`, strong: true, dot: true, alone: true });
    }
    const named = rows.flatMap(([code, , kind], i) => (k >= (NAMED_AT[kind] ?? 9) && !chosen.has(code) && model.active[i] ? [i] : []));
    const { boxes } = shapes;
    const [x0, y0] = this.layers.toMap(app.views.get(this.index), 0, 0);
    const [x1, y1] = this.layers.toMap(app.views.get(this.index), ...this.layers.pane);
    const visible = named.filter((i) => boxes[4 * i] < x1 && boxes[4 * i + 2] > x0 && boxes[4 * i + 1] < y1 && boxes[4 * i + 3] > y0);
    const rank = { city: 0, town: 1, municipality: 1, parish: 2 };
    visible.sort((a, b) => rank[rows[a][2]] - rank[rows[b][2]] || extent(shapes, b) - extent(shapes, a));
    for (const i of visible.slice(0, 40)) {
      const town = rows[i][2] === "town" || rows[i][2] === "city";
      labels.push({ point: shapes.points[i], name: app.shortName(shapes.codes[i]), strong: town, dot: town });
    }
    return app.options.stage ? labels.slice(0, MOST_LABELS) : labels;
  }

  /**
   * The two highest and two lowest of some territories, among the values that are the territory's own and rest on
   * enough: not on a small base, not copied from the municipality. An end where more than two tie has no extreme, and a
   * map too small for names shows one of each end, or none.
   */
  extremes(members) {
    const { model } = this;
    const [width, height] = this.layers.pane;
    const most = width * height >= ROOMY ? 2 : width * height >= TIGHT ? 1 : 0;
    const firm = members.filter((i) => !"bm".includes(model.remarks[i] ?? " ")).sort((a, b) => model.values[b] - model.values[a]);
    const end = (list) => (list.filter((i) => model.values[i] === model.values[list[0]]).length > 2 ? [] : list.slice(0, most));
    if (firm.length < 2 * most || model.indicator.categories) return [];
    return [...end(firm), ...(model.circles ? [] : end([...firm].reverse()))];
  }

  /** The sentence a screen reader hears for a territory. */
  spoken(code) {
    const { app, model } = this;
    const i = app.shapes.index.get(code);
    if (!model || i === undefined) return "";
    const parts = [valueText(model, i, app.format), besideText(model, i, app.format, app.catalog.interval), remarkText(model, i, app.format), differenceText(model, i, app.format)];
    return `${model.indicator.short}: ${parts.filter(Boolean).join(", ")}`;
  }

  destroy() {
    this.observer.disconnect();
    this.element.remove();
  }
}

