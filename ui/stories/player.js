/**
 * Plays a story: its slides one after another over one set of maps, wholly in the browser.
 *
 * The module knows nothing of the page around it and asks for no file but its style and what the maps load, so that it
 * also runs from a file. A slide has one step or two: before and after, or the question and its answer.
 */

import { h, setText } from "../map_panes/dom.js";
import { Format } from "../map_panes/format.js";
import { mount as mountMaps } from "../map_panes/map_panes.js";
import { plainKey, stage } from "../stage/stage.js";
import { Presenter } from "./presenter.js";

const FIFTHS = [1, 2, 3, 4, 5];
const MOST_HANDS = 9999;
const FORWARD = new Set(["ArrowRight", "ArrowDown", "PageDown", " "]);
const BACK = new Set(["ArrowLeft", "ArrowUp", "PageUp"]);
// A browser ends full screen by itself when another window opens; within so many milliseconds that is no leaving.
const OPENING = 2000;

/**
 * @typedef {Object} PlayedSlide
 * @property {"view"|"before_after"|"guess"} kind
 * @property {Object} state       of the maps
 * @property {string} title
 * @property {string} sentence
 * @property {string} notes       for the speaker alone
 * @property {?string} before     the earlier period of the first map
 * @property {?{fifth: number, words: string}} answer  the true fifth, 1 the lowest; null where there is none
 */

/**
 * @param {HTMLElement} root   an element of our own, empty, as large as the slides shall be
 * @param {Object} parts
 * @param {string} parts.base  see map_panes.js; so are lang, inline and load
 * @param {string} parts.lang
 * @param {{title: string, language: string, slides: PlayedSlide[]}} parts.story
 * @param {?Object} [parts.inline]
 * @param {Object<string, string>} parts.texts     the messages "story.play.*" and "stage.*" in this language
 * @param {(name: string) => Promise<Object>} [parts.load]
 * @param {number} [parts.start]                   the slide to begin with, from 0
 * @param {() => void} [parts.leave]               called when the visitor has left the story
 * @returns {{update: (change: Object) => void, fullScreen: () => Promise<void>, destroy: () => void}}
 */
export function mount(root, parts) {
  const player = new Player(root, parts);
  return {
    update: (change) => player.change(change),
    fullScreen: () => player.stage.fullScreen(),
    destroy: () => player.destroy(),
  };
}

class Player {
  constructor(root, { base, lang, story, inline = null, texts, load, start = 0, leave = () => {} }) {
    Object.assign(this, { root, lang, story, texts, leave, step: 0 });
    this.at = Math.max(0, Math.min(start, story.slides.length - 1));
    this.hands = new Map();
    this.format = new Format(lang, texts);
    style();
    root.classList.add("story");
    this.maps = h("div", { class: "story-map" });
    this.build();
    this.panes = mountMaps(this.maps, { base, lang, inline, load, state: this.state(), options: { stage: true } });
    this.stage = stage(root, { texts, on: { leave: () => this.left() } });
    this.listening = new AbortController();
    addEventListener("keydown", (event) => this.key(event), { capture: true, signal: this.listening.signal });
    addEventListener("pagehide", () => this.presenter.close(), { signal: this.listening.signal });
    this.presenter = new Presenter({ format: this.format, language: () => this.story.language, lang });
    this.show();
  }

  get slide() {
    return this.story.slides[this.at];
  }

  get asking() {
    return this.slide.kind === "guess" && this.step === 0;
  }

  stepsOf(slide) {
    return slide.kind === "view" ? 1 : 2;
  }

  /** The state of the maps at the present slide and step. */
  state() {
    const { state, kind, before } = this.slide;
    if (kind !== "before_after") return state;
    const [first, ...others] = state.panes;
    const period = this.step === 0 ? before : first.period;
    return { ...state, sharedPeriod: false, panes: [{ ...first, period, basis: "years" }, ...others] };
  }

