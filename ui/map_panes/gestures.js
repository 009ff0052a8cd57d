/**
 * What a visitor does on a map: drag, pinch, wheel, double click, keys. It only translates into the map's own verbs.
 */

import { ZOOM } from "./views.js";

const CLICK = 5;
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {HTMLElement} host
 * @param {Object} verbs
 * @param {() => Object} verbs.view
 * @param {(view: Object) => void} verbs.move      follow a gesture
 * @param {(view: Object) => void} verbs.fly
 * @param {() => void} verbs.rest                  the gesture ended
 * @param {(x: number, y: number) => number[]} verbs.toMap
 * @param {() => number} verbs.scale               pixels per map unit
 * @param {(factor: number, point: number[]) => Object} verbs.zoomed
 * @param {(x: number, y: number) => void} verbs.hover
 * @param {() => void} verbs.leave
 * @param {(x: number, y: number) => void} verbs.click
 * @param {(direction: number[]) => void} verbs.step
 * @param {() => void} verbs.choose
 * @param {() => void} verbs.home
 * @param {() => void} verbs.enter                 the map got the keyboard
 */
export function listen(host, verbs) {
  const pointers = new Map();
  let gesture = null;
  let moved = false;

  const place = (event) => {
    const box = host.getBoundingClientRect();
    return [event.clientX - box.left - host.clientLeft, event.clientY - box.top - host.clientTop];
  };
  const centre = () => [host.clientWidth / 2, host.clientHeight / 2];

  const begin = () => {
    const points = [...pointers.values()];
    const middle = points.length > 1 ? mean(points[0], points[1]) : points[0];
    const spread = points.length > 1 ? distance(points[0], points[1]) : 0;
    gesture = { view: verbs.view(), anchor: verbs.toMap(...middle), middle, spread };
  };

  const on = {
    pointerdown(event) {
      if (event.button !== 0 || event.target.closest("button, a, input, select")) return;
      host.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, place(event));
      if (pointers.size === 1) moved = false;
      begin();
    },
    pointermove(event) {
      if (!pointers.has(event.pointerId)) {
        if (event.pointerType !== "touch") verbs.hover(...place(event));
        return;
      }
      pointers.set(event.pointerId, place(event));
      const points = [...pointers.values()];
      const middle = points.length > 1 ? mean(points[0], points[1]) : points[0];
      if (!moved && points.length === 1 && distance(middle, gesture.middle) < CLICK) return;
      moved = true;
      host.classList.add("mp-dragging");
      const factor = gesture.spread ? distance(points[0], points[1]) / gesture.spread : 1;
      const k = Math.max(ZOOM.least, Math.min(ZOOM.most, gesture.view.k * factor));
      const scale = (verbs.scale() / verbs.view().k) * k;
      const [cx, cy] = centre();
      verbs.move({ x: gesture.anchor[0] - (middle[0] - cx) / scale, y: gesture.anchor[1] - (middle[1] - cy) / scale, k });
    },
    pointerup(event) {
      if (!pointers.delete(event.pointerId)) return;
      if (pointers.size) return begin();
      host.classList.remove("mp-dragging");
      if (moved) verbs.rest();
      else verbs.click(...place(event));
    },
    pointercancel(event) {
      if (pointers.delete(event.pointerId) && !pointers.size) {
        host.classList.remove("mp-dragging");
        verbs.rest();
      }
    },
    pointerleave() {
      if (!pointers.size) verbs.leave();
    },
    wheel(event) {
      const outward = event.deltaY > 0;
      if (outward && verbs.view().k <= ZOOM.least) return; // the page scrolls on
      event.preventDefault();
      const pixels = event.deltaMode === 1 ? event.deltaY * 30 : event.deltaY;
      const factor = Math.exp(-Math.max(-240, Math.min(240, pixels)) * 0.0022);
      verbs.move(verbs.zoomed(factor, verbs.toMap(...place(event))));
    },
    dblclick(event) {
      if (event.target.closest("button, a, input, select")) return;
      const factor = event.shiftKey ? 1 / (ZOOM.step * ZOOM.step) : ZOOM.step * ZOOM.step;
      verbs.fly(verbs.zoomed(factor, verbs.toMap(...place(event))));
    },
    keydown(event) {
      if (event.target !== host || event.ctrlKey || event.metaKey || event.altKey) return;
      const direction = DIRECTIONS[event.key];
      const zoom = { "+": ZOOM.step, "=": ZOOM.step, "-": 1 / ZOOM.step, _: 1 / ZOOM.step }[event.key];
      if (direction && event.shiftKey) {
        const view = verbs.view();
        const far = 0.2 / verbs.scale();
        verbs.fly({ x: view.x + direction[0] * host.clientWidth * far, y: view.y + direction[1] * host.clientHeight * far, k: view.k });
      } else if (direction) verbs.step(direction);
      else if (zoom) verbs.fly(verbs.zoomed(zoom, verbs.toMap(...centre())));
      else if (event.key === "0" || event.key === "Home") verbs.home();
      else if (event.key === "Enter" || event.key === " ") verbs.choose();
      else if (event.key === "Escape") verbs.leave();
      else return;
      event.preventDefault();
    },
    focus() {
      if (host.matches(":focus-visible")) verbs.enter();
    },
  };
  for (const [name, handler] of Object.entries(on)) {
    host.addEventListener(name, handler, name === "wheel" ? { passive: false } : undefined);
  }
}

const mean = ([ax, ay], [bx, by]) => [(ax + bx) / 2, (ay + by) / 2];
const distance = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);
