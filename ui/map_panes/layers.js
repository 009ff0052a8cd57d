/**
 * The drawing of one map: three SVG layers (colours, borders, marks) on one stack.
 *
 * While a gesture lasts only the stack is moved, by a CSS transform, so that nothing is painted again; `commit` then
 * redraws at the new scale. The stack reaches beyond the pane on every side by OVERSCAN of its size, so that a pan
 * shows map, not emptiness. Data changes repaint the colours, hover and selection only the marks.
 */

import { CIRCLE, FOCUS, INK, MARKERS, NO_DATA, patterns } from "./colours.js";
import { s, setAttributes } from "./dom.js";
import { extent } from "./geometry.js";
import { highlighted } from "./model.js";
import { WINDOW } from "./stage.js";

const OVERSCAN = 0.5;
const MARGIN = 0.96;
// The largest circle as a share of the pane, and how much of the pane all circles may take together.
const LARGEST = 0.075;
const COVER = 0.25;
const WATER = "#f6f8fa";

/** Screen pixels per geometry unit at which the whole country fits a pane. */
function fitScale([width, height], [mapWidth, mapHeight]) {
  return MARGIN * Math.min(width / mapWidth, height / mapHeight);
}

export class Layers {
  /**
   * @param {HTMLElement} host the map's box
   * @param {string} id        unique in the page
   * @param {number[]} size    of the map, in geometry units
   * @param {Sizes} sizes      see stage.js
   */
  constructor(host, id, size, sizes = WINDOW) {
    this.host = host;
    this.id = id;
    this.size = size;
    this.sizes = sizes;
    this.pane = [0, 0];
    this.committed = { x: size[0] / 2, y: size[1] / 2, k: 1 };
    this.worlds = {
      colours: s("g"),
      borders: s("g", { fill: "none", "stroke-linejoin": "round", "stroke-linecap": "round" }),
      marks: s("g", { "stroke-linejoin": "round" }),
    };
    this.captions = s("g", { "font-family": "'Source Sans Pro', 'Source Sans 3', 'Source Sans', 'Segoe UI', 'Noto Sans', sans-serif" });
    this.hatchDefs = s("defs", {}, ...patterns(id));
    this.sheets = {
      colours: s("svg", {}, this.hatchDefs, this.worlds.colours),
      borders: s("svg", {}, this.worlds.borders),
      marks: s("svg", {}, this.worlds.marks, this.captions),
    };
    this.stack = document.createElement("div");
    this.stack.className = "mp-stack";
    this.stack.setAttribute("aria-hidden", "true");
    this.stack.append(...Object.values(this.sheets));
    host.prepend(this.stack);
    this.parts = {
      fills: s("g"),
      hatches: s("g"),
      dots: s("g", { stroke: "#ffffff" }),
      circles: s("g", { stroke: "#ffffff" }),
      veil: s("path", { fill: "#edf0f3", "fill-opacity": 0.86 }),
    };
    this.worlds.colours.append(this.parts.fills, this.parts.hatches, this.parts.dots, this.parts.veil, this.parts.circles);
    this.model = null;
    this.marked = { hover: null, selected: [], labels: [], place: null };
  }

  /** Take up the size of the host. @returns {boolean} whether it changed */
  measure() {
    const [width, height] = [this.host.clientWidth, this.host.clientHeight];
    if (!width || !height || (width === this.pane[0] && height === this.pane[1])) return false;
    this.pane = [width, height];
    const [w, h] = [(1 + 2 * OVERSCAN) * width, (1 + 2 * OVERSCAN) * height];
    setAttributes(this.stack, { style: `left:${-OVERSCAN * width}px;top:${-OVERSCAN * height}px;width:${w}px;height:${h}px` });
    for (const sheet of Object.values(this.sheets)) setAttributes(sheet, { width: w, height: h, viewBox: `0 0 ${w} ${h}` });
    return true;
  }

  scaleAt(view) {
    return fitScale(this.pane, this.size) * view.k;
  }

  /** Geometry coordinates of a point of the pane (pixels from its top left corner). */
  toMap(view, px, py) {
    const scale = this.scaleAt(view);
    return [view.x + (px - this.pane[0] / 2) / scale, view.y + (py - this.pane[1] / 2) / scale];
  }

  /** Pane pixels of a point of the map. */
  toPane(view, x, y) {
    const scale = this.scaleAt(view);
    return [(x - view.x) * scale + this.pane[0] / 2, (y - view.y) * scale + this.pane[1] / 2];
  }

