/**
 * Where each pane looks: centre and zoom, one for all panes while they are synchronised.
 *
 * `k` is 1 where the whole country fits the pane. Changes come as gestures (`live`), which only move what is painted
 * and are drawn anew when they rest, or as flights (`fly`).
 */

const REST = 150;
const FLIGHT = 320;
const LONG_FLIGHT = 900;
export const ZOOM = { least: 1, most: 40, step: 1.6 };

export class Views {
  /**
   * @param {number[]} size           of the map
   * @param {() => boolean} together  whether the panes move together
   * @param {(views: Object[]) => void} settled called when a movement has come to rest
   */
  constructor(size, together, settled) {
    this.size = size;
    this.together = together;
    this.settled = settled;
    this.panes = [];
    this.views = [];
  }

  home() {
    return { x: this.size[0] / 2, y: this.size[1] / 2, k: 1 };
  }

  /**
   * Take up the layers of the drawn panes, of `count` in all. Panes that move together look where the first one does;
   * so does one that is new.
   */
  setPanes(layers, count = layers.length) {
    this.panes = layers;
    const [first] = this.views;
    this.views = Array.from({ length: count }, (_, i) => ({ ...((!this.together() && this.views[i]) || first) }));
    this.commit();
  }

  get(i) {
    return this.views[i] ?? this.home();
  }

  clamp({ x, y, k }) {
    const zoom = Math.max(ZOOM.least, Math.min(ZOOM.most, k));
    return { x: Math.max(0, Math.min(this.size[0], x)), y: Math.max(0, Math.min(this.size[1], y)), k: zoom };
  }

  targets(i) {
    return this.together() ? this.views.keys() : [i];
  }

  /** Move with a gesture in pane `i`: at the next frame, without painting; drawn when it rests. */
  live(i, view) {
    this.stop();
    const next = this.clamp(view);
    for (const t of this.targets(i)) this.views[t] = next;
    this.follow();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.commit(), REST);
  }

  follow() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.panes.forEach((layers, i) => layers.follow(this.views[i]));
    });
  }

  /** Where the panes look, those still to come included; null is the whole country. One that is to go is no matter. */
  begin(looks) {
    const count = Math.max(looks.length, this.panes.length);
    this.views = Array.from({ length: count }, (_, i) => this.clamp(looks[i] ?? this.home()));
  }

  /** Look somewhere else at once, in each pane. */
  set(looks) {
    this.stop();
    this.begin(looks);
    this.commit();
  }

  /** Draw at the present views. */
  commit() {
    clearTimeout(this.rest);
    this.rest = null;
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.panes.forEach((layers, i) => layers.commit(this.views[i]));
    this.settled(this.views);
  }

  /** Finish a gesture that still waits to be drawn. */
  finish() {
    if (this.rest != null) this.commit();
  }

  /** Move pane `i` (and those with it) to a view. */
  fly(i, view) {
    const end = this.clamp(view);
    const targets = new Set(this.targets(i));
    this.travel(this.views.map((own, t) => (targets.has(t) ? end : own)), FLIGHT);
  }

  /** Move each pane to a look of its own (null is the whole country), slowly enough to be followed from afar. */
  flyAll(looks) {
    this.travel(looks.map((look) => this.clamp(look ?? this.home())), LONG_FLIGHT);
  }

  /** Move all panes to their views within some milliseconds, or at once where motion is unwelcome. */
  travel(ends, duration) {
    const start = ends.map((end, t) => this.views[t] ?? end);
    this.stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.views = ends;
      this.commit();
      return;
    }
    const began = performance.now();
    const step = (now) => {
      const time = Math.min(1, Math.max(0, now - began) / duration);
      const eased = 1 - (1 - time) ** 3;
      this.views = ends.map((end, t) => between(start[t], end, eased));
      if (time < 1) {
        this.panes.forEach((layers, p) => layers.follow(this.views[p]));
        this.flight = requestAnimationFrame(step);
      } else {
        this.flight = null;
        this.commit();
      }
    };
    this.flight = requestAnimationFrame(step);
  }

  stop() {
    if (this.flight) cancelAnimationFrame(this.flight);
    this.flight = null;
  }

  /** All panes look where pane `i` looks. */
  join(i) {
    this.fly(i, this.get(i));
  }

  /** Zoom by a factor about a point of the map, which stays where it is. */
  zoomed(i, factor, [x, y]) {
    const view = this.get(i);
    const k = Math.max(ZOOM.least, Math.min(ZOOM.most, view.k * factor));
    const ratio = view.k / k;
    const home = this.home();
    if (k === ZOOM.least && factor < 1) return home;
    return { x: x + (view.x - x) * ratio, y: y + (view.y - y) * ratio, k };
  }

  destroy() {
    this.stop();
    clearTimeout(this.rest);
    cancelAnimationFrame(this.frame);
  }
}

function between(a, b, share) {
  const k = a.k * (b.k / a.k) ** share;
  // The centre moves with the scale, so that a flight that zooms in does not swing past its end.
  const part = Math.abs(b.k - a.k) < 1e-9 ? share : (1 / a.k - 1 / k) / (1 / a.k - 1 / b.k);
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part, k };
}
