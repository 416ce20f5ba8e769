import assert from "node:assert/strict";
import { test } from "node:test";
import { compute } from "../../kg/view/filters.js";
import { find, makeIndex } from "../../kg/view/find.js";
import { apart, linkAt, makeGrid, nodeAt } from "../../kg/view/grid.js";
import { histogram, linkId, linkOf, read, yearsOf } from "../../kg/view/model.js";
import { rings } from "../../kg/view/rings.js";
import { along, middle, prepare } from "../../kg/view/scene.js";
import { fromHash, initial, toHash } from "../../kg/view/state.js";
import { shortest, within } from "../../kg/view/walk.js";
import { payload } from "./sample.js";

const graph = read(payload());
const shown = (/** @type {object} */ patch, of = graph) => {
  const found = compute(of, { ...initial(of), ...patch });
  return {
    nodes: [...found.node.keys()].filter((at) => found.node[at]),
    links: [...found.link.keys()].filter((at) => found.link[at]),
    found,
  };
};

test("columns are read, papers after entities and claims after relations", () => {
  assert.equal(graph.nodes, 7);
  assert.equal(graph.links, 9);
  assert.deepEqual([...graph.source.slice(6)], [5, 5, 6]);
  assert.deepEqual([...graph.near.subarray(graph.start[0], graph.start[1])], [0, 1, 6, 4]);
  assert.deepEqual(yearsOf(graph, 0), [2020, 2022]);
  assert.deepEqual(graph.years, [2020, 2022]);
  assert.deepEqual(histogram(graph), [
    [0, 1],
    [2020, 0],
    [2021, 0],
    [2022, 1],
  ]);
  assert.ok(graph.bend[0] !== 0 && graph.bend[0] === -graph.bend[4]);
});

test("at the start all entities are shown, denied relations and papers are not", () => {
  const { nodes, links } = shown({});
  assert.deepEqual(nodes, [0, 1, 2, 3, 4]);
  assert.deepEqual(links, [0, 1, 2, 3, 5]);
});

test("filters hide kinds, relations, lines, and what is too weak", () => {
  assert.deepEqual(shown({ kinds: new Set(["Dataset"]) }).links, [0]);
  assert.deepEqual(shown({ relations: new Set(["is_a"]) }).links, [1, 2]);
  assert.deepEqual(shown({ helds: new Set(["rule", "hedged", "negated"]) }).links, [0, 1, 5]);
  assert.deepEqual(shown({ leastConfidence: 800 }).links, [0, 1, 3]);
  assert.deepEqual(shown({ leastSupport: 2 }).links, [0, 1]);
  assert.deepEqual(shown({ leastPapers: 2 }).nodes, [0, 1, 2]);
});

test("years keep what has one of them, undated things until asked to leave", () => {
  assert.deepEqual(shown({ from: 2021, to: 2021 }).nodes, [2, 3]);
  assert.deepEqual(shown({ from: 2021, to: 2021, undated: false }).nodes, [3]);
  assert.deepEqual(shown({ undated: false }).nodes, [0, 1, 3, 4]);
  assert.deepEqual(shown({ from: 2022, to: 2022, fresh: true }).nodes, [1]);
  assert.deepEqual(shown({ from: 2022, to: 2022 }).links, [0, 1, 5]);
});

test("what is chosen is shown though a filter hides it", () => {
  assert.deepEqual(shown({ kinds: new Set(["Method"]), selected: { kind: "node", at: 0 } }).nodes, [0, 2, 3]);
  assert.ok(shown({ selected: { kind: "edge", at: 4 } }).links.includes(4));
});