  /** Follow a gesture without painting. Redraws only where the stack no longer covers the pane or is too coarse. */
  follow(view) {
    const scale = this.scaleAt(view);
    const ratio = view.k / this.committed.k;
    const [dx, dy] = [(this.committed.x - view.x) * scale, (this.committed.y - view.y) * scale];
    const reach = (0.5 + OVERSCAN) * ratio - 0.5;
    const bare = Math.abs(dx) > reach * this.pane[0] || Math.abs(dy) > reach * this.pane[1];
    if ((bare && view.k > 1.05) || ratio > 3 || ratio < 0.4) this.commit(view);
    else this.stack.style.transform = `translate(${dx}px, ${dy}px) scale(${ratio})`;
  }

  /** Draw at this view. */
  commit(view) {
    const zoomed = view.k !== this.committed.k || this.drawnAt !== this.pane.join();
    this.committed = { ...view };
    this.drawnAt = this.pane.join();
    this.stack.style.transform = "none";
    const scale = this.scaleAt(view);
    const [cx, cy] = [(0.5 + OVERSCAN) * this.pane[0], (0.5 + OVERSCAN) * this.pane[1]];
    const transform = `translate(${cx - view.x * scale} ${cy - view.y * scale}) scale(${scale})`;
    for (const world of Object.values(this.worlds)) setAttributes(world, { transform });
    if (zoomed && scale) this.rescale(scale, view.k);
    this.caption();
  }

  /** What is measured in pixels, whatever the scale: lines, hatches, dots, circles. */
  rescale(scale, k) {
    this.scale = scale;
    const closer = Math.log2(k);
    const { glow, inner, casing, group, outer } = this.sizes.lines;
    const widths = {
      glow: glow + 0.4 * closer, inner: inner + 0.22 * closer, casing: casing + 0.4 * closer, group: group + 0.3 * closer, outer,
    };
    // Where a border would take more than a sixth of an average territory, it would hide what it bounds.
    const side = Math.sqrt((this.size[0] * this.size[1]) / 2 / (this.shapes?.codes.length ?? 1)) * scale;
    if (widths.inner > side / 6) widths.inner = 0;
    for (const [kind, width] of Object.entries(widths)) this.lines?.[kind].setAttribute("stroke-width", width / scale);
    for (const pattern of this.hatchDefs.children) pattern.setAttribute("patternTransform", `scale(${this.sizes.unit / scale})`);
    if (this.model) {
      this.drawDots();
      if (this.model.circles) this.drawCircles();
    }
    this.mark(this.marked);
  }

  /** Take up the shapes of a level. */
  setShapes(shapes) {
    if (this.shapes === shapes) return;
    this.shapes = shapes;
    this.model = null;
    const { inner, group, outer } = shapes.borders;
    this.lines = {
      glow: s("path", { d: inner, stroke: "#ffffff" }),
      inner: s("path", { d: inner }),
      casing: s("path", { d: group, stroke: "#ffffff" }),
      group: s("path", { d: group, stroke: INK }),
      outer: s("path", { d: outer, stroke: INK, "stroke-opacity": 0.75 }),
    };
    this.worlds.borders.replaceChildren(...Object.values(this.lines));
    this.drawnAt = null;
  }

  /**
   * Paint a model: one path per class and per hatch, in which the territories of the class lie side by side.
   *
   * @param {Object} model     see model.js
   * @param {Object|null} highlight what the legend highlights
   */
  paint(model, highlight) {
    const { paths } = this.shapes;
    this.model = model;
    this.highlight = highlight;
    const fills = model.colours.map(() => []);
    const bare = [];
    const hatches = new Map();
    const faded = [];
    this.shown = Uint8Array.from(paths, (_, i) => model.active[i] && highlighted(model, highlight, i));
    paths.forEach((path, i) => {
      if (model.values[i] == null) bare.push(path);
      else fills[model.circles ? 0 : model.classes[i]].push(path);
      const hatch = model.missing[i] ?? model.remarks[i];
      if (hatch && !(model.circles && model.values[i] != null)) {
        if (!hatches.has(hatch)) hatches.set(hatch, []);
        hatches.get(hatch).push(path);
      }
      if (!this.shown[i]) faded.push(path);
    });
    syncPaths(this.parts.fills, [
      ...fills.map((list, k) => ({ d: list.join(""), fill: model.colours[k] })),
      { d: bare.join(""), fill: NO_DATA },
    ]);
    syncPaths(this.parts.hatches, [...hatches].map(([hatch, list]) => ({ d: list.join(""), fill: `url(#${this.id}-${hatch})` })));
    setAttributes(this.parts.veil, { d: faded.join("") });
    // A dark line shows on light classes, the white edge along it on dark ones.
    setAttributes(this.lines.glow, { "stroke-opacity": model.circles ? 0 : 0.45 });
    setAttributes(this.lines.inner, { stroke: model.circles ? "#b9c4ce" : "#3d4852", "stroke-opacity": 0.85 });
    setAttributes(this.lines.casing, { "stroke-opacity": model.circles ? 0 : 0.7 });
    setAttributes(this.lines.group, { "stroke-opacity": model.circles ? 0.45 : 0.9 });
    if (this.scale) {
      this.drawDots();
      this.drawCircles();
    }
  }

