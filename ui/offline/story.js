/**
 * The ready story of a municipality: told in the player over the whole window, and to be read here slide by slide.
 */

import { fillSelect, h } from "../map_panes/dom.js";
import { mount, style } from "../stories/player.js";
import { write } from "./address.js";

export class StoryView {
  constructor(app, main) {
    this.app = app;
    style();
    this.codes = Object.keys(app.words.profiles);
    const [last] = app.state.selected.map((code) => app.holding(code)).filter(Boolean).reverse();
    this.code = app.holding(app.shown.place) ?? last ?? (this.codes.length === 1 ? this.codes[0] : "");
    this.body = h("div", {});
    main.append(h("h1", { text: app.t("nav.story") }), ...(this.codes.length > 1 ? [this.list()] : []), this.body);
    this.draw();
  }

  list() {
    const { app } = this;
    const named = this.codes.map((code) => ({ value: code, label: app.atlas.placeOf(code, "municipality").name }));
    named.sort((a, b) => app.format.compare(a.label, b.label));
    const label = app.t("offline.button.choose");
    const select = h("select", { class: "mp-select", "aria-label": label, on: { change: () => select.value && this.go(select.value) } });
    fillSelect(select, [{ label: null, options: [{ value: "", label }, ...named] }], this.code);
    return h("div", { class: "mp choice" }, select);
  }

  go(code) {
    const { app } = this;
    location.hash = write({ view: "story", place: code, lang: app.lang, state: app.state });
  }

  async draw() {
    const { app } = this;
    if (!this.code) return;
    try {
      this.story = await app.load(`stories/${this.code}.${app.lang}.json`);
    } catch {
      this.body.replaceChildren(h("p", { class: "note", text: app.t("offline.unreadable") }));
      return;
    }
    this.button = h("button", { type: "button", class: "story-begin", text: app.t("story.play.begin"), on: { click: () => this.play() } });
    const slides = this.story.slides.map(({ title, sentence }) => h("li", {}, h("h3", { text: title }), h("p", { text: sentence })));
    this.body.replaceChildren(h("h2", { text: this.story.title }), h("p", { text: app.t("offline.story.about") }), this.button, h("ol", { class: "slides" }, ...slides));
  }

  play() {
    const { app, story } = this;
    if (this.player) return;
    this.root = h("div", {});
    document.body.append(this.root);
    this.player = mount(this.root, {
      base: "data/", lang: app.lang, story, inline: app.scores, texts: app.words.texts, load: app.load, leave: () => this.stop(),
    });
    this.player.fullScreen();
  }

  stop() {
    this.player?.destroy();
    this.player = null;
    this.root?.remove();
    this.button?.focus();
  }

  destroy() {
    this.stop();
  }
}
