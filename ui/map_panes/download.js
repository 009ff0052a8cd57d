/**
 * The menus that hand out pictures of the panes.
 */

import { h, iconButton } from "./dom.js";
import { deliver, drawing } from "./export.js";

/** A menu of pictures of some panes (null: all). */
export function downloadMenu(app, indices, label) {
  const { format } = app;
  const menu = h("details", { class: "mp-menu" });
  const item = (kind) =>
    h("button", {
      type: "button", class: "mp-button mp-quiet", text: format.t(`map.export.${kind}`),
      on: {
        click: () => {
          menu.open = false;
          save(app, kind, indices);
        },
      },
    });
  const kinds = ["png", "svg", ...(navigator.clipboard && globalThis.ClipboardItem ? ["copy"] : [])];
  const face = iconButton("download", label, () => {});
  menu.append(
    h("summary", { class: face.className, "aria-label": label, title: label }, face.firstChild),
    h("div", { class: "mp-menu-list" }, ...kinds.map(item)),
  );
  return menu;
}

/** The picture of some panes as an SVG element. */
function picture(app, indices) {
  app.views.finish();
  const panes = app.panes.filter((pane) => indices.includes(pane.index) && pane.model);
  const { format } = app;
  const chosen = app.state.selected.map((code, n) => {
    const { name, where } = app.placeOf(code);
    return `${n + 1} ${[name, where].filter(Boolean).join(", ")}`;
  });
  return drawing(panes, format, {
    filter: app.filterWords(),
    selected: chosen.length ? `${format.t("map.selected")}: ${chosen.join("; ")}` : "",
    credit: app.creditWords(),
  });
}

async function save(app, kind, indices) {
  const { format, panes } = app;
  try {
    const chosen = indices ?? panes.map((_, i) => i);
    const tables = chosen.filter((i) => !panes[i].table.element.hidden);
    for (const i of tables) panes[i].showTable(false);
    const shown = chosen.flatMap((i) => (panes[i].model ? [[panes[i].model.indicator.id, panes[i].model.period].filter(Boolean).join("-")] : []));
    const drawn = picture(app, chosen);
    for (const i of tables) panes[i].showTable(true);
    await deliver(drawn, kind, [...new Set(shown)].join("_"));
    if (kind === "copy") app.say(format.t("map.export.copied"));
  } catch {
    app.say(format.t("map.export.failed"));
  }
}