  /** A territory too small to be seen at this scale gets a dot of its colour. */
  drawDots() {
    const { model, shapes, scale } = this;
    if (model.circles) return this.parts.dots.replaceChildren();
    const dots = new Map();
    const radius = this.sizes.dot;
    shapes.points.forEach(([x, y], i) => {
      if (extent(shapes, i) * scale >= 2 * radius || !this.shown[i]) return;
      const colour = model.values[i] == null ? NO_DATA : model.colours[model.classes[i]];
      dots.set(colour, (dots.get(colour) ?? "") + disc(x, y, radius / scale));
    });
    syncPaths(this.parts.dots, [...dots].map(([fill, d]) => ({ d, fill, "stroke-width": (0.9 * this.sizes.unit) / scale })));
  }

  /** The radius, in pixels, of the circle of the largest value: smaller where many are nearly as large. */
  largestRadius() {
    const { model } = this;
    const [width, height] = this.pane;
    const most = Math.min(width, height * 1.6) * LARGEST;
    const top = model.scale.high * 10 ** model.series.decimals;
    const together = model.values.reduce((sum, value, i) => sum + (model.active[i] && value > 0 ? value / top : 0), 0);
    const roomy = together ? Math.sqrt((COVER * width * height) / (Math.PI * together)) : most;
    return Math.min(most, roomy) * Math.min(2.5, Math.sqrt(this.committed.k));
  }

  /**
   * Circles whose area is proportional to the value, large ones first so that small ones stay on top. What the filter
   * leaves out has none: it may be many times larger than all that is compared.
   */
  drawCircles() {
    const { model, shapes, scale } = this;
    if (!model.circles) return this.parts.circles.replaceChildren();
    const top = model.scale.high * 10 ** model.series.decimals;
    const radius = this.largestRadius() / scale;
    const order = model.values.flatMap((value, i) => (value > 0 && model.active[i] ? [i] : [])).sort((a, b) => model.values[b] - model.values[a]);
    sync(this.parts.circles, "circle", order.map((i) => ({
      cx: shapes.points[i][0],
      cy: shapes.points[i][1],
      r: radius * Math.sqrt(model.values[i] / top),
      fill: CIRCLE,
      "fill-opacity": this.shown[i] ? 0.6 : 0.08,
      "stroke-width": (0.6 * this.sizes.unit) / scale,
    })));
  }

  /**
   * Mark territories and places.
   *
   * @param {{hover: ?{path, point}, selected: Array, labels: Array, place: ?Object}} marked
   */
  mark(marked) {
    this.marked = marked;
    const { scale, sizes } = this;
    if (!scale) return;
    const outlines = [];
    const outline = (path, colour, width) => {
      outlines.push({ d: path, fill: "none", stroke: "#ffffff", "stroke-width": (width + 3) / scale });
      outlines.push({ d: path, fill: "none", stroke: colour, "stroke-width": width / scale });
    };
    for (const { path, marker } of marked.selected) outline(path, marker.colour, sizes.lines.mark);
    if (marked.hover) {
      outline(marked.hover.path, INK, sizes.lines.mark);
      const [x0, y0, x1, y1] = marked.hover.box;
      const [w, h] = [x1 - x0, y1 - y0];
      if (Math.max(w, h) * scale < 14 * sizes.unit) {
        outlines.push({ d: disc((x0 + x1) / 2, (y0 + y1) / 2, (9 * sizes.unit) / scale), fill: "none", stroke: INK, "stroke-width": (2 * sizes.unit) / scale });
      }
    }
    syncPaths(this.worlds.marks, outlines);
    this.caption();
  }

