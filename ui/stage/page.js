/**
 * Any page of the app on the stage: enters and leaves it together with the server, which draws everything larger, and
 * steps through the page.
 *
 * Steps are the buttons inside an element of the class `st-key-stage_steps`, where a page has one on the screen, and the
 * page's sections, one screen at a time: what is much longer than the screen is gone through before the next button.
 */

import { enterFullScreen, plainKey, presenting, stage } from "./stage.js";

const SWITCH = ".st-key-stage_switch button";
const STEPS = "[class*=st-key-stage_steps] button";
const PRESSED = "[aria-checked=true], [aria-pressed=true], [data-testid$=Active]";
// What the server is about to replace: a part that has been left, or only the answers in it, counted anew.
const OLD = "[data-stale=true]";
const SECTIONS = "h1, h2, h3, .stPlotlyChart, [class*=st-key-map_panes]";
// Of the window's height: a section as near to the one before belongs to it, and a longer one takes several steps.
const NEAR = 0.35;
const SCREEN = 0.8;
const SETTLING = 4000;

const root = document.documentElement;
let running = null;
let left = null;
let view = 0;
let turning = false;

/** Letters for the hall or for the desk: before the server has answered, as tables on canvas ask for their size once. */
const sizeLetters = (on) => root.setAttribute("data-letters", on ? "hall" : "desk");

const scroller = () => document.querySelector("[data-testid=stMain]") ?? root;

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "p" || presenting() || event.defaultPrevented || event.repeat || !plainKey(event)) return;
  press();
});

// The switch asks the server; full screen must be asked for here, in the click itself.
document.addEventListener(
  "click",
  (event) => {
    if (!event.target.closest?.(SWITCH)) return;
    if (!running) {
      left = scroller().scrollTop;
      enterFullScreen(root);
    }
    sizeLetters(!running);
  },
  true,
);

/**
 * What the server has drawn: a page on the stage or off it. Called after every such run.
 *
 * @param {boolean} on
 * @param {Object<string, string>} texts see stage.js
 */
export function show(on, texts) {
  sizeLetters(on);
  if (on === Boolean(running)) return;
  if (on) {
    view = 0;
    running = stage(root, { texts, on: { next: () => step(1), previous: () => step(-1), first: () => end(0), last: () => end(1), leave } });
  } else {
    running.destroy();
    running = null;
    if (left !== null) restore(left);
    left = null;
  }
}

function leave() {
  if (document.fullscreenElement) return void document.exitFullscreen().catch(() => {}); // comes back here, without full screen
  press();
}

/** Press the switch. The focus goes there first, so that maps tell what they still keep, as before any click. */
function press() {
  const button = document.querySelector(SWITCH);
  button?.focus({ preventScroll: true });
  button?.click();
}

/** Scroll to where the page was left as soon as it is long enough again. */
function restore(top) {
  const main = scroller();
  const until = performance.now() + SETTLING;
  const still = new AbortController();
  for (const moved of ["wheel", "keydown", "pointerdown"]) addEventListener(moved, () => still.abort(), { once: true, signal: still.signal });
  const again = () => {
    if (still.signal.aborted) return;
    main.scrollTop = top;
    if (performance.now() < until) requestAnimationFrame(again);
    else still.abort();
  };
  again();
}

const buttons = () => [...document.querySelectorAll(STEPS)];

function step(by) {
  const main = scroller();
  const all = stops(main);
  const at = main.scrollTop;
  const to = (by > 0 ? all.find((top) => top > at + 4) : all.findLast((top) => top < at - 4)) ?? at;
  const choices = buttons();
  const longer = Math.abs(to - at) > NEAR * main.clientHeight;
  if (!choices.length || (longer && !turning)) return glide(main, to);
  const pressed = choices.findIndex((button) => button.matches(PRESSED));
  const from = pressed < 0 ? view - 1 : pressed;
  choose(choices, from + by);
}

function end(which) {
  const choices = buttons();
  if (choices.length) choose(choices, which * (choices.length - 1));
  else glide(scroller(), which * scroller().scrollHeight);
}

function choose(choices, place) {
  const button = choices[place];
  if (!button) return;
  view = place + 1;
  scroller().scrollTop = 0;
  button.click();
  turn();
}

/** Until the chosen part stands, the length of what is on the screen says nothing: it is marked as old, then gone. */
function turn() {
  const until = performance.now() + SETTLING;
  let marked = false;
  const watch = () => {
    const old = Boolean(scroller().querySelector(OLD));
    turning = (old || !marked) && performance.now() < until;
    marked ||= old;
    if (turning) requestAnimationFrame(watch);
  };
  watch();
}

function glide(main, top) {
  main.scrollTo({ top, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

/** Where the page can stop, in pixels from its top: at its sections, and within those that are higher than the screen. */
function stops(main) {
  const screen = main.clientHeight;
  const from = main.getBoundingClientRect().top - main.scrollTop;
  const last = Math.max(0, main.scrollHeight - screen);
  const shown = [...main.querySelectorAll(SECTIONS)].filter((section) => section.checkVisibility());
  const tops = shown.map((section) => section.getBoundingClientRect().top - from).sort((a, b) => a - b);
  const found = [0];
  for (const top of [...tops, last]) {
    const to = Math.min(top, last);
    while (to - found.at(-1) > screen) found.push(found.at(-1) + SCREEN * screen);
    if (to - found.at(-1) > NEAR * screen || (to === last && to - found.at(-1) > 4)) found.push(to);
  }
  return found;
}
