/**
 * The offline package in the browser: one page with the dashboard's maps, a comparison, profiles, the story and the
 * sources, each at an address of its own. It asks nobody for anything but the files beside it.
 */

import { Atlas } from "../map_panes/atlas.js";
import { h } from "../map_panes/dom.js";
import { Format } from "../map_panes/format.js";
import { mount } from "../map_panes/map_panes.js";
import { normalise } from "../map_panes/state.js";
import { LANGUAGES, VIEWS, read, write } from "./address.js";
import { Comparison } from "./comparison.js";
import { load } from "./files.js";
import { ProfileView } from "./profile.js";
import { SourceView } from "./sources.js";
import { StoryView } from "./story.js";


class App {
  /** @param {HTMLElement} root what stands in the page until everything has come */
  constructor(root) {
    this.root = root;
    this.load = load;
    this.shown = {};
    addEventListener("hashchange", () => this.follow());
    this.follow();
  }

  /** Show what the address says, unless it says something else by the time the words have come. */
  async follow() {
    const { hash } = location;
    const asked = read(hash);
    const turned = asked.lang !== this.lang;
    if (turned) {
      const spoken = await Promise.all([load("geometry.json"), load(`catalog.${asked.lang}.json`), load(`words.${asked.lang}.json`), load(`scores.${asked.lang}.json`)]);
      if (location.hash !== hash) return;
      this.speak(asked.lang, ...spoken);
    }
    this.state = normalise(asked.state ?? this.state ?? this.words.first, this.catalog, this.indicators);
    const moved = asked.view !== this.shown.view || asked.place !== this.shown.place;
    this.shown = asked;
    if (turned) this.build();
    if (turned || moved) this.open();
    else this.view.update?.();
    this.keep();
  }

  /** Take up a language: its words, the names, the numbers. */
  speak(lang, geometry, catalog, words, scores) {
    Object.assign(this, { lang, catalog, words, scores, indicators: [...scores.indicators, ...catalog.indicators] });
    this.format = new Format(lang, words.texts);
    this.atlas ??= new Atlas(geometry, catalog);
    this.atlas.take(catalog);
    document.documentElement.lang = lang;
  }

  t(key, values) {
    return this.format.t(key, values);
  }

  /** The frame in the language of the page. */
  build() {
    const { words } = this;
    const link = (view) => h("a", { text: this.t(`nav.${view}`), "data-view": view });
    this.links = VIEWS.map(link);
    const other = (lang) => h("a", { text: this.t(`language.${lang}`), lang, hreflang: lang, "data-lang": lang });
    this.languages = LANGUAGES.map(other);
    this.main = h("main", { id: "main", tabindex: "-1" });
    const skip = h("a", { class: "skip", href: "#main", text: this.t("offline.skip"), on: { click: (event) => this.skip(event) } });
    const page = h(
      "div", { id: "page" }, skip,
      h(
        "header", {},
        h("p", { class: "product" }, h("strong", { text: words.product }), " ", h("span", { text: words.title })),
        h("nav", { "aria-label": this.t("offline.views") }, ...this.links),
        h("nav", { class: "languages", "aria-label": this.t("language.label") }, ...this.languages),
      ),
      this.main,
      h("footer", {}, h("p", { text: `${words.product} · ${words.stamp}` }), h("p", { text: this.t("offline.about") })),
    );
    this.root.replaceWith(page);
    this.root = page;
  }

  skip(event) {
    event.preventDefault();
    this.main.focus();
  }

  open() {
    const { view } = this.shown;
    this.view?.destroy?.();
    document.title = `${this.t(`nav.${view}`)} · ${this.words.product}`;
    this.main.replaceChildren();
    this.main.className = view === "map" ? "wide" : view === "compare" ? "wide text" : "text";
    this.view = new SHOWN[view](this, this.main);
    scrollTo(0, 0);
  }

  /** Take over a state of the maps (the selection is everybody's) and keep it in the address. */
  take(state) {
    this.state = state;
    this.keep();
  }

  select(codes) {
    this.take({ ...this.state, selected: codes });
    this.view.update?.();
  }

  /** Keep the address and all links in step with what is shown; going back leads to another view, not to another click. */
  keep() {
    const { view, place } = this.shown;
    const address = write({ view, place, lang: this.lang, state: this.state });
    if (location.hash !== address) history.replaceState(null, "", address);
    for (const link of this.links) {
      link.href = write({ view: link.dataset.view, lang: this.lang, state: this.state });
      if (link.dataset.view === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    for (const link of this.languages) {
      link.href = write({ view, place, lang: link.dataset.lang, state: this.state });
      if (link.dataset.lang === this.lang) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** The figures of an indicator. */
  async figures(id) {
    return this.scores.values[id] ?? load(`values/${id}.json`);
  }

  /** The municipality whose profiles and story the package has and a place lies in, or undefined. */
  holding(code) {
    return Object.keys(this.words.profiles).find((municipality) => this.words.profiles[municipality].includes(code));
  }

  /** The address of a place's profile; null where the package has none. */
  profileOf(code) {
    return this.holding(code) ? write({ view: "profile", place: code, lang: this.lang, state: this.state }) : null;
  }

  /** Everything that can be found by name, villages included. */
  findable() {
    return this.atlas.findable(() => load("places.json"), () => {});
  }
}

/** The maps of the dashboard. */
class MapView {
  constructor(app, main) {
    this.app = app;
    const root = h("div", { class: "maps" });
    main.append(h("h1", { class: "unseen", text: app.t("offline.map") }), root);
    this.panes = mount(root, {
      base: "data/",
      lang: app.lang,
      load,
      state: app.state,
      first: app.words.first,
      inline: app.scores,
      onState: (state) => {
        this.told = JSON.stringify(state);
        app.take(state);
      },
    });
  }

  update() {
    if (JSON.stringify(this.app.state) !== this.told) this.panes.update({ state: this.app.state });
  }

  destroy() {
    this.panes.destroy();
  }
}

const SHOWN = { map: MapView, compare: Comparison, profile: ProfileView, story: StoryView, sources: SourceView };
new App(document.getElementById("unpack"));
