/* The words in the drawing. */
import { Boxes, HALF, ROW, rowsWithin } from "./labels.js";
import { linkName } from "./model.js";
import { along, radius } from "./scene.js";
import { cut } from "./text.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Projection} Projection */
/** @typedef {import("./scene.js").Palette} Palette */
/** @typedef {import("./pens.js").Pen} Pen */
/** @typedef {(text: string, bold: boolean) => number} Measure */
/** @typedef {{ measure: Measure, boxes: Boxes, nodes: Boxes }} Room */

/** Most labels of nodes and of lines in one picture. */
const LABELS = 160;
const LINE_LABELS = 30;
/** Nodes in view up to which labels are moved about to find room, and radius from which a node is not written over. */
const FEW = 160;
const LARGE = 5;
/** Parts of a line at which its name may stand, in the order in which they are tried. */
const PARTS = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
/** Radius of a community's circle up to which it is named in one, in two and in three names. */
const NAMES = [34, 60, Infinity];
/** Pixels that a name in a circle leaves free, and by which (less than nothing) it may stand out. */
const WITHIN = 5,
  BEYOND = -14;
/** Best supported nodes whose names may cover others but not each other; the very best, which are named at any rate; pixels of the canvas for each name in a crowd. */
const FIRST = 40,
  VERY_BEST = 8,
  CROWDED = 7500;

/**
 * List the places where the label of a node may stand, as the middle of its text: below, above, right, left.
 * @param {number} middle
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {number} half
 */
const spots = (middle, x, y, r, half) => [
  [middle, y + r + 10],
  [middle, y - r - 10],
  [x + r + half + 2, y],
  [x - r - half - 2, y],
];

/** Name the nodes, best supported first. @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette @param {Room} room */
export function nameNodes(pen, scene, across, palette, { measure, boxes, nodes }) {
  const { graph, state, nodeRank } = scene;
  const { width, rim = 0 } = across.camera;
  const { kind, at } = state.selected;
  const links = state.way ?? (kind === "edge" ? [at] : []);
  // What is chosen has its name wherever there is room, and at any rate below.
  const must = new Set(links.flatMap((link) => [graph.source[link], graph.target[link]]));
  if (kind === "node") must.add(at);
  const some = nodeRank.some((rank) => rank === 2);
  const seen = scene.named.filter(
    (node) =>
      (!some || nodeRank[node] || must.has(node)) && across.inside(across.x(graph.x[node]), across.y(graph.y[node]), 40),
  );
  const few = some || seen.length <= FEW;
  const hubs = new Boxes();
  for (const [turn, node] of seen.entries()) {
    const [x, y, r] = [across.x(graph.x[node]), across.y(graph.y[node]), radius(scene, across.camera, node)];
    if (few || r > LARGE) nodes.take([x - r, y - r, x + r, y + r]);
    if (turn < FIRST) hubs.take([x - r, y - r, x + r, y + r]);
  }
  let left = few ? LABELS : Math.min(LABELS, (width * across.camera.height) / CROWDED);
  for (const [turn, node] of seen.slice(0, 4000).entries()) {
    if (left <= 0) break;
    const [x, y] = [across.x(graph.x[node]), across.y(graph.y[node])];
    const chosen = must.has(node);
    const text = cut(graph.label[node], chosen ? 60 : 36);
    const half = measure(text, chosen) / 2 + 2;
    // A label at the rim moves in.
    const middleX = Math.max(Math.min(x, width - rim - half), rim + half);
    const r = radius(scene, across.camera, node) * (chosen ? 1.2 : 1) + (chosen ? 4 : 0);
    const [below, above, ...beside] = spots(middleX, x, y, r, half);
    const aside = beside.filter(([at]) => at - half >= rim && at + half <= width - rim);
    // Around one node the names stand outside.
    const out = state.only && state.anchor >= 0 && !chosen;
    if (out && x < across.x(graph.x[state.anchor])) aside.reverse();
    const tried = out ? [...aside, below, above] : [below, above, ...aside];
    const box = (/** @type {number[]} */ [bx, by]) => [bx - half, by - 8, bx + half, by + 7];
    const clear = tried.filter((spot) => boxes.free(box(spot)));
    // A name over another node is read for that one's.
    const bare = clear.find((each) => nodes.free(box(each)));
    const over = turn < FIRST && !some ? clear.find((each) => hubs.free(box(each))) : null;
    const spot = bare ?? over ?? (chosen ? (clear[0] ?? below) : turn < VERY_BEST && !some ? clear[0] : null);
    if (!spot) continue;
    boxes.take(box(spot));
    pen.text(text, spot[0], spot[1], { size: 12, color: palette.text, halo: palette.ground, bold: chosen });
    left--;
  }
}

