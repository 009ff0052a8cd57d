/**
 * What is known of one place: the dashboard's profile, sentence by sentence, made when the package was made.
 */

import { fillSelect, h, s } from "../map_panes/dom.js";
import { searchBox } from "./places.js";

const paragraphs = (lines, kind = null) => lines.filter(Boolean).map((text) => h("p", { class: kind, text }));
const bullets = (lines) => h("ul", {}, ...lines.map((text) => h("li", { text })));
const picture = (svg, alt) => (svg ? h("img", { src: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt }) : null);
const columns = (...children) => h("div", { class: "columns" }, ...children);
const part = ({ title, lines }, level = "h3") => h("section", {}, h(level, { text: title }), bullets(lines));

export class ProfileView {
  constructor(app, main) {
    this.app = app;
    this.body = h("article", { class: "profile" });
    this.codes = Object.values(app.words.profiles).flat();
    this.code = app.shown.place || app.state.selected.findLast((one) => this.codes.includes(one)) || "";
    const within = new Set(this.codes);
    const entries = async () => (await app.findable()).filter(({ code }) => within.has(code));
    main.append(h("h1", { text: app.t("offline.profile") }), h("div", { class: "choice" }, searchBox(app, entries, (code) => this.go(code)), this.list()), this.body);
    this.draw();
  }

  list() {
    const { app } = this;
    const named = this.codes.map((code) => {
      const { name, where } = app.atlas.placeOf(code);
      return { value: code, label: where ? `${name} (${where})` : name };
    });
    named.sort((a, b) => app.format.compare(a.label, b.label));
    const select = h("select", { class: "mp-select", "aria-label": app.t("offline.profile.choose"), on: { change: () => select.value && this.go(select.value) } });
    fillSelect(select, [{ label: null, options: [{ value: "", label: app.t("offline.profile.choose") }, ...named] }], this.code);
    return h("div", { class: "mp" }, select);
  }

  go(code) {
    location.hash = this.app.profileOf(code);
  }

  async draw() {
    const { app, code } = this;
    const municipality = app.holding(code);
    if (!municipality) {
      this.body.replaceChildren(...paragraphs([app.t(app.shown.place ? "offline.profile.absent" : "offline.profile.start")], "note"));
      return;
    }
    try {
      const profiles = await app.load(`profiles/${municipality}.${app.lang}.json`);
      this.body.replaceChildren(...this.sections(profiles[code]));
    } catch {
      this.body.replaceChildren(...paragraphs([app.t("offline.unreadable")], "note"));
    }
  }

  sections(said) {
    const { headings } = this.app.words;
    const titled = (name, ...children) => h("section", {}, h("h2", { text: headings[name] }), ...children.filter(Boolean));
    const table = (name) => this.table(said.tables[name], headings[name]);
    return [
      h("h2", { class: "name", text: said.name }),
      columns(
        h("div", {}, ...paragraphs([said.where, ...said.people]),
          said.line && h("figure", {}, h("figcaption", { text: headings.residents_line }), picture(said.line, headings.residents_line))),
        this.locator(said),
      ),
      titled("scores", columns(...said.scores.map((score) => this.score(score))), ...paragraphs([said.notes.scores], "note")),
      titled("compared", ...paragraphs([said.notes.compared], "note"), columns(part(said.parts.strengths), part(said.parts.gaps))),
      titled("steps", columns(...said.steps.map((one) => part(one))), this.rules()),
      titled("candidates", ...paragraphs([said.notes.candidates], "note"), columns(...said.candidates.map((one) => part(one))), this.visits(said)),
      titled("services", table("services"), ...paragraphs(said.services_note, "note")),
      titled("digital", ...paragraphs(said.digital), table("digital")),
      columns(titled("people", table("people")), titled("business", table("business"))),
      part(said.parts.missing, "h2"),
      part(said.parts.unknown, "h2"),
      titled("sources", bullets(said.sources), ...paragraphs([said.made], "note")),
    ];
  }

  score({ title, points, place, notes, bar }) {
    return h("section", {}, h("h3", { text: title }), ...paragraphs([points], "points"), ...paragraphs([place]), picture(bar, place), ...paragraphs(notes));
  }

  rules() {
    const { app } = this;
    const parts = app.words.rules.map((one) => part(one));
    return h("details", {}, h("summary", { text: app.t("offline.profile.rules") }), ...parts);
  }

  /** Links to the profiles of the places worth a visit, where the package has them. */
  visits({ visits }) {
    const links = visits.map((code) => [code, this.app.profileOf(code)]).filter(([, address]) => address);
    return links.length ? h("p", {}, ...links.flatMap(([code, href]) => [h("a", { href, text: this.app.atlas.placeOf(code).name }), " "])) : null;
  }

  /** Where it lies: Latvia, its municipality, and the place itself in a ring. */
  locator({ code, level, name }) {
    const { atlas, words } = this.app;
    const [width, height] = atlas.size;
    const parent = atlas.rows.unit.get(code)?.[3] ?? code;
    const shape = atlas.shapeOf(code, level);
    const [x0, y0, x1, y1] = shape.box;
    const stroke = (share) => (share * width) / 1000;
    return h(
      "figure", { class: "locator" },
      s(
        "svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${words.headings.locator}: ${name}` },
        s("path", { d: atlas.shapes.municipality.paths.join(""), fill: "#e6e9ec", stroke: "#e6e9ec", "stroke-width": stroke(1) }),
        s("path", { d: atlas.shapes.municipality.borders.outer, fill: "none", stroke: "#5d6873", "stroke-width": stroke(2) }),
        s("path", { d: atlas.shapeOf(parent, "municipality")?.path ?? "", fill: "#9fb6cb", stroke: "#12436d", "stroke-width": stroke(2) }),
        s("path", { d: shape.path, fill: "#12436d", "fill-rule": "evenodd" }),
        level === "unit" ? s("circle", { cx: (x0 + x1) / 2, cy: (y0 + y1) / 2, r: Math.max(stroke(34), 0.62 * Math.hypot(x1 - x0, y1 - y0)), fill: "none", stroke: "#000000", "stroke-width": stroke(5) }) : null,
      ),
    );
  }

  table({ heads, rows, note }, title) {
    const head = h("tr", {}, ...heads.map((text) => h("th", { scope: "col", text })));
    const body = rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row", text: first }), ...rest.map((text) => h("td", { text }))));
    return h(
      "div", {},
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...body))),
      ...paragraphs([note], "note"),
    );
  }
}
