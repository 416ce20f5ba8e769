/* The graph as the page knows it: columns of the payload, entities first and papers after them. */
import { heldBy, HELDS } from "./looks.js";

/** @typedef {Record<string, any>} Payload */

/**
 * Nodes below `entities` are entities, the others papers; links below `relations` join entities, the others come from papers.
 * @typedef {object} Graph
 * @property {Payload} data
 * @property {number} entities
 * @property {number} nodes
 * @property {number} relations
 * @property {number} links
 * @property {string[]} id
 * @property {string[]} label
 * @property {string[]} kinds
 * @property {Uint8Array} kind
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {{ x: Float32Array, y: Float32Array }} home  where the nodes stand on the map, whatever is shown
 * @property {Int32Array} community
 * @property {Int32Array} support
 * @property {Float32Array} r
 * @property {Int32Array} source
 * @property {Int32Array} target
 * @property {Uint8Array} type
 * @property {Int32Array} strength  papers that state the link
 * @property {Int16Array} confidence  in thousandths
 * @property {Uint8Array} held  place in HELDS
 * @property {Float32Array} bend  how far parallel links curve apart
 * @property {Int32Array} start  first place of each node in `near`
 * @property {Int32Array} near  links of each node, best first
 * @property {Map<string, number>} byId
 * @property {number} unit  the mean distance of two nodes
 * @property {number[]} years  first and last year known
 * @property {[string, string][]} readings
 */

/**
 * Read a payload into columns.
 * @param {Payload} data
 * @returns {Graph}
 */
export function read(data) {
  const { nodes, papers, edges, claims } = data;
  const entities = nodes.id.length;
  const relations = edges.source.length;
  const graph = /** @type {Graph} */ ({ data, entities, relations });
  graph.nodes = entities + papers.id.length;
  graph.links = relations + claims.paper.length;
  graph.id = nodes.id.concat(papers.id);
  graph.label = nodes.label.concat(papers.title);
  graph.kinds = [...data.kinds, "Paper"];
  graph.kind = Uint8Array.from([...nodes.kind, ...papers.id.map(() => data.kinds.length)]);
  graph.x = Float32Array.from(nodes.x.concat(papers.x));
  graph.y = Float32Array.from(nodes.y.concat(papers.y));
  graph.home = { x: graph.x, y: graph.y };
  graph.community = Int32Array.from(nodes.community.concat(papers.id.map(() => -1)));
  graph.support = Int32Array.from(nodes.support.concat(papers.id.map(() => 1)));
  graph.byId = new Map(graph.id.map((id, place) => [id, place]));
  readLinks(graph, edges, claims);
  index(graph);
  graph.bend = bends(graph);
  graph.unit = unit(graph);
  graph.r = Float32Array.from({ length: graph.nodes }, (_, node) =>
    nodes.r && node < entities ? nodes.r[node] : graph.unit * 0.15,
  );
  graph.years = span(graph);
  graph.readings = data.readings ?? data.relations.map(plainReading);
  return graph;
}

/**
 * @param {Graph} graph
 * @param {Payload} edges
 * @param {Payload} claims
 */
function readLinks(graph, edges, claims) {
  const { entities } = graph;
  graph.source = Int32Array.from(
    edges.source.concat(claims.paper.map((/** @type {number} */ paper) => paper + entities)),
  );
  graph.target = Int32Array.from(edges.target.concat(claims.node));
  graph.type = Uint8Array.from(edges.type.concat(claims.type));
  graph.strength = Int32Array.from(edges.support.concat(claims.paper.map(() => 1)));
  graph.confidence = Int16Array.from(edges.confidence.concat(claims.confidence));
  const origin = edges.origin.concat(claims.origin);
  const flags = edges.flags.concat(claims.flags);
  graph.held = Uint8Array.from(origin, (/** @type {number} */ bits, place) =>
    HELDS.indexOf(heldBy(bits, flags[place])),
  );
}

/** @param {string} name @returns {[string, string]} */
function plainReading(name) {
  const plain = name.replaceAll("_", " ");
  return [plain, `inverse of ${plain}`];
}

/** List the links of each node, best supported first. @param {Graph} graph */
function index(graph) {
  const { source, target, links, strength, confidence } = graph;
  const start = new Int32Array(graph.nodes + 1);
  for (let link = 0; link < links; link++) {
    start[source[link] + 1]++;
    if (source[link] !== target[link]) start[target[link] + 1]++;
  }
  for (let node = 0; node < graph.nodes; node++) start[node + 1] += start[node];
  const order = Uint32Array.from({ length: links }, (_, place) => place).sort(
    (a, b) => strength[b] - strength[a] || confidence[b] - confidence[a] || a - b,
  );
  const next = start.slice();
  graph.near = new Int32Array(start[graph.nodes]);
  for (const link of order) {
    graph.near[next[source[link]]++] = link;
    if (source[link] !== target[link]) graph.near[next[target[link]]++] = link;
  }
  graph.start = start;
}

