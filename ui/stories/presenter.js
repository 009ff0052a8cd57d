/**
 * The presenter's window on the second screen: notes, what comes next, the clock. The window that plays writes it and
 * listens to its keys; nothing is sent between them, so that it also works from a file.
 */

import { h, setText } from "../map_panes/dom.js";
import { plainKey } from "../stage/stage.js";

const NAME = "story-presenter";
const FEATURES = "popup,width=1100,height=760";
const TICK = 500;

export class Presenter {
  /** @param {{format: Object, language: () => string, lang: string}} parts `language` is that of the story */
  constructor({ format, language, lang }) {
    Object.assign(this, { format, language, lang, began: Date.now() });
  }

  /** Open the window, or come back to it; false where the browser blocks it. */
  open() {
    if (this.standing) {
      this.window.focus();
      return true;
    }
    this.window = window.open("", NAME, FEATURES);
    if (!this.window) return false;
    this.build();
    this.ticking = setInterval(() => this.tick(), TICK);
    if (this.shown) this.show(this.shown);
    return true;
  }

  get standing() {
    return Boolean(this.window && !this.window.closed);
  }

  build() {
    const { document: page } = this.window;
    const t = (key) => this.format.t(key);
    const press = (key) => () => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const button = (key, text) => h("button", { type: "button", class: "story-button", text, on: { click: press(key) } });
    this.parts = {
      place: h("span", { class: "presenter-place" }),
      clock: h("span", { class: "presenter-clock" }),
      elapsed: h("span", { class: "presenter-elapsed" }),
      title: h("h1", {}),
      sentence: h("p", {}),
      notes: h("p", { class: "presenter-notes" }),
      next: h("h2", {}),
      nextSentence: h("p", {}),
    };
    const { place, clock, elapsed, title, sentence, notes, next, nextSentence } = this.parts;
    page.documentElement.lang = this.lang;
    page.head.replaceChildren(...[...document.querySelectorAll("[data-story-style]")].map((style) => style.cloneNode(true)));
    page.title = t("story.play.presenter");
    page.body.className = "presenter";
    page.body.replaceChildren(
      h(
        "header", {}, place,
        h("span", {}, h("small", { text: t("story.play.clock") }), clock),
        h("span", {}, h("small", { text: t("story.play.elapsed") }), elapsed),
        h("button", { type: "button", class: "story-button", text: t("story.play.restart"), on: { click: () => this.restart() } }),
        button("ArrowLeft", t("story.play.previous")), button("ArrowRight", t("story.play.next")),
      ),
      h(
        "main", {},
        h("section", {}, title, sentence, h("h3", { text: t("story.play.notes") }), notes),
        h("aside", {}, h("h3", { text: t("story.play.then") }), next, nextSentence),
      ),
    );
    this.window.addEventListener("keydown", (event) => this.pass(event));
  }

  /** Keys mean the same in both windows, except those that leave. */
  pass(event) {
    if (!plainKey(event) || event.key === "Escape" || event.key === "Tab") return;
    if ((event.key === " " || event.key === "Enter") && event.target.closest?.("button")) return;
    document.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, bubbles: true }));
    event.preventDefault();
  }

  /** Follow the story: `at` is the present slide, `said` what the hall reads. */
  show(shown) {
    this.shown = shown;
    if (!this.standing) return;
    const { story, at, said } = shown;
    const { format, parts } = this;
    const next = story.slides[at + 1];
    setText(parts.place, format.t("story.play.progress", { place: format.integer(at + 1), all: format.integer(story.slides.length) }));
    setText(parts.title, story.slides[at].title);
    setText(parts.sentence, said);
    setText(parts.notes, story.slides[at].notes || format.t("story.play.no_notes"));
    setText(parts.next, next?.title ?? format.t("story.play.end"));
    setText(parts.nextSentence, next?.sentence ?? "");
    for (const name of ["title", "sentence", "notes", "next", "nextSentence"]) parts[name].lang = this.language();
    this.tick();
  }

  tick() {
    if (!this.standing) return clearInterval(this.ticking);
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const seconds = Math.floor((now - this.began) / 1000);
    setText(this.parts.clock, `${two(now.getHours())}:${two(now.getMinutes())}`);
    setText(this.parts.elapsed, `${Math.floor(seconds / 60)}:${two(seconds % 60)}`);
  }

  restart() {
    this.began = Date.now();
    this.tick();
  }

  close() {
    clearInterval(this.ticking);
    if (this.standing) this.window.close();
    this.window = null;
  }
}