  build() {
    const t = (key, values) => this.format.t(key, values);
    const button = (key, sign, act) =>
      h("button", { type: "button", class: "story-button", "aria-label": t(key), title: t(key), on: { click: act } }, sign);
    this.title = h("h1", { class: "story-title" });
    this.sentence = h("p", { class: "story-sentence", "aria-live": "polite" });
    this.years = h("div", { class: "story-years", role: "group", "aria-label": t("story.play.years") });
    this.question = h("div", { class: "story-question", role: "group", "aria-label": t("story.play.fifths") });
    this.dots = h("ol", { class: "story-dots" });
    this.progress = h("span", { class: "story-progress" });
    this.name = h("span", { class: "story-name" });
    this.remark = h("span", { class: "story-remark", role: "status" });
    this.bar = h(
      "nav", { class: "story-bar", "aria-label": t("story.play.slides") },
      this.progress,
      this.name,
      button("story.play.previous", "←", () => this.back()),
      this.dots,
      button("story.play.next", "→", () => this.on()),
      h("button", { type: "button", class: "story-button", text: t("story.play.presenter"), on: { click: () => this.present() } }),
      this.remark,
    );
    this.words = h("header", { class: "story-words" }, h("div", { class: "story-head" }, this.title, this.years), this.sentence);
    this.body = h("div", { class: "story-body" }, this.maps, this.question);
    this.root.replaceChildren(this.words, this.body, this.bar);
  }

  // --- moving ---

  on() {
    if (this.step + 1 < this.stepsOf(this.slide)) this.go(this.at, this.step + 1);
    else if (this.at + 1 < this.story.slides.length) this.go(this.at + 1);
  }

  back() {
    if (this.step > 0) this.go(this.at, this.step - 1);
    else if (this.at > 0) this.go(this.at - 1, this.stepsOf(this.story.slides[this.at - 1]) - 1);
  }

  go(at, step = 0) {
    Object.assign(this, { at, step });
    this.show();
    this.panes.update({ state: this.state() });
  }