/** Curve parallel links apart. @param {Graph} graph */
function bends(graph) {
  const { source, target, relations } = graph;
  const bend = new Float32Array(graph.links);
  /** @type {Map<number, number[]>} */
  const pairs = new Map();
  for (let link = 0; link < relations; link++) {
    const [low, high] = [Math.min(source[link], target[link]), Math.max(source[link], target[link])];
    const pair = low * graph.entities + high;
    const found = pairs.get(pair);
    if (found) found.push(link);
    else pairs.set(pair, [link]);
  }
  for (const found of pairs.values()) {
    if (found.length === 1) continue;
    const width = Math.min(1, 4 / found.length);
    found.forEach((link, place) => {
      const away = (place - (found.length - 1) / 2) * width;
      bend[link] = source[link] < target[link] ? away : -away;
      if (source[link] === target[link]) bend[link] = place;
    });
  }
  return bend;
}

/** Measure the mean distance of two entities. @param {Graph} graph */
function unit(graph) {
  const count = graph.entities;
  if (count < 2) return 100;
  const [left, top, right, bottom] = bounds(graph, (node) => node < count);
  return Math.max(Math.sqrt((Math.max(right - left, 1) * Math.max(bottom - top, 1)) / count), 1);
}

/**
 * Give the box of the nodes that pass: left, top, right, bottom.
 * @param {Graph} graph
 * @param {(node: number) => unknown} passes
 */
export function bounds(graph, passes) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let node = 0; node < graph.nodes; node++) {
    if (!passes(node)) continue;
    box[0] = Math.min(box[0], graph.x[node]);
    box[1] = Math.min(box[1], graph.y[node]);
    box[2] = Math.max(box[2], graph.x[node]);
    box[3] = Math.max(box[3], graph.y[node]);
  }
  return box;
}

/** Find the first and the last year. @param {Graph} graph */
function span(graph) {
  /** @type {number[]} */
  const known = histogram(graph)
    .map(([year]) => year)
    .filter(Boolean);
  return known.length ? [known[0], known[known.length - 1]] : [0, 0];
}

/**
 * Count papers by year, 0 for undated ones.
 * @param {Graph} graph
 * @returns {[number, number][]}
 */
export function histogram(graph) {
  const { data } = graph;
  /** @type {Map<number, number>} */
  const counts = new Map(data.years);
  if (!data.years) for (const year of data.papers.year) counts.set(year, (counts.get(year) ?? 0) + 1);
  for (const years of data.nodes.years) for (const [year] of years) if (!counts.has(year)) counts.set(year, 0);
  return [...counts].sort((a, b) => a[0] - b[0]);
}

/**
 * List the years in which papers state a link (0 undated); empty for rules and vocabulary.
 * @param {Graph} graph
 * @param {number} link
 * @returns {number[]}
 */
export function yearsOf(graph, link) {
  const { data, relations, entities } = graph;
  if (link >= relations) return [data.papers.year[graph.source[link] - entities]];
  if (data.edges.years) return data.edges.years[link].map((/** @type {number[]} */ each) => each[0]);
  /** @type {number[]} */
  const found = data.edges.evidence[link].map((/** @type {number} */ item) => paperOf(graph, item));
  return [...new Set(found.filter((paper) => paper >= 0).map((paper) => data.papers.year[paper]))];
}

/**
 * Name the paper of a piece of evidence, or -1.
 * @param {Graph} graph
 * @param {number} item
 * @returns {number}
 */
export function paperOf(graph, item) {
  const { evidence, sentences } = graph.data;
  if (evidence.paper) return evidence.paper[item];
  const [first] = evidence.sentences[item];
  return first === undefined ? -1 : sentences.paper[first];
}

/**
 * Name the other end of a link.
 * @param {Graph} graph
 * @param {number} link
 * @param {number} node
 */
export const otherEnd = (graph, link, node) => (graph.source[link] === node ? graph.target[link] : graph.source[link]);

/**
 * Say how a link reads from its head.
 * @param {Graph} graph
 * @param {number} link
 */
export const linkName = (graph, link) =>
  `${HELDS[graph.held[link]] === "negated" ? "not: " : ""}${graph.readings[graph.type[link]][0]}`;

/**
 * Give the number of a link's column row in `edges` or `claims`.
 * @param {Graph} graph
 * @param {number} link
 * @returns {[Payload, number]}
 */
export const rowOf = (graph, link) =>
  link < graph.relations ? [graph.data.edges, link] : [graph.data.claims, link - graph.relations];

/**
 * Make the lasting name of a link, as it stands in the address of a view.
 * @param {Graph} graph
 * @param {number} link
 */
export const linkId = (graph, link) =>
  [graph.id[graph.source[link]], graph.data.relations[graph.type[link]], graph.id[graph.target[link]]]
    .map(encode)
    .join(" ");

/** Replace lone surrogates, which no address can hold, by U+FFFD. @param {string} text */
export const tame = (text) => text.replace(/\p{Cs}/gu, "\ufffd");

/** Encode a name as a part of an address. @param {string} text */
export const encode = (text) => encodeURIComponent(tame(text));

/**
 * Find the link of a lasting name, or -1.
 * @param {Graph} graph
 * @param {string} name
 */
export function linkOf(graph, name) {
  const [head] = name.split(" ");
  for (let node = 0; node < graph.nodes; node++) {
    if (encode(graph.id[node]) !== head) continue;
    for (let at = graph.start[node]; at < graph.start[node + 1]; at++) {
      if (linkId(graph, graph.near[at]) === name) return graph.near[at];
    }
  }
  return -1;
}
