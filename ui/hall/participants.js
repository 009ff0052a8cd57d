/**
 * The questions on a phone: what is said is kept on the phone at once and sent when there is a connection.
 */

const form = document.getElementById("answers");
const state = document.getElementById("state");
const { code, words } = JSON.parse(form.dataset.about);
const PLACE = `smart-villages-group-${code}`;
const AGAIN_MS = 4000;
const scales = [...form.querySelectorAll("input[type=range]")];

/** What is kept on this phone; without storage (private windows) it lasts as long as the page. */
const memory = (() => {
  let own = {};
  try {
    own = JSON.parse(localStorage.getItem(PLACE)) ?? {};
  } catch {
    own = {};
  }
  own.device ??= [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  own.values ??= {};
  own.sentence ??= "";
  return own;
})();

function keep() {
  try {
    localStorage.setItem(PLACE, JSON.stringify(memory));
  } catch {
    // the page itself still holds it
  }
}

function show(scale) {
  const known = scale.name in memory.values;
  scale.toggleAttribute("data-empty", !known);
  if (known) scale.value = memory.values[scale.name];
  const said = known ? String(memory.values[scale.name]) : "–";
  form.querySelector(`output[for="${scale.name}"]`).textContent = said;
  scale.setAttribute("aria-valuetext", known ? said : words.unanswered);
}

const numbers = (kind) => Array.from({ length: 10 }, (_, i) => memory.values[`${kind}-${i + 1}`] ?? null);

let waiting = null;

async function send() {
  clearTimeout(waiting);
  waiting = null;
  memory.sent = false;
  keep();
  state.textContent = words.sending;
  const body = JSON.stringify({ device: memory.device, importance: numbers("importance"), here: numbers("here"), sentence: memory.sentence });
  try {
    const answer = await fetch(`${location.pathname.replace(/\/$/, "")}/answer`, {
      method: "POST", body, headers: { "Content-Type": "application/json" },
    });
    if (answer.ok) {
      memory.sent = true;
      keep();
      state.textContent = words.kept;
      return;
    }
    if (answer.status !== 429 && answer.status < 500) {
      state.textContent = (await answer.json()).message;
      return;
    }
  } catch {
    // no connection: tried again below
  }
  state.textContent = words.offline;
  waiting = setTimeout(send, AGAIN_MS);
}

for (const scale of scales) {
  show(scale);
  const take = () => {
    memory.values[scale.name] = Number(scale.value);
    show(scale);
    keep();
    state.textContent = words.unsent;
  };
  scale.addEventListener("input", take);
  scale.addEventListener("click", take); // a tap on the middle does not move it, yet it is an answer
}
form.elements.sentence.value = memory.sentence;
form.elements.sentence.addEventListener("input", () => {
  memory.sentence = form.elements.sentence.value;
  keep();
  state.textContent = words.unsent;
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
addEventListener("online", () => waiting && send());
keep();
if (memory.sent === true) state.textContent = words.kept;
if (memory.sent === false) send();
