/**
 * Where every figure comes from: sources with their licences, indicators as declared, and the method in short.
 */

import { h } from "../map_panes/dom.js";
import { plain } from "../map_panes/format.js";

/** Names and values below each other; those without a value are left out. */
const facts = (rows) => h("dl", {}, ...rows.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", { text: name }), h("dd", {}, value)]));

/** A link out, opened only when somebody follows it; only to where a browser can go. */
function outward(address, text = address) {
  return /^https?:\/\//.test(address) ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer", text }) : text;
}

export class SourceView {
  constructor(app, main) {
    this.app = app;
    const { words } = app;
    this.input = h("input", { type: "search", class: "mp-input", id: "sought", placeholder: app.t("sources.search_hint"), on: { input: () => this.filter() } });
    this.none = h("p", { class: "note", role: "status" });
    this.entries = [...words.sources.map((one) => this.source(one)), ...app.catalog.indicators.map((one) => this.indicator(one))];
    const sources = this.entries.slice(0, words.sources.length);
    const indicators = this.entries.slice(words.sources.length);
    main.append(
      h("h1", { text: app.t("offline.sources") }),
      h("p", { text: app.t("sources.intro") }),
      h("div", { class: "mp finder" }, h("label", { for: "sought", text: app.t("sources.search") }), this.input),
      this.none,
      h("h2", { text: app.t("sources.sources") }), ...sources,
      h("h2", { text: app.t("indicators.title") }),
      ...app.catalog.themes.map(({ id, title }) => h("section", {}, h("h3", { text: title }), ...indicators.filter((_, n) => app.catalog.indicators[n].theme === id))),
      ...words.methodology.flatMap(({ title, parts }) => [h("h2", { text: title }), ...parts.map((part) => this.part(part))]),
      h("h2", { text: app.t("offline.package") }),
      facts([
        [app.t("offline.package.holds"), words.title],
        [app.t("offline.package.stamp"), words.stamp],
        [app.t("offline.package.hash"), h("code", { text: words.hash })],
        [app.t("offline.package.licence"), app.t("offline.package.terms")],
      ]),
    );
  }

  /** Keep the entries that hold all words typed. */
  filter() {
    const sought = plain(this.input.value).split(/\s+/).filter(Boolean);
    for (const entry of this.entries) entry.hidden = !sought.every((word) => plain(entry.textContent).includes(word));
    this.none.textContent = this.entries.every(({ hidden }) => hidden) ? this.app.t("sources.nothing") : "";
  }

  entry(title, beside, rows) {
    return h("details", {}, h("summary", {}, h("b", { text: title }), ` · ${beside}`), facts(rows.map(([key, value]) => [this.app.t(key), value])));
  }

  source({ title, publisher, address, licence, licence_address: terms, terms: asks, credit, vintage, updates, problems }) {
    return this.entry(title, licence, [
      ["sources.publisher", publisher],
      ["sources.address", outward(address)],
      ["sources.licence", h("span", {}, outward(terms, licence), asks.map((text) => `, ${text}`).join(""))],
      ["sources.credit", credit],
      ["sources.vintage", vintage],
      ["sources.updates", updates],
      ["sources.problems", problems.length ? h("ul", {}, ...problems.map((text) => h("li", { text }))) : null],
    ]);
  }

  indicator({ title, unit, definition, formula, better, bias, breaks, estimated, sources }) {
    const { app } = this;
    const credits = sources.map((id) => `${app.catalog.sources[id].credit} (${app.catalog.sources[id].licence})`);
    return this.entry(title, unit, [
      ["indicators.definition", definition],
      ["indicators.formula", formula],
      ["indicators.better", app.t(`better.${better}`)],
      ["indicators.estimated", estimated ? app.t("indicators.estimated_yes") : ""],
      ["indicators.bias", bias],
      ["indicators.breaks", breaks.map(({ period, reason }) => `${app.format.shortPeriod(period)}: ${reason}`).join("; ")],
      ["indicators.sources", credits.join("; ")],
    ]);
  }

  part({ title, lines }) {
    const text = lines.length > 1 ? h("ul", {}, ...lines.map((line) => h("li", { text: line }))) : h("p", { text: lines[0] });
    return h("section", {}, h("h3", { text: title }), text);
  }
}
