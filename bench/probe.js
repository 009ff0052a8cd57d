// Installed in every page that is measured: takes the time from an action to the paint that follows it.
window.bench = (() => {
  const afterPaint = () =>
    new Promise((resolve) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now());
      channel.port2.postMessage(null);
    }));

  // The time from the next event of that kind until `done` holds and is painted.
  const until = (kind, done) =>
    new Promise((resolve) => {
      addEventListener(kind, ({ timeStamp }) => {
        const look = async () => (done() ? resolve((await afterPaint()) - timeStamp) : requestAnimationFrame(look));
        requestAnimationFrame(look);
      }, { capture: true, once: true });
    });

  // The time from the next click until the page stands still under another address, which is written after everything
  // else: until the last change of what is drawn, or the last paint of maps.
  const still = (quiet) =>
    new Promise((resolve) => {
      addEventListener("click", ({ timeStamp }) => {
        const before = location.href;
        let last = timeStamp;
        const observer = new MutationObserver(() => (last = performance.now()));
        const drawn = { subtree: true, childList: true, characterData: true, attributeFilter: ["d", "transform", "src"] };
        const main = document.querySelector("[data-testid=stMain]");
        const shadows = [...main.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
        for (const root of [main, ...shadows]) observer.observe(root, drawn);
        const look = () => {
          for (const mark of performance.getEntriesByName("map_panes:painted")) last = Math.max(last, mark.startTime);
          if (location.href === before || performance.now() - last < quiet) return setTimeout(look, 20);
          observer.disconnect();
          return resolve(last - timeStamp);
        };
        look();
      }, { capture: true, once: true });
    });

  // The headings of the map panes, which live in a shadow tree.
  const headings = () => {
    const hosts = [...document.querySelectorAll("*")].filter((element) => element.shadowRoot);
    return hosts.flatMap((host) => [...host.shadowRoot.querySelectorAll(".mp-title")].map((title) => title.textContent));
  };

  // The same for the map panes, which mark by themselves when all of them are on the screen.
  const marked = (kind, done = () => true) =>
    new Promise((resolve) => {
      addEventListener(kind, (event) => {
        const observer = new PerformanceObserver((list) => {
          const mark = list.getEntriesByName("map_panes:painted").findLast(({ startTime }) => startTime > event.timeStamp);
          if (!mark || !done()) return;
          observer.disconnect();
          resolve(mark.startTime - event.timeStamp);
        });
        observer.observe({ entryTypes: ["mark"] });
      }, { capture: true, once: true });
    });

  // The time from the visit of the page until it is first painted, for both sides.
  const visited = (done) =>
    new Promise((resolve) => {
      const look = async () => (done() ? resolve(await afterPaint()) : requestAnimationFrame(look));
      look();
    });
  const visitedMarked = () =>
    new Promise((resolve) => {
      const observer = new PerformanceObserver((list) => {
        const [mark] = list.getEntriesByName("map_panes:painted");
        if (mark) resolve(mark.startTime);
      });
      observer.observe({ type: "mark", buffered: true });
    });

  // The times between frames from now until stop() is called.
  const frames = () => {
    const deltas = [];
    let last = null;
    let running = true;
    const tick = (now) => {
      if (last !== null) deltas.push(now - last);
      last = now;
      if (running) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    return { stop: () => { running = false; return deltas; } };
  };

  const plots = () => [...document.querySelectorAll(".js-plotly-plot")];
  const fills = (plot) => [...plot.querySelectorAll(".choroplethlayer path")].map((path) => path.getAttribute("fill"));

  // What the four Plotly maps show now: their colours, or null while one is missing or incomplete.
  const plain = (count, territories) => {
    const shown = plots().map((plot) => fills(plot));
    const complete = shown.length === count && shown.every((fill) => fill.length === territories);
    return complete ? shown.map((fill) => fill.join()) : null;
  };
  const plainChanged = (before, count, territories) => {
    const now = plain(count, territories);
    return now !== null && now.every((fill, place) => fill !== before[place]);
  };

  return { until, still, headings, marked, visited, visitedMarked, frames, plain, plainChanged };
})();
