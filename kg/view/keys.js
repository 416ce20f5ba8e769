/* Keys: everything the pointer can do. */
import { byId, element } from "./dom.js";
import { SAVES } from "./save.js";

/** @typedef {import("./app.js").App} App */

/** @param {string} id */
const press = (id) => byId(id)?.click();

/** Key -> what it does, in words and in deed. @type {Record<string, [string, (app: App) => unknown]>} */
export const KEYS = {
  "/": [
    "search",
    () => {
      byId("search").focus();
      /** @type {HTMLInputElement} */ (byId("search")).select();
    },
  ],
  n: ["next link of the chosen node (or next community)", (app) => app.step(1)],
  p: ["previous link", (app) => app.step(-1)],
  b: ["back to what was chosen before", (app) => app.back()],
  o: ["only neighbours of what is chosen, or all again", () => press("only")],
  1: ["only neighbours within one step", (app) => hops(app, 1)],
  2: ["only those within two steps", (app) => hops(app, 2)],
  3: ["only those within three steps", (app) => hops(app, 3)],
  f: ["find a path from the chosen node: search then finds its other end", () => press("path")],
  t: ["table of what is shown, or the drawing", () => press("as-table")],
  r: ["papers as nodes", () => press("papers")],
  a: [
    "show all, where communities or a part are drawn",
    () => {
      if (!byId("all").hidden) press("all");
    },
  ],
  l: ["to the filters", () => toFilters("input")],
  y: ["to the years", () => toFilters("#year-from")],
  e: ["to the details", () => byId("details").focus()],
  g: ["to the graph", () => byId("canvas").focus()],
  s: ["save as PNG", (app) => SAVES["save-png"](app)],
  v: ["save as SVG", (app) => SAVES["save-svg"](app)],
  c: ["save the relations as CSV", (app) => SAVES["save-edges"](app)],
  d: ["colours: as the system has them, light or dark", () => press("theme")],
  "+": ["larger", (app) => app.view.zoom(1.3)],
  "-": ["smaller", (app) => app.view.zoom(1 / 1.3)],
  0: ["all in view", (app) => app.fit()],
  "?": ["this list", () => /** @type {HTMLDialogElement} */ (byId("keys")).showModal()],
};

/** Open the filters where they are closed and go to one of them. @param {string} selector */
function toFilters(selector) {
  if (byId("filters").offsetParent && byId("legend").hidden) press("filters");
  const box = /** @type {HTMLInputElement | null} */ (byId("legend").querySelector(selector));
  box?.focus();
  if (box?.type === "number") box.select();
}

/** @param {App} app @param {number} only */
function hops(app, only) {
  if (!/^(node|edge)$/.test(app.state.selected.kind)) return;
  app.change({ only }, "select");
  app.show();
}

/** Listen to keys and list them in the help. @param {App} app */
export function buildKeys(app) {
  // Of an object's names the digits come first.
  const rows = Object.entries(KEYS)
    .map(([key, [says]]) => [key, says])
    .sort(([a], [b]) => Number(/\d/.test(a)) - Number(/\d/.test(b)));
  rows.push(
    ["arrows", "move the drawing, when it has the focus"],
    ["Enter", "on the drawing or the details: along the chosen link, open the chosen community, or to the details"],
    ["Esc", "leave a path, then choose nothing"],
  );
  byId("key-list").replaceChildren(
    ...rows.map(([key, says]) =>
      element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, says)),
    ),
  );
  const single = /** @type {HTMLInputElement} */ (byId("single"));
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (
      event.ctrlKey ||
      event.altKey ||
      event.metaKey ||
      event.defaultPrevented ||
      document.querySelector("dialog[open]")
    )
      return;
    if (event.key === "Escape") return escape(app);
    if (target.matches("select, textarea, input:not([type=checkbox]):not([type=range])") || !single.checked) return;
    const known = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
    if (!known) return;
    event.preventDefault();
    known[1](app);
  });
  for (const id of ["canvas", "details"]) {
    byId(id).addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === event.currentTarget && !app.follow()) byId("details").focus();
    });
  }
}

/** @param {App} app */
function escape(app) {
  const menu = /** @type {HTMLDetailsElement} */ (byId("save").parentElement);
  if (menu.open) {
    menu.open = false;
    byId("save").focus();
  } else if (app.state.wayFrom >= 0 && app.state.wayTo < 0) app.change({ wayFrom: -1 }, "select");
  else app.select({ kind: "", at: -1 });
}
