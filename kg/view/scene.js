/* What is drawn, in groups of one ink, and where it lies on the screen. */
import { otherEnd } from "./model.js";

/** @typedef {import("./model.js").Graph} Graph */
/** @typedef {import("./filters.js").Shown} Shown */
/** @typedef {import("./state.js").State} State */
/** @typedef {{ ground: string, text: string, soft: string, rest: string, denied: string, circle: string, a: string, b: string, kinds: string[] }} Palette */
/**
 * The world's point in the middle, pixels per unit, and pixels at the left and the right that are not seen.
 * @typedef {{ x: number, y: number, scale: number, width: number, height: number, rim?: number }} Camera
 */

/**
 * What is drawn, sorted into groups of one ink. Ranks: 0 greyed, 1 as usual, 2 near what is chosen.
 * @typedef {object} Scene
 * @property {Graph} graph
 * @property {State} state
 * @property {Shown} shown
 * @property {Uint8Array} nodeRank
 * @property {{ links: number[], held: number, width: number, rank: number, only: number }[]} lines
 * @property {{ nodes: number[], kind: number, rank: number, only: number }[]} nodes
 * @property {number[]} named  nodes in the order in which they get labels
 * @property {number[]} strong  links near what is chosen
 * @property {import("./state.js").Selected} hovered
 * @property {number} seen  lines that the last picture showed
 */

/** Pixels from which to which nodes are drawn. */
export const SMALLEST = 2.2;
export const LARGEST = 24;
/** Distance of two nodes in a crowd, in the world: none is drawn so large that it covers its neighbours. */
const PITCH = 16;

/**
 * Sort what is shown into groups.
 * @param {Graph} graph
 * @param {State} state
 * @param {Shown} shown
 * @returns {Scene}
 */
export function prepare(graph, state, shown) {
  const { nodeRank, linkRank } = ranks(graph, state, shown);
  const lines = new Map();
  const strong = [];
  const compare = graph.data.compare;
  for (let link = 0; link < graph.links; link++) {
    if (!shown.link[link]) continue;
    const width = Math.min(Math.floor(Math.log2(graph.strength[link] + 1)), 4);
    const only = compare && link < graph.relations ? compare.edge[link] : 0;
    const key = ((linkRank[link] * 8 + graph.held[link]) * 8 + width) * 4 + only;
    if (!lines.has(key)) lines.set(key, { links: [], held: graph.held[link], width, rank: linkRank[link], only });
    lines.get(key).links.push(link);
    if (linkRank[link] === 2) strong.push(link);
  }
  const nodes = new Map();
  const named = [];
  for (let node = 0; node < graph.nodes; node++) {
    if (!shown.node[node]) continue;
    const only = compare && node < graph.entities ? compare.node[node] : 0;
    const key = (nodeRank[node] * 64 + graph.kind[node]) * 4 + only;
    if (!nodes.has(key)) nodes.set(key, { nodes: [], kind: graph.kind[node], rank: nodeRank[node], only });
    nodes.get(key).nodes.push(node);
    named.push(node);
  }
  /** @param {number} node */
  const turn = (node) => (node === state.selected.at && state.selected.kind === "node" ? 3 : nodeRank[node]);
  named.sort((a, b) => turn(b) - turn(a) || graph.support[b] - graph.support[a] || a - b);
  strong.sort(
    (a, b) => graph.strength[b] - graph.strength[a] || graph.confidence[b] - graph.confidence[a] || a - b,
  );
  const byRank = (/** @type {{ rank: number }} */ a, /** @type {{ rank: number }} */ b) => a.rank - b.rank;
  return {
    graph,
    state,
    shown,
    nodeRank,
    lines: [...lines.values()].sort(byRank),
    nodes: [...nodes.values()].sort(byRank),
    named,
    strong,
    hovered: { kind: "", at: -1 },
    seen: shown.counts.edges,
  };
}

/**
 * Rank nodes and links by how near they are to what is chosen; without a choice all are as usual.
 * @param {Graph} graph
 * @param {State} state
 * @param {Shown} shown
 */
