/**
 * The stage: what a presenter needs in front of a hall, whatever is shown. Full screen, keys, a black pause, a
 * spotlight, and controls that hide until they are looked for.
 *
 * It knows nothing of what it presents and asks for no file but its style (`stage.css`, which a page may bring itself in
 * an element with the attribute `data-stage-style`), so that it also runs from a file.
 *
 *     const running = stage(host, { texts, on: { next, previous, first, last, leave } });
 *     running.fullScreen();   // in the event of a key or a click, as browsers demand
 *     running.destroy();
 *
 * Keys: → and Page Down forward, ← and Page Up back (presenters send these), Home and End to the ends, B or . black,
 * S spotlight, P full screen, Esc back. Escape ends full screen in the browser itself, and that leaves the stage too.
 */

const FORWARD = new Set(["ArrowRight", "PageDown"]);
const BACK = new Set(["ArrowLeft", "PageUp"]);
const EXTINGUISH = new Set(["b", "."]);
const IDLE = 2500;
const TYPING = "input, textarea, select, [contenteditable], [role=slider], [role=listbox], [role=combobox], [role=textbox]";

const standing = [];

/** Whether something is being presented. Of several stages on one page the last has the keys. */
export const presenting = () => standing.length > 0;

/** Whether a key press is the page's: without modifiers, and not meant for a field. */
export function plainKey(event) {
  const [target] = event.composedPath();
  return !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing || target?.matches?.(TYPING));
}

/**
 * Full screen; does nothing where the browser does not allow it.
 *
 * @param {HTMLElement} host
 */
export async function enterFullScreen(host) {
  try {
    if (!document.fullscreenElement) await host.requestFullscreen?.();
  } catch {
    // A frame without the permission, or a browser that wants a click first: the stage also stands in the window.
  }
}

/**
 * @typedef {Object} Handlers
 * @property {() => void} [next]
 * @property {() => void} [previous]
 * @property {() => void} [first]
 * @property {() => void} [last]
 * @property {() => void} leave   Esc, the button, or the end of full screen; the caller takes the stage down
 */

/**
 * @param {HTMLElement} host  what is presented; the whole document for `document.documentElement`
 * @param {{texts: Object<string, string>, on: Handlers}} parts  `texts` are the messages "stage.previous", "stage.next",
 *   "stage.spotlight", "stage.black", "stage.full", "stage.leave" and "stage.paused"
 * @returns {{fullScreen: () => Promise<void>, destroy: () => void}}
 */
export function stage(host, { texts, on }) {
  const running = new Stage(host, texts, on);
  return { fullScreen: () => enterFullScreen(host), destroy: () => running.destroy() };
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function style() {
  if (document.querySelector("[data-stage-style]")) return;
  const href = new URL("./stage.css", import.meta.url).href;
  document.head.append(element("link", { rel: "stylesheet", "data-stage-style": "", href }));
}

class Stage {
  constructor(host, texts, on) {
    Object.assign(this, { host, texts, on });
    style();
    this.black = element("div", { class: "stage-black", role: "status", hidden: "" });
    this.light = element("div", { class: "stage-spotlight", "aria-hidden": "true", hidden: "" });
    this.bar = element("div", { class: "stage-bar", role: "toolbar", "aria-label": texts["stage.bar"] }, ...this.buttons());
    this.layer = element("div", { class: "stage-layer" }, this.light, this.black, this.bar);
    (host === document.documentElement ? document.body : host).append(this.layer);
    host.classList.add("stage-on");
    standing.push(this);

    this.listening = new AbortController();
    const listen = (target, name, handler) => target.addEventListener(name, handler, { signal: this.listening.signal });
    listen(document, "keydown", (event) => this.key(event));
    listen(document, "pointermove", (event) => this.point(event));
    listen(document, "pointerdown", () => this.wake());
    listen(document, "fullscreenchange", () => document.fullscreenElement || this.on.leave());
    this.wake();
  }

  buttons() {
    const made = (name, sign, act) => {
      const button = element("button", { type: "button", class: "stage-button", title: this.texts[`stage.${name}`] }, sign);
      button.setAttribute("aria-label", this.texts[`stage.${name}`]);
      button.addEventListener("click", act);
      return button;
    };
    return [
      ...(this.on.previous ? [made("previous", "←", () => this.step("previous"))] : []),
      ...(this.on.next ? [made("next", "→", () => this.step("next"))] : []),
      made("spotlight", "S", () => this.toggle(this.light)),
      made("black", "B", () => this.pause(true)),
      made("full", "P", () => enterFullScreen(this.host)),
      made("leave", "Esc", () => this.on.leave()),
    ];
  }

  key(event) {
    if (standing.at(-1) !== this) return;
    if (event.key === "Tab") return this.wake();
    if (!plainKey(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      return this.black.hidden ? this.on.leave() : this.pause(false);
    }
    if (event.defaultPrevented) return;
    const act = this.meaning(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** What a key does here; nothing where nobody listens to it. */
  meaning({ key }) {
    const { on } = this;
    if (FORWARD.has(key)) return on.next && (() => this.step("next"));
    if (BACK.has(key)) return on.previous && (() => this.step("previous"));
    if (key === "Home") return on.first && (() => this.step("first"));
    if (key === "End") return on.last && (() => this.step("last"));
    const letter = key.toLowerCase();
    if (EXTINGUISH.has(letter)) return () => this.pause(this.black.hidden);
    if (letter === "s") return () => this.toggle(this.light);
    if (letter === "p") return () => enterFullScreen(this.host);
    return null;
  }

  /** Go somewhere; whoever goes on ends the pause. */
  step(where) {
    this.pause(false);
    this.on[where]();
  }

  pause(dark) {
    this.black.hidden = !dark;
    this.black.replaceChildren(dark ? element("span", { class: "stage-hidden" }, this.texts["stage.paused"]) : "");
  }

  toggle(layer) {
    layer.hidden = !layer.hidden;
  }

  point({ clientX, clientY }) {
    if (clientX === this.x && clientY === this.y) return; // browsers report a pointer again when the page moves under it
    [this.x, this.y] = [clientX, clientY];
    this.light.style.setProperty("--x", `${clientX}px`);
    this.light.style.setProperty("--y", `${clientY}px`);
    this.wake();
  }

  /** Show the pointer and the controls for a while; as long as the keyboard is among the controls they stay. */
  wake() {
    this.host.classList.remove("stage-idle");
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (this.bar.matches(":focus-within")) return this.wake();
      this.host.classList.add("stage-idle");
    }, IDLE);
  }

  destroy() {
    clearTimeout(this.waiting);
    this.listening.abort();
    standing.splice(standing.indexOf(this), 1);
    this.layer.remove();
    this.host.classList.remove("stage-on", "stage-idle");
    if (document.fullscreenElement === this.host) document.exitFullscreen().catch(() => {});
  }
}
