/* What the reader has asked for, and how it stands in the address of the page. */
import { encode, linkId, linkOf, tame } from "./model.js";
import { HELDS } from "./looks.js";

/** @typedef {import("./model.js").Graph} Graph */
/** @typedef {{ kind: "" | "node" | "edge" | "community" | "way", at: number }} Selected */

/**
 * `kinds`, `relations`, `helds` and `compare` name what is filtered out; `only` is the number of steps, 0 for all.
 * `anchor` is the node whose links `next` and `previous` go through; a way leads from it to `wayTo`.
 * @typedef {object} State
 * @property {Selected} selected
 * @property {number} anchor
 * @property {Set<string>} kinds
 * @property {Set<string>} relations
 * @property {Set<string>} helds
 * @property {Set<string>} compare
 * @property {number} from
 * @property {number} to
 * @property {boolean} undated
 * @property {boolean} fresh
 * @property {number} leastConfidence
 * @property {number} leastSupport
 * @property {number} leastPapers
 * @property {number} only
 * @property {boolean} papers
 * @property {boolean} all
 * @property {boolean} table
 * @property {Set<number>} open
 * @property {number} wayFrom  -1 unless a way is looked for or shown
 * @property {number} wayTo
 * @property {number[] | null} way
 * @property {string} theme
 * @property {number[] | null} view  x, y and percent of the zoom that fits
 */

/** Make the filters a page opens with. @param {Graph} graph */
export const unfiltered = (graph) => ({
  kinds: /** @type {Set<string>} */ (new Set()),
  relations: /** @type {Set<string>} */ (new Set()),
  helds: new Set(["negated"]),
  compare: /** @type {Set<string>} */ (new Set()),
  from: graph.years[0],
  to: graph.years[1],
  undated: true,
  fresh: false,
  leastConfidence: 0,
  leastSupport: 0,
  leastPapers: 0,
  only: 0,
  papers: false,
});

/**
 * Make the state a page opens with.
 * @param {Graph} graph
 * @returns {State}
 */
export function initial(graph) {
  const { focus } = graph.data;
  const at = Number.isInteger(focus) && focus >= 0 && focus < graph.entities ? focus : -1;
  return {
    ...unfiltered(graph),
    selected: { kind: at < 0 ? "" : "node", at },
    anchor: at,
    all: false,
    table: false,
    open: new Set(),
    wayFrom: -1,
    wayTo: -1,
    way: null,
    theme: "auto",
    view: null,
  };
}

/** Hash keys of the filters that are sets of names. @type {[string, "kinds" | "relations" | "helds" | "compare"][]} */
const SETS = [
  ["k", "kinds"],
  ["r", "relations"],
  ["l", "helds"],
  ["cmp", "compare"],
];
/** Hash keys of switches. @type {[string, "fresh" | "papers" | "all" | "table"][]} */
const SWITCHES = [
  ["w", "fresh"],
  ["p", "papers"],
  ["a", "all"],
  ["t", "table"],
];
/** Hash keys of numbers. @type {[string, "leastConfidence" | "leastSupport" | "leastPapers" | "only", number][]} */
const NUMBERS = [
  ["mc", "leastConfidence", 1000],
  ["ms", "leastSupport", 1e6],
  ["mp", "leastPapers", 1e6],
  ["h", "only", 3],
];
/** The longest hash that is read. */
const LONGEST = 8000;

/**
 * Write a state as the hash of an address, without the sign; what is as at the start is left out.
 * @param {Graph} graph
 * @param {State} state
 */
