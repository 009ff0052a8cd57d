/**
 * Keeps the story somebody is making in this browser, so that a reload of the page does not lose it. What comes from
 * there is told once, as text; the server reads it as it reads any file.
 */

const PLACE = "smart-villages-story";

/** @param {{data: {keep: ?string, asked: boolean}, setStateValue: Function}} component */
export default function ({ data, setStateValue }) {
  let kept = null;
  try {
    if (data.keep !== null) localStorage.setItem(PLACE, data.keep);
    kept = localStorage.getItem(PLACE);
  } catch {
    // A browser that keeps nothing: the story lasts as long as the page.
  }
  if (!data.asked) setStateValue("kept", { text: kept });
}
