/* What the filters let pass, and which of it is drawn. */
import { HELDS } from "./looks.js";
import { otherEnd, yearsOf } from "./model.js";
import { within } from "./walk.js";

/** @typedef {import("./model.js").Graph} Graph */
/** @typedef {import("./state.js").State} State */

/**
 * `pass*` is what the filters let pass, `node` and `link` what is drawn of it; `closed` marks closed communities.
 * @typedef {object} Shown
 * @property {Uint8Array} passNode
 * @property {Uint8Array} passLink
 * @property {Uint8Array} node
 * @property {Uint8Array} link
 * @property {Uint8Array} closed
 * @property {Int32Array} sizes  entities of each community that pass
 * @property {number[]} bundles  flat triples: community, community, number of relations, most first
 * @property {{ nodes: number, papers: number, edges: number, communities: number }} counts
 */

/** Number of nodes that are drawn at first of a graph of which only a backbone is. */
const BACKBONE = 2000;
/** Most neighbours of the chosen node that are drawn besides what is open. */
const NEAR = 60;

/**
 * Tell whether the years of a node or link pass.
 * @param {number[]} years
 * @param {State} state
 */
export function inYears(years, { from, to, undated, fresh }) {
  const known = years.filter(Boolean);
  if (!known.length) return undated && !fresh;
  const first = Math.min(...known);
  if (fresh) return first >= from && first <= to;
  return known.some((year) => year >= from && year <= to);
}

/** Tell whether the state restricts years at all. @param {Graph} graph @param {State} state */
export const dated = (graph, state) =>
  state.from > graph.years[0] || state.to < graph.years[1] || !state.undated || state.fresh;

/**
 * Mark the nodes that pass the filters of their own.
 * @param {Graph} graph
 * @param {State} state
 */
function passingNodes(graph, state) {
  const { data, entities } = graph;
  const pass = new Uint8Array(graph.nodes);
  const years = dated(graph, state);
  const hidden = graph.kinds.map((kind) => state.kinds.has(kind));
  for (let node = 0; node < graph.nodes; node++) {
    const paper = node >= entities;
    if (paper ? !state.papers : hidden[graph.kind[node]] || graph.support[node] < state.leastPapers) continue;
    if (
      years &&
      !inYears(
        paper
          ? [data.papers.year[node - entities]]
          : data.nodes.years[node].map((/** @type {number[]} */ each) => each[0]),
        state,
      )
    )
      continue;
    if (data.compare && !paper && state.compare.has(String(data.compare.node[node]))) continue;
    pass[node] = 1;
  }
  return pass;
}

/**
 * Tell whether a link passes, its ends left aside.
 * @param {Graph} graph
 * @param {State} state
 * @returns {(link: number) => boolean}
 */
export function linkFilter(graph, state) {
  const { data } = graph;
  const types = data.relations.map((/** @type {string} */ name) => state.relations.has(name));
  const helds = HELDS.map((name) => state.helds.has(name));
  const years = dated(graph, state);
  return (link) => {
    if (types[graph.type[link]] || helds[graph.held[link]]) return false;
    if (graph.confidence[link] < state.leastConfidence || graph.strength[link] < state.leastSupport) return false;
    if (data.compare && link < graph.relations && state.compare.has(String(data.compare.edge[link]))) return false;
    if (!years) return true;
    const own = yearsOf(graph, link);
    return own.length === 0 || inYears(own, state);
  };
}

/**
 * Name the nodes that are shown though a filter or a closed community hides them: what is chosen.
 * @param {Graph} graph
 * @param {State} state
 * @returns {number[]}
 */
export function chosen(graph, { selected, way, wayTo }) {
  const found = way ? way.flatMap((link) => [graph.source[link], graph.target[link]]) : [];
  if (wayTo >= 0) found.push(wayTo);
  if (selected.kind === "node") found.push(selected.at);
  if (selected.kind === "edge") found.push(graph.source[selected.at], graph.target[selected.at]);
  return found;
}

/**
 * Compute what is shown.
 * @param {Graph} graph
 * @param {State} state
 * @returns {Shown}
 */
export function compute(graph, state) {
  const passNode = passingNodes(graph, state);
  const forced = chosen(graph, state);
  for (const node of forced) passNode[node] = 1;
  const filter = linkFilter(graph, state);
  const passLink = new Uint8Array(graph.links);
  for (let link = 0; link < graph.links; link++) {
    if (passNode[graph.source[link]] && passNode[graph.target[link]] && filter(link)) passLink[link] = 1;
  }
  if (selectedLink(state) >= 0) passLink[selectedLink(state)] = 1;
  const sizes = passing(graph, passNode);
  const closed = closedCommunities(graph, state, sizes);
  const node = state.only ? reach(graph, state, passLink) : drawnNodes(graph, state, { passNode, passLink, closed });
  if (state.only) closed.fill(0);
  const link = new Uint8Array(graph.links);
  for (let each = 0; each < graph.links; each++) {
    link[each] = passLink[each] && node[graph.source[each]] && node[graph.target[each]];
  }
  const bundles = closed.some(Boolean) ? bundle(graph, closed, passLink) : [];
  return { passNode, passLink, node, link, closed, sizes, bundles, counts: tally(graph, { node, link, closed }) };
}

