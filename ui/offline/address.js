/**
 * What is on the screen as the part of the address after "#": view, place, language, and the state of the maps.
 */

export const VIEWS = ["map", "compare", "profile", "story", "sources"];
export const LANGUAGES = ["lv", "en"];

/**
 * What an address says; whatever it does not say, or says wrongly, is the beginning.
 *
 * @param {string} hash
 * @returns {{view: string, place: string, lang: string, state: ?Object}}
 */
export function read(hash) {
  const [path, query = ""] = hash.replace(/^#/, "").split("?", 2);
  const [view, place = ""] = path.split("/");
  const named = new URLSearchParams(query);
  return {
    view: VIEWS.includes(view) ? view : VIEWS[0],
    place: /^LV\w{1,12}$/.test(place) ? place : "",
    lang: LANGUAGES.includes(named.get("lang")) ? named.get("lang") : LANGUAGES[0],
    state: plainObject(named.get("state")),
  };
}

/** The address of a view. @param {{view: string, place?: string, lang: string, state?: ?Object}} what */
export function write({ view, place = "", lang, state = null }) {
  const named = new URLSearchParams({ lang, ...(state && { state: JSON.stringify(state) }) });
  return `#${place ? `${view}/${place}` : view}?${named}`;
}

function plainObject(text) {
  try {
    const found = JSON.parse(text);
    return found && typeof found === "object" && !Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}