  key(event) {
    if (!plainKey(event)) return;
    const [target] = event.composedPath();
    const { key } = event;
    if (key === "Escape") this.opening = null;
    if (key === " " && target?.closest?.("button, summary, a")) return;
    const last = this.story.slides.length - 1;
    const act = FORWARD.has(key) ? () => this.on()
      : BACK.has(key) ? () => this.back()
      : key === "Home" ? () => this.go(0)
      : key === "End" ? () => this.go(last)
      : key.toLowerCase() === "n" ? () => this.present()
      : this.asking && FIFTHS.includes(Number(key)) ? () => this.raise(Number(key), 1)
      : null;
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  // --- drawing ---

  show() {
    const { slide, format, story } = this;
    for (const words of [this.title, this.sentence]) words.lang = story.language;
    setText(this.title, slide.title);
    setText(this.sentence, this.said());
    this.root.dataset.kind = slide.kind;
    this.root.dataset.step = String(this.step);
    this.maps.classList.toggle("story-covered", this.asking);
    setText(this.name, story.title);
    this.drawYears();
    this.drawQuestion();
    setText(this.progress, format.t("story.play.progress", { place: format.integer(this.at + 1), all: format.integer(story.slides.length) }));
    this.drawDots();
    this.presenter.show({ story, at: this.at, said: this.said() });
    dispatchEvent(new Event("resize")); // the maps take what the words leave
  }

  /** The sentence of the slide; after a guess, the truth. */
  said() {
    const { slide, format } = this;
    if (slide.kind !== "guess" || this.step === 0) return slide.sentence;
    if (!slide.answer) return format.t("story.play.no_answer");
    const { fifth, words } = slide.answer;
    const truth = format.t("story.play.truth", { words, fifth: format.t(`story.play.fifth.${fifth}`) });
    const counts = this.handsOf(this.at);
    const all = counts.reduce((sum, count) => sum + count, 0);
    if (!all) return truth;
    return `${truth} ${format.t("story.play.guessed", { right: format.integer(counts[fifth - 1]), all: format.integer(all) })}`;
  }

  drawDots() {
    const { slides } = this.story;
    this.dots.style.setProperty("--count", slides.length);
    if (this.dots.children.length !== slides.length) {
      this.dots.replaceChildren(
        ...slides.map((_, i) => h("li", {}, h("button", { type: "button", class: "story-dot", on: { click: () => this.go(i) } }))),
      );
    }
    [...this.dots.children].forEach(({ firstChild: dot }, i) => {
      dot.setAttribute("aria-label", this.format.t("story.play.to", { place: this.format.integer(i + 1), title: slides[i].title }));
      dot.title = slides[i].title;
      if (i === this.at) dot.setAttribute("aria-current", "step");
      else dot.removeAttribute("aria-current");
    });
  }

  drawYears() {
    const { slide } = this;
    this.years.hidden = slide.kind !== "before_after";
    if (this.years.hidden) return;
    const periods = [slide.before, slide.state.panes[0].period];
    this.years.replaceChildren(
      ...periods.map((period, step) =>
        h("button", {
          type: "button", class: "story-year", text: this.format.shortPeriod(period), "aria-pressed": String(step === this.step),
          on: { click: () => this.go(this.at, step) },
        }),
      ),
    );
  }

  // --- guessing ---

  handsOf(at) {
    if (!this.hands.has(at)) this.hands.set(at, FIFTHS.map(() => 0));
    return this.hands.get(at);
  }

  drawQuestion() {
    this.question.hidden = !this.asking;
    if (!this.asking) return this.question.replaceChildren();
    const counts = this.handsOf(this.at);
    this.fields = FIFTHS.map((fifth) =>
      h("input", {
        type: "number", class: "story-hands", min: 0, max: MOST_HANDS, value: counts[fifth - 1],
        "aria-label": this.format.t("story.play.hands", { fifth: this.format.t(`story.play.fifth.${fifth}`) }),
        on: { input: (event) => this.count(fifth, event.target.value) },
      }),
    );
    this.question.replaceChildren(
      h("span", { class: "story-raised", "aria-hidden": "true", text: this.format.t("story.play.raised") }),
      ...FIFTHS.flatMap((fifth) => [
        h(
          "button", { type: "button", class: "story-fifth", on: { click: () => this.raise(fifth, 1) } },
          h("kbd", { text: String(fifth) }), h("span", { text: this.format.t(`story.play.fifth.${fifth}`) }),
        ),
        this.fields[fifth - 1],
      ]),
    );
  }

  count(fifth, written) {
    const number = Math.round(Number(written));
    this.handsOf(this.at)[fifth - 1] = Number.isFinite(number) ? Math.max(0, Math.min(MOST_HANDS, number)) : 0;
  }

  raise(fifth, by) {
    this.count(fifth, this.handsOf(this.at)[fifth - 1] + by);
    this.fields[fifth - 1].value = String(this.handsOf(this.at)[fifth - 1]);
  }

  // --- the second screen ---

  present() {
    this.opening = performance.now();
    const opened = this.presenter.open();
    setText(this.remark, opened ? "" : this.format.t("story.play.blocked"));
  }

  left() {
    const opening = this.opening && performance.now() - this.opening < OPENING;
    if (!opening) this.leave();
  }

  // --- from outside ---

  /** Another story, other figures of the page's own, another place of the files. */
  change({ story, inline, base }) {
    if (story) {
      this.story = story;
      this.at = Math.max(0, Math.min(this.at, story.slides.length - 1));
      this.step = Math.min(this.step, this.stepsOf(this.slide) - 1);
      this.show();
    }
    this.panes.update({ state: this.state(), ...(inline === undefined ? {} : { inline }), ...(base ? { base } : {}) });
  }

  destroy() {
    this.listening.abort();
    this.presenter.close();
    this.stage.destroy();
    this.panes.destroy();
    this.root.replaceChildren();
    this.root.classList.remove("story");
  }
}

/** Bring the style of the player into the document, unless the page has brought it itself. */
export function style() {
  if (document.querySelector("[data-story-style]")) return;
  const href = new URL("./player.css", import.meta.url).href;
  document.head.append(h("link", { rel: "stylesheet", "data-story-style": true, href }));
}
