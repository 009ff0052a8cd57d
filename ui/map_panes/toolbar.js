/**
 * What concerns all panes: how many, search, level, area, moving together, scale, download; time; the selection.
 */

import { MARKERS } from "./colours.js";
import { fillSelect, h, icon, iconButton, s, setText } from "./dom.js";
import { downloadMenu } from "./download.js";
import { LAYOUTS, LEVELS } from "./state.js";

const PACE = 1100;

/** Buttons of which exactly one is pressed. */
function segments(label, options, choose) {
  const buttons = options.map(({ value, text }) =>
    h("button", { type: "button", class: "mp-button", text, on: { click: () => choose(value) } }),
  );
  return {
    element: h("div", { class: "mp-segments", role: "group", "aria-label": label }, ...buttons),
    set: (value) => options.forEach((option, i) => buttons[i].setAttribute("aria-pressed", String(option.value === value))),
  };
}

function check(label, choose) {
  const input = h("input", { type: "checkbox", on: { change: () => choose(input.checked) } });
  return { element: h("label", { class: "mp-check" }, input, h("span", { text: label })), input };
}

export class Toolbar {
  constructor(app, search) {
    const { format } = app;
    const t = (key, values) => format.t(key, values);
    Object.assign(this, { app, search });
    this.layout = segments(t("map.layout"), LAYOUTS.map((value) => ({ value, text: String(value) })), (value) => app.store.setLayout(value));
    this.level = segments(t("map.level"), LEVELS.map((value) => ({ value, text: t(`map.level.${value}`) })), (value) => app.setLevel(value));
    this.area = h("select", { class: "mp-select mp-area", "aria-label": t("map.area"), on: { change: () => app.setArea(this.area.value) } });
    this.rural = h("select", {
      class: "mp-select mp-rural", "aria-label": t("map.rural"), title: t("map.rural.why"),
      on: { change: () => app.store.setFilter({ rural: this.rural.value === "rural", degurba: this.rural.value === "degurba" }) },
    });
    this.sync = check(t("map.sync"), (sync) => app.setSync(sync));
    this.scale = check(t("map.shared_scale"), (sharedScale) => app.store.set({ sharedScale }));
    const { catalog } = app;
    const byName = (a, b) => format.compare(a.label, b.label);
    fillSelect(this.area, [
      { label: null, options: [{ value: "", label: t("map.area.all") }] },
      { label: t("map.area.regions"), options: catalog.regions.map(([code, name]) => ({ value: `region:${code}`, label: name })).sort(byName) },
      {
        label: t("map.area.municipalities"),
        options: catalog.territories.municipality.map(([code, name]) => ({ value: `municipality:${code}`, label: name })).sort(byName),
      },
    ]);

    const known = catalog.territories.unit.some(([, , , , , degurba]) => degurba != null);
    const kinds = ["all", "rural", ...(known ? ["degurba"] : [])];
    fillSelect(this.rural, [{ label: null, options: kinds.map((value) => ({ value, label: t(`map.rural.${value}`) })) }]);

    this.play = iconButton("play", t("map.play"), () => this.togglePlay());
    this.slider = h("input", { type: "range", class: "mp-slider", step: 1, "aria-label": t("map.year"), on: { input: () => this.slide() } });
    this.year = h("output", { class: "mp-year" });
    this.ownPeriod = check(t("map.own_period"), (own) => app.store.setOwnPeriods(own));
    this.chips = h("ul", { class: "mp-chips", "aria-label": t("map.selected") });
    this.hint = h("span", { class: "mp-hint", text: t("map.selected.hint") });
    this.filtered = h("span", { class: "mp-hint", text: t("map.rural.why") });
    this.notice = h("span", { class: "mp-notice", role: "status" });
    this.clear = h("button", { type: "button", class: "mp-button mp-quiet", text: t("map.selected.clear"), on: { click: () => app.select([]) } });
    this.undo = h("button", { type: "button", class: "mp-button mp-quiet", text: t("map.undo"), on: { click: () => app.undo() } });
    this.reset = h("button", { type: "button", class: "mp-button mp-quiet mp-reset", text: t("map.reset"), on: { click: () => app.reset() } });
    this.time = h("div", { class: "mp-time" }, this.play, this.slider, this.year);
    this.element = h(
      "div", { class: "mp-toolbar", role: "region", "aria-label": t("map.toolbar") },
      h(
        "div", { class: "mp-row mp-tools" },
        app.part("search", search.element),
        app.part("layout", h("span", { class: "mp-group" }, h("span", { class: "mp-caption", text: t("map.layout") }), this.layout.element)),
        app.part("level", this.level.element), app.part("area", this.area), app.part("rural", this.rural),
        app.part("download", downloadMenu(app, null, t("map.download"))),
        app.part("time", this.time), app.part("time", this.ownPeriod.element),
        app.part("sync", this.sync.element), app.part("scale", this.scale.element),
        h(
          "div", { class: "mp-row mp-selection" },
          app.part("selection", this.hint), app.part("selection", this.chips), app.part("selection", this.clear), this.filtered, this.notice,
          app.part("selection", this.undo), app.part("reset", this.reset),
        ),
      ),
    );
  }

