/* Search: every name of every node, folded once. */
import { fold } from "./text.js";

/** @typedef {import("./model.js").Graph} Graph */
/** @typedef {{ node: number, other: number, name: string }} Hit  `other` is a place among the entities that are not on the page, or -1 */
/** @typedef {{ graph: Graph, names: string[], forms: string[], owner: number[], next: () => boolean }} Index */

/** Names folded at a time, so that the page never stands still. */
const SLICE = 3000;

/**
 * Make the search index; call `next` until it says that all is folded, or let `find` do so.
 * @param {Graph} graph
 * @returns {Index}
 */
export function makeIndex(graph) {
  const { data } = graph;
  /** @type {Index} */
  const index = { graph, names: [], forms: [], owner: [], next };
  /** @param {string} name @param {number} node */
  const add = (name, node) => {
    index.names.push(name);
    index.owner.push(node);
  };
  graph.label.forEach(add);
  data.nodes.alt.forEach((/** @type {string[]} */ names, /** @type {number} */ node) =>
    names.forEach((name) => add(name, node)),
  );
  data.others?.label.forEach((/** @type {string} */ name, /** @type {number} */ place) =>
    add(name, graph.nodes + place),
  );
  function next() {
    const end = Math.min(index.forms.length + SLICE, index.names.length);
    for (let place = index.forms.length; place < end; place++) index.forms.push(fold(index.names[place]));
    return end < index.names.length;
  }
  return index;
}

/**
 * Rank how well a folded name fits: 4 the same, 3 its start, 2 the start of a word, 1 inside, 0 not at all.
 * @param {string} form
 * @param {string} wanted
 */
export function fit(form, wanted) {
  const at = form.indexOf(wanted);
  if (at < 0) return 0;
  if (at === 0) return form.length === wanted.length ? 4 : 3;
  if (!/[\p{L}\p{N}]/u.test(form[at - 1])) return 2;
  return form.includes(` ${wanted}`) ? 2 : 1;
}

/**
 * Find nodes by a part of a name: best fits first, then best supported; papers and absent entities after equal fits.
 * @param {Index} index
 * @param {string} text
 * @param {number} most
 * @returns {Hit[]}
 */
export function find(index, text, most) {
  const wanted = fold(text.trim().slice(0, 200));
  if (!wanted) return [];
  while (index.next()) {
    /* fold what is left */
  }
  const { graph, forms, owner } = index;
  const count = graph.nodes + (graph.data.others?.label.length ?? 0);
  const ranks = new Uint8Array(count);
  const places = new Int32Array(count);
  for (let place = 0; place < forms.length; place++) {
    if (forms[place].length < wanted.length) continue;
    const how = fit(forms[place], wanted);
    if (!how) continue;
    const node = owner[place];
    const rank = how * 2 - (node >= graph.entities ? 1 : 0);
    if (rank > ranks[node]) [ranks[node], places[node]] = [rank, place];
  }
  // A letter fits most names; the few best are taken rank by rank instead of sorting them all.
  const order = [];
  for (let rank = 8; rank > 0 && order.length < most; rank--) {
    for (let node = 0; node < count && order.length < most; node++) {
      if (ranks[node] === rank) order.push({ node, place: places[node] });
    }
  }
  return order.map(({ node, place }) => {
    const other = node >= graph.nodes ? node - graph.nodes : -1;
    return { node: other < 0 ? node : graph.data.others.near[other], other, name: index.names[place] };
  });
}