export function toHash(graph, state) {
  const start = initial(graph);
  const parts = new URLSearchParams();
  const { selected } = state;
  if (selected.kind === "edge") parts.set("e", linkId(graph, selected.at));
  if (selected.kind === "community") parts.set("c", String(selected.at));
  const node = selected.kind === "node" ? selected.at : state.wayTo >= 0 ? state.wayFrom : -1;
  if (node >= 0 && (node !== start.anchor || state.wayTo >= 0)) parts.set("n", tame(graph.id[node]));
  if (selected.kind === "" && start.anchor >= 0 && node < 0) parts.set("n", "");
  if (selected.kind === "edge" && state.anchor === graph.target[selected.at]) parts.set("f", "1");
  for (const [key, name] of SETS) {
    const names = [...state[name]].sort().map(encode).join(",");
    if (names !== [...start[name]].sort().join(",")) parts.set(key, names);
  }
  for (const [key, name] of SWITCHES) if (state[name]) parts.set(key, "1");
  for (const [key, name] of NUMBERS) if (state[name]) parts.set(key, String(state[name]));
  if (state.from !== start.from || state.to !== start.to) parts.set("y", `${state.from}-${state.to}`);
  if (!state.undated) parts.set("u", "0");
  if (state.open.size) parts.set("o", [...state.open].sort((a, b) => a - b).join(","));
  if (state.wayTo >= 0) parts.set("to", tame(graph.id[state.wayTo]));
  if (state.theme !== "auto") parts.set("d", state.theme);
  if (state.view) parts.set("v", state.view.join(","));
  return parts.toString();
}

/**
 * Read a state from the hash of an address; the hash may come from anybody, so whatever is not understood is ignored.
 * @param {Graph} graph
 * @param {string} hash
 * @returns {State}
 */
export function fromHash(graph, hash) {
  const state = initial(graph);
  const parts = new URLSearchParams(hash.replace(/^#/, "").slice(0, LONGEST));
  readChosen(graph, state, parts);
  const known = {
    kinds: graph.kinds,
    relations: graph.data.relations,
    helds: HELDS,
    compare: ["0", "1", "2"],
  };
  for (const [key, name] of SETS) {
    const value = parts.get(key);
    if (value === null) continue;
    const names = new Set(value.split(","));
    state[name] = new Set(known[name].filter((/** @type {string} */ each) => names.has(encode(each))));
  }
  for (const [key, name] of SWITCHES) state[name] = parts.get(key) === "1";
  for (const [key, name, most] of NUMBERS) state[name] = whole(parts.get(key), 0, most) ?? state[name];
  const [, from, to] = /^(\d{1,4})-(\d{1,4})$/.exec(parts.get("y") ?? "") ?? [];
  if (from && Number(from) <= Number(to)) {
    state.from = Math.max(Number(from), graph.years[0]);
    state.to = Math.min(Number(to), graph.years[1]);
  }
  state.undated = parts.get("u") !== "0";
  for (const text of (parts.get("o") ?? "").split(",")) {
    const community = whole(text, 0, graph.data.communities.label.length - 1);
    if (community !== null) state.open.add(community);
  }
  const theme = parts.get("d");
  if (theme === "light" || theme === "dark") state.theme = theme;
  const view = (parts.get("v") ?? "").split(",").map((text) => whole(text, -1e7, 1e7));
  if (view.length === 3 && !view.includes(null) && Number(view[2]) > 0) state.view = /** @type {number[]} */ (view);
  return state;
}

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {URLSearchParams} parts
 */
function readChosen(graph, state, parts) {
  const node = parts.has("n") ? place(graph, parts.get("n")) : state.anchor;
  state.selected = { kind: node < 0 ? "" : "node", at: node };
  const link = parts.has("e") ? linkOf(graph, parts.get("e") ?? "") : -1;
  if (link >= 0) state.selected = { kind: "edge", at: link };
  const community = whole(parts.get("c"), 0, graph.data.communities.label.length - 1);
  if (community !== null) state.selected = { kind: "community", at: community };
  state.anchor = link >= 0 ? (parts.get("f") === "1" ? graph.target[link] : graph.source[link]) : node;
  const to = place(graph, parts.get("to"));
  if (to < 0 || node < 0 || to === node) return;
  [state.wayFrom, state.wayTo] = [node, to];
  state.selected = { kind: "way", at: node };
}

/** @param {Graph} graph @param {string | null} id */
function place(graph, id) {
  if (!id) return -1;
  return graph.byId.get(id) ?? graph.id.findIndex((each) => tame(each) === id);
}

/** Read a whole number between two others, or null. @param {string | null} text @param {number} least @param {number} most */
function whole(text, least, most) {
  if (text === null || !/^-?\d{1,8}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}