  /** Everything whose size is in pixels at a point of the map: markers, the found place, names. */
  caption() {
    const { marked, committed } = this;
    const { name, minor, found, unit } = this.sizes;
    if (!this.scale) return;
    const [ox, oy] = [OVERSCAN * this.pane[0], OVERSCAN * this.pane[1]];
    const at = ([x, y]) => {
      const [px, py] = this.toPane(committed, x, y);
      return [px + ox, py + oy];
    };
    const taken = [];
    const items = [];
    for (const { point, marker, number } of marked.selected) {
      const [x, y] = at(point);
      taken.push([x - 11 * unit, y - 11 * unit, x + 11 * unit, y + 11 * unit]);
      items.push(
        s(
          "g",
          { transform: `translate(${round(x)} ${round(y)})` },
          s("path", { d: marker.shape, fill: marker.colour, stroke: "#ffffff", "stroke-width": 1.8, transform: `scale(${unit})` }),
          s("text", { y: 0.35 * name, "text-anchor": "middle", "font-size": name, "font-weight": 700, fill: "#ffffff", text: number }),
        ),
      );
    }
    if (marked.place) {
      const [x, y] = at(marked.place.point);
      items.push(s("circle", { cx: x, cy: y, r: 5 * unit, fill: FOCUS, stroke: "#ffffff", "stroke-width": 2 * unit }));
      taken.push([x - 6 * unit, y - 6 * unit, x + 6 * unit, y + 6 * unit]);
      items.push(...this.name([x, y - 10 * unit], marked.place.name, found, 700, taken, true));
    }
    for (const { point, name: text, strong, dot, below, alone } of marked.labels) {
      const [x, y] = at(point);
      const place = [x, y + (below ? 12.5 * unit + name : -7 * unit)];
      const drawn = this.name(place, text, strong ? name : minor, strong ? 600 : 400, taken, false, alone ? 8 : 0);
      if (drawn.length && dot) items.push(s("circle", { cx: x, cy: y, r: 2.2 * unit, fill: INK, stroke: "#ffffff", "stroke-width": unit }));
      items.push(...drawn);
    }
    this.captions.replaceChildren(...items);
  }

  /**
   * A name with a soft halo, moved in from the left or right edge if its point lies within; nothing where it would come
   * closer than `gap` to another or leave the pane.
   */
  name([middle, y], text, size, weight, taken, always, gap = 0) {
    const half = text.length * size * 0.27 + 2;
    const [left, top] = [OVERSCAN * this.pane[0], OVERSCAN * this.pane[1]];
    const right = left + this.pane[0];
    const x = middle < left || middle > right ? middle : Math.max(left + half, Math.min(right - half, middle));
    const box = [x - half, y - size, x + half, y + 4];
    const outside = box[0] < left || box[2] > right || box[1] < top || box[3] > top + this.pane[1];
    const covered = taken.some(([x0, y0, x1, y1]) => box[0] < x1 + gap && box[2] > x0 - gap && box[1] < y1 + gap && box[3] > y0 - gap);
    if (!always && (covered || outside)) return [];
    taken.push(box);
    return [
      s("text", {
        x: round(x), y: round(y), text, "text-anchor": "middle", "font-size": size, "font-weight": weight, fill: INK,
        stroke: "#ffffff", "stroke-width": 3.2 * this.sizes.unit, "stroke-opacity": 0.88, "stroke-linejoin": "round", "paint-order": "stroke",
      }),
    ];
  }

  /** A copy of the map as it stands, as one nested SVG of the given box, for export. */
  snapshot(x, y, width, height) {
    const clones = Object.values(this.sheets).flatMap((sheet) => [...sheet.cloneNode(true).childNodes]);
    const [w, h] = this.pane;
    return s(
      "svg",
      { x, y, width, height, viewBox: `${OVERSCAN * w} ${OVERSCAN * h} ${w} ${h}`, overflow: "hidden" },
      s("rect", { x: OVERSCAN * w, y: OVERSCAN * h, width: w, height: h, fill: WATER }),
      ...clones,
    );
  }
}

const round = (value) => Math.round(value * 10) / 10;

const disc = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0z`;

const syncPaths = (group, wanted) => sync(group, "path", wanted);

/** Give a group exactly these children, reusing what is there. */
function sync(group, tag, wanted) {
  while (group.children.length > wanted.length) group.lastChild.remove();
  wanted.forEach((attributes, i) => {
    const child = group.children[i];
    if (child) {
      for (const [name, value] of Object.entries(attributes)) {
        if (child.getAttribute(name) !== String(value)) child.setAttribute(name, value);
      }
    } else group.append(s(tag, attributes));
  });
}