/** @param {State} state */
const selectedLink = ({ selected }) => (selected.kind === "edge" ? selected.at : -1);

/**
 * Mark what lies within the steps asked for from the chosen node or link.
 * @param {Graph} graph
 * @param {State} state
 * @param {Uint8Array} passLink
 */
function reach(graph, state, passLink) {
  const all = new Uint8Array(graph.nodes);
  for (const from of state.anchor >= 0 ? [state.anchor] : chosen(graph, state)) {
    within(graph, from, state.only, (link) => passLink[link]).forEach((is, node) => {
      all[node] |= is;
    });
  }
  for (const node of chosen(graph, state)) all[node] = 1;
  return all;
}

/**
 * Mark the communities that are drawn as one circle: those with a node that passes, unless they are open.
 * @param {Graph} graph
 * @param {State} state
 * @param {Int32Array} sizes
 */
function closedCommunities(graph, state, sizes) {
  const drawn = !state.all && /^(communities|summary)$/.test(graph.data.mode);
  return Uint8Array.from(sizes, (size, place) => (drawn && size && !state.open.has(place) ? 1 : 0));
}

/** Count the entities of each community that pass. @param {Graph} graph @param {Uint8Array} passNode */
function passing(graph, passNode) {
  const { mode, communities } = graph.data;
  const sizes = new Int32Array(communities.label.length);
  let all = true;
  for (let node = 0; node < graph.entities; node++) {
    if (passNode[node] && graph.community[node] >= 0) sizes[graph.community[node]]++;
    all = all && passNode[node] > 0;
  }
  // A summary holds a few entities of each.
  return mode === "summary" && all ? Int32Array.from(communities.size) : sizes;
}

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {{ passNode: Uint8Array, passLink: Uint8Array, closed: Uint8Array }} passing
 */
function drawnNodes(graph, state, { passNode, passLink, closed }) {
  const { data, entities } = graph;
  const drawn = new Uint8Array(graph.nodes);
  if (data.mode === "backbone" && !state.all) {
    const first = data.graph.drawn ?? BACKBONE;
    for (let node = 0; node < Math.min(first, entities); node++) drawn[node] = passNode[node];
  } else {
    for (let node = 0; node < entities; node++) drawn[node] = passNode[node] && !closed[graph.community[node]] ? 1 : 0;
  }
  const some = chosen(graph, state);
  for (const node of some) drawn[node] = 1;
  for (const node of state.selected.kind === "node" ? some : []) {
    let room = NEAR;
    for (let at = graph.start[node]; at < graph.start[node + 1] && room > 0; at++) {
      const other = otherEnd(graph, graph.near[at], node);
      if (!passLink[graph.near[at]] || drawn[other]) continue;
      drawn[other] = 1;
      room--;
    }
  }
  if (state.papers) joinPapers(graph, drawn, passLink);
  return drawn;
}

/** Draw the papers that a link joins to an entity that is drawn. @param {Graph} graph @param {Uint8Array} drawn @param {Uint8Array} passLink */
function joinPapers(graph, drawn, passLink) {
  for (let link = graph.relations; link < graph.links; link++) {
    if (passLink[link] && drawn[graph.target[link]]) drawn[graph.source[link]] = 1;
  }
}

/**
 * Count the relations between closed communities.
 * @param {Graph} graph
 * @param {Uint8Array} closed
 * @param {Uint8Array} passLink
 */
function bundle(graph, closed, passLink) {
  const size = closed.length;
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (let link = 0; link < graph.relations; link++) {
    if (!passLink[link]) continue;
    const [a, b] = [graph.community[graph.source[link]], graph.community[graph.target[link]]];
    if (a === b || !closed[a] || !closed[b]) continue;
    const pair = Math.min(a, b) * size + Math.max(a, b);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .flatMap(([pair, count]) => [Math.floor(pair / size), pair % size, count]);
}

/** @param {Graph} graph @param {{ node: Uint8Array, link: Uint8Array, closed: Uint8Array }} drawn */
function tally(graph, { node, link, closed }) {
  const counts = { nodes: 0, papers: 0, edges: 0, communities: 0 };
  for (let each = 0; each < graph.nodes; each++) if (node[each]) counts[each < graph.entities ? "nodes" : "papers"]++;
  for (let each = 0; each < graph.links; each++) counts.edges += link[each];
  for (const is of closed) counts.communities += is;
  return counts;
}
