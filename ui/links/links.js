/**
 * Links in HTML of our own that lead to another page of the app. They are followed as Streamlit follows a step through
 * the browser's history: within the session, with everything the visitor has chosen. A link that is asked for in another
 * tab or window is the browser's.
 */

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.page-link");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  dispatchEvent(new PopStateEvent("popstate"));
});
