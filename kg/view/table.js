/* The table of what is shown: the drawing in words. */
import { byId, button, element } from "./dom.js";
import { linkId, linkName } from "./model.js";
import { HELD, HELDS } from "./looks.js";
import { cut } from "./text.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {string | number} Value */
/**
 * @typedef {object} Table
 * @property {string} id
 * @property {string} caption
 * @property {string[]} heads
 * @property {number[]} places  what the rows stand for
 * @property {(place: number, column: number) => Value} value
 * @property {(place: number, column: number) => void} choose
 * @property {number[]} chosen  columns whose cells can be chosen
 * @property {(place: number) => string} name
 * @property {[number, number]} sort  column or -1, and 1 or -1
 * @property {number} page
 */

/** Rows of a table that stand at once. */
const PAGE = 100;

/** @type {Map<string, { sort: [number, number], page: number }>} */
const kept = new Map();

/** Write a value as its column does. @param {string} head @param {Value} value */
function said(head, value) {
  if (typeof value === "string") return value;
  if (head === "Confidence") return value.toFixed(2);
  return head === "First year" ? String(value || "undated") : value.toLocaleString("en");
}

/** Draw a table anew from its rows. @param {Table} table @returns {HTMLElement} */
function draw(table) {
  const {
    id,
    heads,
    places,
    value,
    sort: [by, turn],
  } = table;
  const keys = new Map(places.map((place) => [place, value(place, by)]));
  const order =
    by < 0
      ? places
      : [...places].sort((a, b) => {
          const [x, y] = [keys.get(a) ?? 0, keys.get(b) ?? 0];
          return (typeof x === "string" ? x.localeCompare(String(y), "en") : x - Number(y)) * turn || a - b;
        });
  const pages = Math.max(Math.ceil(order.length / PAGE), 1);
  table.page = Math.min(Math.max(table.page, 0), pages - 1);
  kept.set(id, { sort: table.sort, page: table.page });
  const redraw = (/** @type {string} */ focus) => {
    made.replaceWith(draw(table));
    /** @type {HTMLElement | null} */ (document.querySelector(`#${id} ${focus}`))?.focus();
  };
  const head = (/** @type {string} */ text, /** @type {number} */ column) =>
    element(
      "th",
      {
        scope: "col",
        class: places.length && typeof value(places[0], column) === "number" ? "number" : "",
        "aria-sort": by === column ? (turn > 0 ? "ascending" : "descending") : "none",
      },
      button(text, () => {
        table.sort = [
          column,
          by === column ? -turn : places.length && typeof value(places[0], column) === "number" ? -1 : 1,
        ];
        table.page = 0;
        redraw(`th:nth-child(${column + 1}) button`);
      }),
    );
  const cell = (/** @type {number} */ place, /** @type {number} */ column) => {
    const text = value(place, column);
    if (!table.chosen.includes(column))
      return element("td", typeof text === "number" ? { class: "number" } : {}, said(heads[column], text));
    return element(
      "td",
      { dir: "auto" },
      button(cut(String(text), 200), () => table.choose(place, column)),
    );
  };
  const rows = order
    .slice(table.page * PAGE, (table.page + 1) * PAGE)
    .map((place) => element("tr", { "data-id": table.name(place) }, ...heads.map((_, column) => cell(place, column))));
  const turnPage = (/** @type {number} */ step) => () => {
    table.page += step;
    redraw(step < 0 ? ".before" : ".after");
  };
  const made = element(
    "div",
    { id: `${id}-part` },
    element(
      "table",
      { id },
      element("caption", {}, `${table.caption} (${places.length.toLocaleString("en")})`),
      element("thead", {}, element("tr", {}, ...heads.map(head))),
      element("tbody", {}, ...rows),
    ),
  );
  if (pages > 1) {
    made.firstElementChild?.append(
      element(
        "tfoot",
        {},
        element(
          "tr",
          {},
          element(
            "td",
            { colspan: heads.length },
            button("Previous rows", turnPage(-1), { class: "before", disabled: table.page === 0 }),
            ` Page ${table.page + 1} of ${pages} `,
            button("Next rows", turnPage(1), { class: "after", disabled: table.page === pages - 1 }),
          ),
        ),
      ),
    );
  }
  return made;
}