function ranks(graph, state, shown) {
  const { kind, at } = state.selected;
  const nodeRank = new Uint8Array(graph.nodes).fill(1);
  const linkRank = new Uint8Array(graph.links).fill(1);
  const links = state.way ?? (kind === "edge" ? [at] : []);
  const ends = links.flatMap((link) => [graph.source[link], graph.target[link]]);
  const isNode = kind === "node" && !state.way;
  if (!isNode && !links.length) return { nodeRank, linkRank };
  const rest = state.only ? 1 : 0;
  nodeRank.fill(rest);
  linkRank.fill(rest);
  for (const node of ends) nodeRank[node] = 2;
  for (const link of links) linkRank[link] = 2;
  if (!isNode) return { nodeRank, linkRank };
  nodeRank[at] = 2;
  for (let place = graph.start[at]; place < graph.start[at + 1]; place++) {
    const link = graph.near[place];
    if (!shown.link[link]) continue;
    linkRank[link] = 2;
    nodeRank[otherEnd(graph, link, at)] = 2;
  }
  return { nodeRank, linkRank };
}

/**
 * Give the radius of a node in pixels.
 * @param {Scene} scene
 * @param {Camera} camera
 * @param {number} node
 */
export function radius({ graph, nodeRank }, camera, node) {
  const least = nodeRank[node] === 2 ? 4.5 : Math.min(Math.max((camera.scale * PITCH) / 2, 0.9), SMALLEST);
  const share = graph.data.nodes.linked?.[node] === 0 ? 0.75 : 1;
  return Math.min(Math.max(graph.r[node] * camera.scale * share, least), LARGEST);
}

/**
 * Give the point through which the middle of a link goes, in the world.
 * @param {Graph} graph
 * @param {number} link
 * @param {number} scale
 * @returns {[number, number]}
 */
export function middle(graph, link, scale) {
  const [a, b] = [graph.source[link], graph.target[link]];
  const [ax, ay, bx, by] = [graph.x[a], graph.y[a], graph.x[b], graph.y[b]];
  if (a === b) return [ax, ay - loop(graph, link, scale)];
  const bend = graph.bend[link] * 0.18;
  return [(ax + bx) / 2 - (by - ay) * bend, (ay + by) / 2 + (bx - ax) * bend];
}

/**
 * Give the point at a part of the way along a link, in the world.
 * @param {Graph} graph
 * @param {number} link
 * @param {number} part
 * @param {number} scale
 */
export function along(graph, link, part, scale) {
  const [a, b] = [graph.source[link], graph.target[link]];
  const [mx, my] = middle(graph, link, scale);
  if (a === b) return [mx, my];
  // The handle of the curve stands twice as far out as its middle.
  const handle = 2 * part * (1 - part);
  const at = (/** @type {number} */ from, /** @type {number} */ m, /** @type {number} */ to) =>
    (1 - part) ** 2 * from + handle * (2 * m - (from + to) / 2) + part ** 2 * to;
  return [at(graph.x[a], mx, graph.x[b]), at(graph.y[a], my, graph.y[b])];
}

/** Give the height of the loop of a link from a node to itself, in the world. @param {Graph} graph @param {number} link @param {number} scale */
export const loop = (graph, link, scale) =>
  Math.min(Math.max(graph.r[graph.source[link]], SMALLEST / scale), LARGEST / scale) * 2 +
  ((graph.bend[link] + 1) * 12) / scale;

/** @typedef {{ camera: Camera, x: (x: number) => number, y: (y: number) => number, inside: (x: number, y: number, reach: number) => boolean }} Projection */

/** Give the way from the world to the screen. @param {Camera} camera @returns {Projection} */
export function projection(camera) {
  const [dx, dy] = [camera.width / 2 - camera.x * camera.scale, camera.height / 2 - camera.y * camera.scale];
  return {
    camera,
    x: (x) => x * camera.scale + dx,
    y: (y) => y * camera.scale + dy,
    inside: (x, y, reach) => x > -reach && y > -reach && x < camera.width + reach && y < camera.height + reach,
  };
}
