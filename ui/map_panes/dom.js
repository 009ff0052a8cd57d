/**
 * Building elements. Text always goes in as text, never as markup.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element. `props` may hold `class`, `text`, `on` (event name -> handler) and any attribute; a null or false
 * attribute is left out, true gives an empty one.
 *
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...(Node|string|null|undefined)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  return furnish(document.createElement(tag), props, children);
}

/** The same for SVG. @returns {SVGElement} */
export function s(tag, props = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), props, children);
}

function furnish(element, { text, on = {}, ...attributes }, children) {
  setAttributes(element, attributes);
  for (const [event, handler] of Object.entries(on)) element.addEventListener(event, handler);
  if (text != null) element.textContent = text;
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Set attributes where they differ, so that nothing is painted again for nothing; null and false remove, true is empty. */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) element.removeAttribute(name);
    else {
      const text = value === true ? "" : String(value);
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  }
}

/** Set the text only where it differs, so that nothing is laid out again for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const ICONS = {
  settings: "M3 5h8M15 5h2M3 10h2M9 10h8M3 15h6M13 15h4M11 3v4M5 8v4M9 13v4",
  table: "M3 4h14v12H3zM3 8h14M3 12h14M8 4v12",
  copy: "M7 7h10v10H7zM13 7V3H3v10h4",
  info: "M10 9v5M10 6v.5M10 2a8 8 0 1 0 .01 0",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  home: "M3 10l7-6 7 6M5 9v7h10V9",
  play: "M6 4l10 6-10 6z",
  pause: "M6 4v12M14 4v12",
  close: "M5 5l10 10M15 5L5 15",
  search: "M9 3a6 6 0 1 0 .01 0M13.5 13.5L17 17",
  factors: "M3 5h1M8 5h9M3 10h1M8 10h9M3 15h1M8 15h9",
  download: "M10 3v9M6 9l4 4 4-4M4 16h12",
};

/** A line icon; decoration only, the name belongs to its button. */
export function icon(name) {
  return s("svg", { class: "mp-icon", viewBox: "0 0 20 20", "aria-hidden": "true" }, s("path", { d: ICONS[name] }));
}

/** A button with an icon and an accessible name that also shows as a tip. */
export function iconButton(name, label, handler, props = {}) {
  return h(
    "button",
    { type: "button", class: "mp-button mp-icon-button", "aria-label": label, title: label, on: { click: handler }, ...props },
    icon(name),
  );
}

/** Replace the options of a select. `groups` is [{label, options: [{value, label, disabled}]}]; a null label: no group. */
export function fillSelect(select, groups, value) {
  select.replaceChildren(
    ...groups.flatMap(({ label, options }) => {
      const items = options.map((option) => h("option", { value: option.value, text: option.label, disabled: option.disabled }));
      return label == null ? items : [h("optgroup", { label }, ...items)];
    }),
  );
  select.value = value;
}

/** Hand a file to the visitor. */
export function saveFile(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
