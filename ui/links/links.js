/**
 * The ways to other pages of the app, and the language that goes along.
 *
 * Links in HTML of our own are followed as Streamlit follows a step through the browser's history: within the session,
 * with everything the visitor has chosen. A link that is asked for in another tab or window is the browser's.
 *
 * A language is chosen once an address names it, as the server makes it do when it is switched. From then on every
 * address names one, also those that Streamlit makes for the way to another page. To name another is no step of its own.
 */

const PAGES = "a.page-link, a[data-testid=stPageLink-NavLink], a[data-testid^=stTopNav], a[data-testid=stSidebarNavLink]";

const push = history.pushState.bind(history);
let language = null;
hear(location);

history.pushState = (state, title, address) => {
  const there = named(address);
  hear(there);
  if (place(there) === place(location)) history.replaceState(state, title, there);
  else push(state, title, there);
};

// Before Streamlit reads the address.
addEventListener(
  "popstate",
  () => {
    history.replaceState(history.state, "", named(location));
    hear(location);
  },
  true,
);

for (const asked of ["click", "auxclick", "contextmenu"]) {
  document.addEventListener(
    asked,
    ({ target }) => {
      const link = target.closest?.(PAGES);
      if (link) link.href = named(link.href.replace(/[?&]lang=\w+$/, ""));
    },
    true,
  );
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.page-link");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  dispatchEvent(new PopStateEvent("popstate"));
});

/** The address, with the language that was chosen where it names none. */
function named(address) {
  const there = new URL(address, location.href);
  if (language && !there.searchParams.has("lang")) there.search += `${there.search ? "&" : "?"}lang=${language}`;
  return there;
}

function hear({ search }) {
  language = new URLSearchParams(search).get("lang");
}

/** What an address shows, in whatever language. */
function place({ pathname, search }) {
  const names = new URLSearchParams(search);
  names.delete("lang");
  return `${pathname}?${names}`;
}