  update() {
    const { app } = this;
    const { state, format } = app;
    this.layout.set(state.panes.length);
    this.level.set(state.level);
    const { region, municipality, rural, degurba } = state.filter;
    this.area.value = municipality ? `municipality:${municipality}` : region ? `region:${region}` : "";
    this.filtered.hidden = !rural && !degurba;
    this.rural.value = degurba ? "degurba" : rural ? "rural" : "all";
    this.sync.input.checked = state.sync;
    this.scale.input.checked = state.sharedScale;
    this.ownPeriod.input.checked = !state.sharedPeriod;
    for (const element of [this.sync.element, this.scale.element]) element.hidden = state.panes.length === 1;
    if (!state.sharedPeriod && this.timer) this.stop();

    const years = app.store.years();
    this.slider.max = Math.max(0, years.length - 1);
    this.slider.value = Math.max(0, years.indexOf(app.store.year()));
    const year = app.store.year();
    const text = year ? format.period(year) : "–";
    setText(this.year, text);
    this.slider.setAttribute("aria-valuetext", text);
    this.drawChips();
  }

  slide() {
    this.stop();
    this.app.store.setYear(this.app.store.years()[Number(this.slider.value)]);
  }

  /** Year after year to the last, more slowly for those who do not want motion. */
  togglePlay() {
    if (this.timer) return this.stop();
    const { app } = this;
    const years = app.store.years();
    app.store.setYear(app.store.year() === years.at(-1) ? years[0] : app.store.year());
    this.timer = setInterval(() => {
      const next = app.store.years()[app.store.years().indexOf(app.store.year()) + 1];
      if (next) app.store.setYear(next);
      if (!next || next === app.store.years().at(-1)) this.stop();
    }, matchMedia("(prefers-reduced-motion: reduce)").matches ? 2 * PACE : PACE);
    this.showPlay("pause");
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.showPlay("play");
  }

  showPlay(name) {
    const label = this.app.format.t(`map.${name}`);
    this.play.replaceChildren(icon(name));
    this.play.classList.toggle("mp-playing", name === "pause");
    this.play.setAttribute("aria-label", label);
    this.play.title = label;
  }

  drawChips() {
    const { app } = this;
    const { selected } = app.state;
    this.hint.hidden = selected.length > 0 || !this.filtered.hidden;
    this.clear.hidden = selected.length < 2;
    this.undo.hidden = !app.store.canUndo();
    const key = `${selected.join()}`;
    if (key === this.chipKey) return;
    this.chipKey = key;
    this.chips.replaceChildren(
      ...selected.map((code, n) => {
        const { name, where } = app.placeOf(code);
        const marker = MARKERS[n];
        const mark = s(
          "svg", { viewBox: "-14 -14 28 28", width: 20, height: 20, "aria-hidden": "true" },
          s("path", { d: marker.shape, fill: marker.colour }),
          s("text", { y: 4.6, "text-anchor": "middle", "font-size": 13, "font-weight": 700, fill: "#ffffff", text: String(n + 1) }),
        );
        return h(
          "li", { class: "mp-chip" },
          h("button", { type: "button", class: "mp-chip-name", title: app.format.t("map.selected.fly"), on: { click: () => app.flyTo(code) } },
            mark, h("span", { text: name }), where ? h("span", { class: "mp-chip-where", text: where }) : null),
          iconButton("close", app.format.t("map.selected.remove", { name }), () => app.toggle(code)),
        );
      }),
    );
  }

  say(text) {
    setText(this.notice, text);
    clearTimeout(this.silence);
    this.silence = setTimeout(() => setText(this.notice, ""), 6000);
  }

  destroy() {
    clearInterval(this.timer);
    clearTimeout(this.silence);
    this.element.remove();
  }
}