/** @param {Uint8Array} marks @param {number} [to] */
const marked = (marks, to = marks.length) => [...marks.subarray(0, to).keys()].filter((place) => marks[place]);

/** Give the table of nodes: heads and values. @param {App} app */
export function nodeTable({ graph, shown }) {
  const { papers } = graph.data;
  const heads = ["Name", "Kind", "Papers", "Relations shown", "First year"];
  const degree = new Int32Array(graph.nodes);
  for (let link = 0; link < graph.links; link++) {
    if (!shown.link[link]) continue;
    degree[graph.source[link]]++;
    if (graph.source[link] !== graph.target[link]) degree[graph.target[link]]++;
  }
  /** @param {number} node @param {number} column @returns {Value} */
  const value = (node, column) => {
    if (column === 0) return graph.label[node];
    if (column === 1) return graph.kinds[graph.kind[node]];
    if (column === 2) return graph.support[node];
    if (column === 3) return degree[node];
    const years =
      node < graph.entities
        ? graph.data.nodes.years[node].map((/** @type {number[]} */ each) => each[0]).filter(Boolean)
        : [papers.year[node - graph.entities]];
    return years.length ? years[0] : 0;
  };
  return { heads, places: marked(shown.node), value };
}

/** Give the table of links: heads and values. @param {App} app */
export function linkTable({ graph, shown }) {
  const heads = ["From", "Relation", "To", "Papers", "Confidence", "Stands on"];
  /** @param {number} link @param {number} column @returns {Value} */
  const value = (link, column) => {
    if (column === 0) return graph.label[graph.source[link]];
    if (column === 1) return linkName(graph, link);
    if (column === 2) return graph.label[graph.target[link]];
    if (column === 3) return graph.strength[link];
    if (column === 4) return graph.confidence[link] / 1000;
    return HELD[HELDS[graph.held[link]]].says;
  };
  return { heads, places: marked(shown.link), value };
}

/** Fill the table, keeping its order and page. @param {App} app */
export function fillTable(app) {
  const { graph, shown } = app;
  const { communities } = graph.data;
  const node = (/** @type {number} */ at) => app.select({ kind: "node", at });
  const base = (/** @type {string} */ id) =>
    kept.get(id) ?? { sort: /** @type {[number, number]} */ ([-1, 1]), page: 0 };
  const parts = [];
  const closed = marked(shown.closed);
  if (closed.length) {
    parts.push(
      draw({
        id: "communities-table",
        caption: "Communities not open",
        heads: ["Community", "Entities"],
        places: closed,
        chosen: [0],
        ...base("communities-table"),
        value: (place, column) => (column ? shown.sizes[place] : communities.label[place]),
        choose: (at) => app.select({ kind: "community", at }),
        name: (place) => `community:${place}`,
      }),
    );
  }
  parts.push(
    draw({
      id: "nodes-table",
      caption: shown.counts.papers ? "Entities and papers shown" : "Entities shown",
      ...nodeTable(app),
      chosen: [0],
      choose: node,
      name: (at) => graph.id[at],
      ...base("nodes-table"),
    }),
  );
  parts.push(
    draw({
      id: "edges-table",
      caption: "Relations shown",
      ...linkTable(app),
      chosen: [0, 1, 2],
      name: (at) => linkId(graph, at),
      ...base("edges-table"),
      choose: (at, column) =>
        column === 1 ? app.select({ kind: "edge", at }) : node(column ? graph.target[at] : graph.source[at]),
    }),
  );
  const jumps = parts.map((part) =>
    button(part.querySelector("caption")?.textContent ?? "", () => {
      part.querySelector("caption")?.scrollIntoView();
      part.querySelector("button")?.focus({ preventScroll: true });
    }),
  );
  byId("table").replaceChildren(element("p", { class: "actions" }, ...jumps), ...parts);
}