test("papers come with their claims when asked for", () => {
  const { nodes, links } = shown({ papers: true });
  assert.deepEqual(nodes, [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(links, [0, 1, 2, 3, 5, 6, 7, 8]);
});

test("only neighbours within some steps", () => {
  const around = (/** @type {number} */ only) => shown({ only, selected: { kind: "node", at: 3 }, anchor: 3 }).nodes;
  assert.deepEqual(around(1), [2, 3]);
  assert.deepEqual(around(2), [0, 1, 2, 3]);
  assert.deepEqual([...within(graph, 4, 3, () => true)], [0, 0, 0, 0, 1, 0, 0]);
});

test("communities are closed until opened", () => {
  const large = read({ ...payload(), mode: "communities" });
  const { nodes, found } = shown({}, large);
  assert.deepEqual(nodes, []);
  assert.deepEqual([...found.closed], [1, 1]);
  assert.deepEqual(found.bundles, [0, 1, 2]);
  const open = shown({ open: new Set([1]) }, large);
  assert.deepEqual(open.nodes, [2, 3, 4]);
  assert.deepEqual(open.links, [3, 5]);
  assert.equal(shown({ all: true }, large).nodes.length, 5);
});

test("a backbone shows its first nodes and what is chosen with its neighbours", () => {
  const part = read({ ...payload(), mode: "backbone", graph: { ...payload().graph, drawn: 1 } });
  assert.deepEqual(shown({}, part).nodes, [0]);
  assert.deepEqual(shown({ selected: { kind: "node", at: 3 }, anchor: 3 }, part).nodes, [0, 2, 3]);
});

test("the shortest path goes over links that pass", () => {
  assert.deepEqual(
    shortest(graph, 1, 3, () => true),
    [2, 3],
  );
  assert.deepEqual(
    shortest(graph, 1, 3, (link) => link !== 2),
    [0, 1, 3],
  );
  assert.equal(
    shortest(graph, 1, 4, () => true),
    null,
  );
  assert.deepEqual(
    shortest(graph, 1, 1, () => true),
    [],
  );
});

test("search finds names and other names, entities before papers", () => {
  const index = makeIndex(graph);
  const ids = (/** @type {string} */ text) => find(index, text, 9).map(({ node }) => graph.id[node]);
  assert.deepEqual(ids("alpha"), ["entity:a", "paper:1"]);
  assert.deepEqual(ids("beta net"), ["entity:b"]);
  assert.deepEqual(ids("c corpus"), ["entity:c"]);
  assert.deepEqual(ids("  "), []);
  assert.deepEqual(ids("nothing"), []);
});

test("the address holds the state and gives it back", () => {
  const link = linkId(graph, 1);
  assert.equal(link, "entity%3Aa evaluated_on entity%3Ac");
  assert.equal(linkOf(graph, link), 1);
  const state = initial(graph);
  assert.equal(toHash(graph, state), "");
  Object.assign(state, {
    selected: { kind: "edge", at: 1 },
    anchor: 2,
    kinds: new Set(["Task"]),
    helds: new Set(),
    from: 2021,
    undated: false,
    leastConfidence: 500,
    leastSupport: 2,
    only: 2,
    papers: true,
    open: new Set([1]),
    theme: "dark",
    view: [1, -2, 300],
  });
  const hash = toHash(graph, state);
  const back = fromHash(graph, `#${hash}`);
  assert.deepEqual(back, state);
  assert.equal(toHash(graph, back), hash);
});

test("a path stands in the address", () => {
  const back = fromHash(graph, "n=entity:a&to=entity:d");
  assert.deepEqual([back.wayFrom, back.wayTo], [0, 3]);
});

test("an address from anybody does no harm", () => {
  const start = initial(graph);
  for (const bad of [
    "#n=__proto__",
    "#e=%E0%A4%A",
    "#n=%",
    "#k=<img src=x>&h=99&mc=-4&y=9-1&o=5,x,-1&v=1,2&d=pink&c=7",
    "#" + "x".repeat(1e5),
    "#e=entity%3Aa is_a",
  ]) {
    const { kinds, ...rest } = fromHash(graph, bad);
    const { kinds: none, ...plain } = start;
    assert.deepEqual([...kinds], [...none], bad);
    assert.deepEqual(rest, plain, bad);
  }
});

test("a point finds the node or the line that lies there", () => {
  const grid = makeGrid(graph);
  const { found } = shown({});
  const node = (/** @type {number} */ x, /** @type {number} */ y) =>
    nodeAt(graph, grid, { x, y, reach: 12, drawn: found.node, radius: () => 10 });
  assert.equal(node(203, 4), 2);
  assert.equal(node(150, 0), -1);
  assert.equal(node(-1e9, 1e9), -1);
  const straight = (/** @type {number} */ link) =>
    /** @type {[number, number]} */ ([(graph.x[graph.source[link]] + graph.x[graph.target[link]]) / 2, 0]);
  assert.equal(linkAt(graph, { x: 250, y: 3, reach: 6, drawn: found.link, middle: straight }), 3);
  assert.equal(linkAt(graph, { x: 250, y: 30, reach: 6, drawn: found.link, middle: straight }), -1);
  assert.equal(apart(5, 5, 0, 0, 10, 0), 5);
});

test("the rest is greyed around what is chosen", () => {
  const state = {
    ...initial(graph),
    selected: /** @type {import("../../kg/view/state.js").Selected} */ ({ kind: "node", at: 3 }),
    anchor: 3,
  };
  const scene = prepare(graph, state, compute(graph, state));
  assert.deepEqual([...scene.nodeRank.slice(0, 5)], [0, 0, 2, 2, 0]);
  assert.deepEqual(scene.strong, [3]);
  assert.equal(scene.named[0], 3);
});

test("a graph of nothing is read", () => {
  const bare = JSON.parse(JSON.stringify(payload()), (_, value) => (Array.isArray(value) ? [] : value));
  const empty = read({ ...bare, mode: "all" });
  assert.equal(empty.nodes, 0);
  assert.deepEqual(shown({}, empty).nodes, []);
  assert.equal(makeGrid(empty).nodes.length, 0);
});

test("neighbours stand on rings around a node, those two steps away on the outer one, the map as it was", () => {
  const of = read(payload());
  const all = compute(of, initial(of));
  const { x, y } = rings(of, 0, all.node, (link) => all.link[link]);
  const far = (/** @type {number} */ node) => Math.hypot(x[node] - x[0], y[node] - y[0]);
  const near = within(of, 0, 1, (link) => all.link[link]);
  const two = within(of, 0, 2, (link) => all.link[link]);
  const direct = [1, 2, 3, 4].filter((node) => near[node]);
  assert.ok(direct.length > 1);
  for (const node of direct) assert.ok(Math.abs(far(node) - far(direct[0])) < 0.1 && far(node) > 100);
  for (const node of [1, 2, 3, 4]) if (two[node] && !near[node]) assert.ok(far(node) > far(direct[0]) + 100);
  assert.deepEqual([...of.x], [...of.home.x]);
});

test("the name of a line stands on the line", () => {
  assert.deepEqual(along(graph, 0, 0.5, 1).map(Math.round), middle(graph, 0, 1).map(Math.round));
  assert.deepEqual(along(graph, 0, 0, 1), [graph.x[graph.source[0]], graph.y[graph.source[0]]]);
});

test("the size of a community counts what passes", () => {
  const { found } = shown({ kinds: new Set(["Dataset"]) });
  assert.equal(
    found.sizes.reduce((a, b) => a + b, 0),
    shown({ kinds: new Set(["Dataset"]) }).nodes.length,
  );
});
