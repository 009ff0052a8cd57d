/**
 * The data files of the package: scripts that hand over their text, as nothing else can be read from the file system.
 */

import { h } from "../map_panes/dom.js";

const texts = new Map();
const asked = new Map();

globalThis.smartVillages = { take: (name, text) => texts.set(name, text) };

/** What a data file holds, read once. @param {string} name @returns {Promise<any>} */
export function load(name) {
  if (!asked.has(name)) {
    const reading = read(name);
    reading.catch(() => asked.delete(name));
    asked.set(name, reading);
  }
  return asked.get(name);
}

async function read(name) {
  const script = h("script", { src: `data/${name.replace(/json$/, "js")}` });
  const come = new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${name} could not be read`));
  });
  document.head.append(script);
  await come;
  script.remove();
  const text = texts.get(name);
  texts.delete(name);
  return JSON.parse(text);
}
