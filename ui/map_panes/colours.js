/**
 * Colours, hatches and marker shapes.
 *
 * Sequential is cividis, darker for the larger value unless the indicator says otherwise; diverging is orange below
 * and blue above the named centre. Both keep their classes apart under the three colour-vision deficiencies. What has
 * no value is grey and hatched.
 */

import { s } from "./dom.js";

const CIVIDIS = [
  "#fee838", "#e1cc55", "#c3b369", "#a59c74", "#8a8678", "#707173", "#575d6d", "#3b496c", "#123570", "#00224e",
];
const BELOW = ["#f4b562", "#c96a10", "#7a3300"];
const ABOVE = ["#9fd0ee", "#3b86c4", "#083868"];
const MIDDLE = "#fffbe6";

export const NO_DATA = "#d9d9d9";
export const PALE = "#e9eef3";
export const INK = "#1b2733";
export const CIRCLE = "#12436d";
export const FOCUS = "#c2185b";

/** Reasons without a value, then remarks on a value; the order of the legend. */
export const MISSING = ["n", "s", "a", "c"];
export const REMARKS = ["b", "m", "e"];

/** Shapes of the selected places, in the order of selection; the colours repeat, the shapes and numbers do not. */
export const MARKERS = [
  { colour: "#12436d", shape: "M0-10A10 10 0 1 1 0 10A10 10 0 1 1 0-10z" },
  { colour: "#801650", shape: "M-9-9H9V9H-9z" },
  { colour: "#0f6b5f", shape: "M0-12.5L12.5 0L0 12.5L-12.5 0z" },
  { colour: "#a23a06", shape: "M0-12.5L11 8.5H-11z" },
  { colour: "#12436d", shape: "M0-11.5L11-3.5L7 9.5H-7L-11-3.5z" },
  { colour: "#801650", shape: "M-5.5-10.5H5.5L11 0L5.5 10.5H-5.5L-11 0z" },
];

/** Cividis at a share of its length, 0 light and 1 dark. */
function cividis(share) {
  const place = share * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(place), CIVIDIS.length - 2);
  return mix(CIVIDIS[low], CIVIDIS[low + 1], place - low);
}

function mix(a, b, share) {
  const channel = (colour, i) => parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) => Math.round(channel(a, i) * (1 - share) + channel(b, i) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Colours of `count` classes, lowest first. */
export function sequential(count) {
  if (count === 1) return [cividis(0.5)];
  return Array.from({ length: count }, (_, i) => cividis(i / (count - 1)));
}

/** Colours of the classes between `breaks` of differences: by how far the class lies below or above zero. */
export function diverging(breaks) {
  const below = breaks.filter((value) => value <= 0).length;
  const above = breaks.filter((value) => value >= 0).length;
  const middle = breaks.length + 1 - below - above;
  const side = (colours, count) =>
    Array.from({ length: count }, (_, i) => {
      const place = count === 1 ? 1 : (i / (count - 1)) * 2;
      const low = Math.min(Math.floor(place), 1);
      return mix(colours[low], colours[low + 1], place - low);
    });
  return [...side(BELOW, below).reverse(), ...(middle > 0 ? [MIDDLE] : []), ...side(ABOVE, above)];
}

const DARK = { stroke: "#767676", "stroke-width": 1.2, fill: "none" };
// On a colour a hatch must show on light and dark alike: a white line with a dark one beside it, so thin that the colour
// stays what is seen first even where most territories carry one.
const onColour = (d, beside, width) => [
  s("path", { d, stroke: "#ffffff", "stroke-width": width, "stroke-opacity": 0.6, fill: "none" }),
  s("path", { d: beside, stroke: "#1b2733", "stroke-width": 0.8 * width, "stroke-opacity": 0.5, fill: "none" }),
];

const HATCHES = {
  n: { size: 7, draw: () => [s("path", { d: "M-1 8L8-1M-1 1L1-1M6 8L8 6", ...DARK })] },
  s: { size: 7, draw: () => [s("path", { d: "M-1 8L8-1M-1 1L1-1M6 8L8 6M-1-1L8 8M-1 6L1 8M6-1L8 1", ...DARK })] },
  a: { size: 6, draw: () => [s("path", { d: "M0 3H6", ...DARK })] },
  c: { size: 6, draw: () => [s("circle", { cx: 3, cy: 3, r: 1.1, fill: "#767676" })] },
  b: { size: 8, draw: () => onColour("M-1-1L9 9M-1 7L1 9M7-1L9 1", "M-.3-1L9 8.3M-1 6.3L1.7 9M7.7-1L9 .3", 0.75) },
  m: { size: 12, draw: () => onColour("M5 0V12", "M6 0V12", 1) },
  e: {
    size: 9,
    draw: () => [
      s("circle", { cx: 4.5, cy: 4.5, r: 1.2, fill: "#ffffff", "fill-opacity": 0.65 }),
      s("circle", { cx: 4.5, cy: 4.5, r: 0.65, fill: "#1b2733", "fill-opacity": 0.8 }),
    ],
  },
};

/** `<pattern>` elements of all hatches; ids begin with `prefix`, which must be unique in the page. */
export function patterns(prefix) {
  return Object.entries(HATCHES).map(([reason, { size, draw }]) =>
    s("pattern", { id: `${prefix}-${reason}`, width: size, height: size, patternUnits: "userSpaceOnUse" }, ...draw()),
  );
}
