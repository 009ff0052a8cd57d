/**
 * The panes as one self-contained picture: title, map, legend, source, licence, date and credit, as SVG or PNG.
 */

import { INK, patterns } from "./colours.js";
import { s, saveFile } from "./dom.js";
import { centreMark, circleDrawing, countMarks, histogramDrawing, legendEntries, legendNotes } from "./legend.js";

const GAP = 28;
const FONT = "'Source Sans Pro', 'Source Sans 3', 'Segoe UI', 'Noto Sans', sans-serif";
const MUTED = "#4a5763";

/** Break a text into lines of about `width` pixels. */
function lines(text, width, size) {
  const most = Math.max(8, Math.floor(width / (size * 0.52)));
  const found = [""];
  for (const word of text.split(" ")) {
    const last = found.length - 1;
    if (found[last] && (found[last] + word).length >= most) found.push(word);
    else found[last] += (found[last] ? " " : "") + word;
  }
  return found;
}

/** Paragraphs under one another; returns the nodes and where the next may begin. */
function paragraph(text, x, y, width, size, attributes = {}) {
  const nodes = lines(text, width, size).map((line, i) =>
    s("text", { x, y: y + size + i * size * 1.3, "font-size": size, fill: INK, text: line, ...attributes }),
  );
  return { nodes, end: y + nodes.length * size * 1.3 + size * 0.3 };
}

function paneDrawing(pane, x, y, format) {
  const { model, layers } = pane;
  const [width, height] = layers.pane;
  const words = pane.words();
  const nodes = [];
  let top = y;
  const write = (text, size, attributes) => {
    if (!text) return;
    const { nodes: added, end } = paragraph(text, x, top, width, size, attributes);
    nodes.push(...added);
    top = end;
  };
  write(words.title, 18, { "font-weight": 700 });
  write(words.subtitle, 13, { fill: MUTED });
  write(words.note, 12, { fill: "#8a3a00" });
  nodes.push(layers.snapshot(x, top + 4, width, height));
  top += height + 12;

  if (!model.indicator.categories) {
    const chart = histogramDrawing(model, format, width, 34);
    chart.setAttribute("x", x);
    chart.setAttribute("y", top);
    nodes.push(chart);
  }
  const mean = centreMark(model, format);
  if (mean) {
    const left = mean.place > 0.6;
    nodes.push(
      s("text", {
        x: x + mean.place * width + (left ? -5 : 5), y: top + 9, "text-anchor": left ? "end" : "start", "font-size": 11.5,
        fill: INK, stroke: "#ffffff", "stroke-width": 3, "paint-order": "stroke", text: mean.text,
      }),
    );
  }
  top += model.indicator.categories ? 6 : 40;
  if (model.circles) {
    const anchors = ["start", "middle", "end"];
    countMarks(model, format).forEach((text, i) => {
      nodes.push(s("text", { x: x + (i / 2) * width, y: top + 5, "text-anchor": anchors[i], "font-size": 11.5, fill: INK, text }));
    });
    top += 12;
    const circles = circleDrawing(model, format, layers.largestRadius());
    circles.setAttribute("x", x);
    circles.setAttribute("y", top);
    nodes.push(circles);
    top += Number(circles.getAttribute("height")) + 6;
  }
  const entries = legendEntries(model, format);
  const columns = Math.max(1, Math.floor(width / 190));
  entries.forEach((entry, i) => {
    const ex = x + (i % columns) * (width / columns);
    const ey = top + Math.floor(i / columns) * 22;
    nodes.push(s("rect", { x: ex, y: ey, width: 26, height: 14, fill: entry.colour, stroke: INK, "stroke-opacity": 0.35 }));
    if (entry.hatch) nodes.push(s("rect", { x: ex, y: ey, width: 26, height: 14, fill: `url(#${pane.id}-export-${entry.hatch})` }));
    nodes.push(s("text", { x: ex + 32, y: ey + 12, "font-size": 12, fill: INK, text: `${entry.label} (${format.integer(entry.count)})` }));
  });
  top += Math.ceil(entries.length / columns) * 22 + 4;
  write(legendNotes(model, format).join(" · "), 11.5, { fill: MUTED });
  write(words.source, 11.5, { fill: MUTED });
  return { nodes: [s("defs", {}, ...patterns(`${pane.id}-export`)), ...nodes], end: top };
}

/**
 * The picture of some panes.
 *
 * @param {Object[]} panes
 * @param {Object} format
 * @param {{credit: string, selected: string, filter: string}} foot sentences under the panes; empty ones are left out
 * @returns {SVGElement}
 */
export function drawing(panes, format, { credit, selected, filter }) {
  const columns = panes.length === 1 ? 1 : 2;
  const width = panes[0].layers.pane[0];
  const nodes = [];
  let y = GAP;
  for (let row = 0; row < panes.length; row += columns) {
    const ends = panes.slice(row, row + columns).map((pane, column) => {
      const { nodes: added, end } = paneDrawing(pane, GAP + column * (width + GAP), y, format);
      nodes.push(...added);
      return end;
    });
    y = Math.max(...ends) + GAP;
  }
  const total = GAP + columns * (width + GAP);
  for (const text of [filter, selected, credit].filter(Boolean)) {
    const { nodes: added, end } = paragraph(text, GAP, y - 12, total - 2 * GAP, 11.5, { fill: MUTED });
    nodes.push(...added);
    y = end + 12;
  }
  const height = Math.ceil(y + 4);
  return s(
    "svg",
    { width: total, height, viewBox: `0 0 ${total} ${height}`, "font-family": FONT, role: "img" },
    s("title", { text: panes.map((pane) => pane.words().title).join("; ") }),
    s("rect", { width: total, height, fill: "#ffffff" }),
    ...nodes,
  );
}

/** SVG as a file's bytes. */
function svgBlob(picture) {
  const text = new XMLSerializer().serializeToString(picture);
  return new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${text}`], { type: "image/svg+xml" });
}

/** The picture as PNG at twice its size. */
async function pngBlob(picture) {
  const address = URL.createObjectURL(svgBlob(picture));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * Number(picture.getAttribute("width"));
    canvas.height = 2 * Number(picture.getAttribute("height"));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Save or copy the picture. @param {"svg"|"png"|"copy"} kind */
export async function deliver(picture, kind, name) {
  if (kind === "svg") saveFile(svgBlob(picture), `${name}.svg`);
  else if (kind === "png") saveFile(await pngBlob(picture), `${name}.png`);
  else await navigator.clipboard.write([new ClipboardItem({ "image/png": pngBlob(picture) })]);
}