/** Name the lines near what is chosen, where there is room. @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette @param {Room} room */
export function nameLines(pen, scene, across, palette, { measure, boxes, nodes }) {
  const { graph, state } = scene;
  let left = LINE_LABELS;
  for (const link of scene.strong) {
    if (left <= 0) break;
    const own = state.selected.kind === "edge" && state.selected.at === link;
    const text = linkName(graph, link);
    const half = measure(text, false) * 0.46 + 3;
    const tried = PARTS.map((part) => {
      const [x, y] = along(graph, link, part, across.camera.scale);
      return [across.x(x), across.y(y)];
    }).filter(([x, y]) => across.inside(x, y, 0));
    const box = (/** @type {number[]} */ [x, y]) => [x - half, y - 8, x + half, y + 8];
    const spot =
      tried.find((each) => boxes.free(box(each)) && nodes.free(box(each))) ?? (own ? tried[0] : undefined);
    if (!spot) continue;
    boxes.take(box(spot));
    pen.box(spot[0] - half, spot[1] - 7, 2 * half, 14, palette.ground);
    pen.text(text, spot[0], spot[1], { size: 11, color: palette.soft });
    left--;
  }
}

/**
 * Name the communities that are closed: first those whose names fit in their circles, then, the largest first, those
 * whose names find room over the rim; what is left has its name cut.
 * @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette @param {Room} room
 */
export function nameCommunities(pen, scene, across, palette, { measure, boxes }) {
  const { communities } = scene.graph.data;
  const { closed, sizes } = scene.shown;
  const { width, rim = 0 } = across.camera;
  const focused = scene.nodeRank.includes(2);
  const circles = [...closed.keys()]
    .filter((place) => closed[place])
    .map((place) => ({
      names: /** @type {string[]} */ (communities.label[place].split(", ")),
      size: sizes[place].toLocaleString("en"),
      x: across.x(communities.x[place]),
      y: across.y(communities.y[place]),
      r: Math.max(communities.r[place] * across.camera.scale, 5),
    }))
    .filter(({ x, y, r }) => across.inside(x, y, r))
    .sort((a, b) => b.r - a.r);
  /** @param {typeof circles[0]} circle @param {string[]} rows @param {number} y @param {boolean} [counted] */
  const write = ({ x, r, size }, rows, y, counted = false) => {
    const all = counted ? [...rows, size] : rows;
    const type = typeOf(r);
    const half = (Math.max(...all.map((row) => measure(row, type.bold))) * type.size) / 24;
    const top = y - ((all.length - 1) / 2) * ROW;
    // At the rim of the canvas it moves in, but stays by its circle.
    const [least, most] = [rim + half, width - rim - half];
    const shift = r > half ? (r - half) * 0.7 : half / 2;
    const at = Math.max(Math.min(Math.max(Math.min(x, most), least), x + shift), x - shift);
    if (!boxes.put([at - half, top - HALF, at + half, top + (all.length - 1) * ROW + HALF])) return false;
    all.forEach((row, place) => {
      const last = counted && place === rows.length;
      const color = last || focused ? palette.soft : palette.text;
      pen.text(row, at, top + place * ROW, { ...type, color, halo: palette.circle, bold: type.bold && !last && !focused });
    });
    return true;
  };
  /** @param {typeof circles[0]} circle @returns {(text: string) => number} */
  const ruler =
    ({ r }) =>
    (text) =>
      (measure(text, typeOf(r).bold) * typeOf(r).size) / 12;
  /** Tell whether rows at some height keep clear of all other circles. @param {typeof circles[0]} circle @param {string[]} rows @param {number} y */
  const apart = (circle, rows, y) => {
    const half = Math.max(...rows.map(ruler(circle))) / 2;
    const high = (rows.length * ROW) / 2;
    return circles.every((other) => {
      const [dx, dy] = [Math.abs(other.x - circle.x) - half, Math.abs(other.y - y) - high];
      return other === circle || Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) > other.r;
    });
  };
  /** Name a circle inside, or a little beyond its rim. @param {typeof circles[0]} circle @param {string} text @param {number} spare */
  const inside = (circle, text, spare) =>
    [1, 0].some((below) => {
      const rows = rowsWithin(text, circle.r, ruler(circle), below, spare);
      return rows && (spare > 0 || apart(circle, rows, circle.y)) && write(circle, rows, circle.y, below > 0);
    });
  const rest = circles.filter((circle) => {
    const most = NAMES.findIndex((radius) => circle.r <= radius) + 1;
    for (let count = most; count > 0; count--) {
      if (inside(circle, circle.names.slice(0, count).join(", "), WITHIN)) return false;
    }
    return true;
  });
  for (const circle of rest.slice(0, LABELS)) {
    const { names, y, r } = circle;
    const text = cut(names[0], 30);
    if (inside(circle, text, BEYOND)) continue;
    if ([y, y + r + 8, y - r - 8].some((at) => apart(circle, [text], at) && write(circle, [text], at))) continue;
    for (let length = text.length - 2; length > 3; length--) {
      if (inside(circle, `${text.slice(0, length).trim()}…`, BEYOND)) break;
    }
  }
}

/** Give the type in which a circle of some radius is named. @param {number} r */
const typeOf = (r) => ({ size: r > 44 ? 12 : r > 24 ? 11 : 10, bold: r > 34 });
