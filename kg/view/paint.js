/* The drawing: lines first, nodes above them, labels last. */
import { nameCommunities, nameLines, nameNodes } from "./captions.js";
import { Boxes } from "./labels.js";
import { HELD, HELDS, shapeOf } from "./looks.js";
import { outline } from "./pens.js";
import { LARGEST, loop, middle, projection, radius } from "./scene.js";
import { linkName } from "./model.js";
import { cut } from "./text.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Projection} Projection */
/** @typedef {import("./scene.js").Palette} Palette */
/** @typedef {import("./pens.js").Pen} Pen */
/** @typedef {import("./scene.js").Camera} Camera */
/** @typedef {import("./model.js").Graph} Graph */
/** @typedef {import("./captions.js").Measure} Measure */

/** Lines drawn in one stroke; more at once is slower. */
const BATCH = 300;
/** Chosen lines from which on they are drawn thinner. */
const CROWD = 30;

/**
 * Paint a scene.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Camera} camera
 * @param {Palette} palette
 * @param {Measure} measure
 */
export function paint(pen, scene, camera, palette, measure) {
  pen.box(0, 0, camera.width, camera.height, palette.ground);
  const across = projection(camera);
  paintBundles(pen, scene, across, palette);
  paintCommunities(pen, scene, across, palette);
  paintLines(pen, scene, across, palette);
  paintNodes(pen, scene, across, palette);
  const room = { measure, boxes: new Boxes(), nodes: new Boxes() };
  nameNodes(pen, scene, across, palette, room);
  nameLines(pen, scene, across, palette, room);
  nameCommunities(pen, scene, across, palette, room);
  const { nodes, papers, communities } = scene.shown.counts;
  if (nodes + papers + communities) return;
  const says = scene.graph.entities ? "Nothing passes the filters." : "The graph has no entity.";
  pen.text(says, camera.width / 2, camera.height / 2, { size: 15, color: palette.soft });
}

/**
 * Mark and name what is under the pointer, above all else.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Camera} camera
 * @param {Palette} palette
 * @param {Measure} measure
 */
export function paintHovered(pen, scene, camera, palette, measure) {
  const { graph, shown } = scene;
  const { communities } = graph.data;
  const { kind, at } = scene.hovered;
  const across = projection(camera);
  let [text, x, y] = ["", 0, 0];
  if (kind === "node" && shown.node[at]) {
    ring(pen, scene, [at], across, { color: palette.text, width: 1.5 });
    [text, x, y] = [graph.label[at], graph.x[at], graph.y[at]];
    y += (radius(scene, camera, at) + 10) / camera.scale;
  } else if (kind === "edge" && shown.link[at]) {
    pen.begin();
    trace(pen, graph, at, across);
    pen.stroke({ color: palette.text, width: 2.5 });
    [text, [x, y]] = [linkName(graph, at), middle(graph, at, camera.scale)];
  } else if (kind === "community" && shown.closed[at])
    [text, x, y] = [communities.label[at], communities.x[at], communities.y[at] + communities.r[at] + 12 / camera.scale];
  if (!text) return;
  const said = cut(text, 90);
  const half = measure(said, true) / 2 + 6;
  const place = Math.max(Math.min(across.x(x), camera.width - half), half);
  pen.box(place - half, across.y(y) - 9, 2 * half, 18, palette.ground);
  pen.text(said, place, across.y(y), { size: 12, color: palette.text, bold: true });
}

/** @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette */
function paintLines(pen, scene, across, palette) {
  const { graph, lines } = scene;
  // Many lines over each other must not become a blob: the more were seen in the last picture, the fainter they are.
  const faint = Math.min(Math.max(14 / Math.sqrt(scene.seen + 1), 0.13), 0.85);
  scene.seen = 0;
  const crowded = scene.strong.length > CROWD;
  for (const { links, held, width, rank, only } of lines) {
    const name = HELDS[held];
    const color = only
      ? [palette.rest, palette.a, palette.b][only]
      : name === "negated"
        ? palette.denied
        : rank === 2
          ? palette.text
          : palette.rest;
    const ink = {
      color,
      width: (rank === 2 && !crowded ? 1.2 : 0.7) + width * 0.45,
      dash: HELD[name].dash,
      alpha: [0.13, faint, crowded ? 0.6 : 1][rank],
    };
    let count = 0;
    pen.begin();
    for (const link of links) {
      if (!trace(pen, graph, link, across)) continue;
      scene.seen++;
      if (++count % BATCH === 0) {
        pen.stroke(ink);
        pen.begin();
      }
    }
    pen.stroke(ink);
    if (rank === 2) arrows(pen, scene, links, across, color);
  }
}

/** Put a line into the path, if it may be seen. @param {Pen} pen @param {Graph} graph @param {number} link @param {Projection} across */
function trace(pen, graph, link, across) {
  const { camera } = across;
  const [a, b] = [graph.source[link], graph.target[link]];
  const [ax, ay, bx, by] = [across.x(graph.x[a]), across.y(graph.y[a]), across.x(graph.x[b]), across.y(graph.y[b])];
  if (
    (ax < 0 && bx < 0) ||
    (ay < 0 && by < 0) ||
    (ax > camera.width && bx > camera.width) ||
    (ay > camera.height && by > camera.height)
  )
    return false;
  if (a === b) {
    const high = loop(graph, link, camera.scale) * camera.scale;
    pen.disc(ax, ay - high / 2, high / 2);
    return true;
  }
  pen.move(ax, ay);
  if (!graph.bend[link]) {
    pen.line(bx, by);
    return true;
  }
  const [mx, my] = middle(graph, link, camera.scale);
  // The curve goes through the middle when its handle stands twice as far out.
  pen.curve(across.x(mx) * 2 - (ax + bx) / 2, across.y(my) * 2 - (ay + by) / 2, bx, by);
  return true;
}

/** @param {Pen} pen @param {Scene} scene @param {number[]} links @param {Projection} across @param {string} color */
function arrows(pen, scene, links, across, color) {
  const { graph } = scene;
  pen.begin();
  for (const link of links.slice(0, 400)) {
    const [a, b] = [graph.source[link], graph.target[link]];
    if (a === b) continue;
    const [x, y] = [across.x(graph.x[b]), across.y(graph.y[b])];
    const [mx, my] = middle(graph, link, across.camera.scale);
    const from = graph.bend[link]
      ? [across.x(mx) * 2 - (across.x(graph.x[a]) + x) / 2, across.y(my) * 2 - (across.y(graph.y[a]) + y) / 2]
      : [across.x(graph.x[a]), across.y(graph.y[a])];
    const far = Math.hypot(x - from[0], y - from[1]);
    const back = radius(scene, across.camera, b) * 1.1 + 1;
    if (far < back + 9) continue;
    const [ux, uy] = [(x - from[0]) / far, (y - from[1]) / far];
    const [tx, ty] = [x - ux * back, y - uy * back];
    pen.move(tx, ty);
    pen.line(tx - ux * 9 - uy * 4, ty - uy * 9 + ux * 4);
    pen.line(tx - ux * 9 + uy * 4, ty - uy * 9 - ux * 4);
    pen.close();
  }
  pen.fill({ color });
}

/** @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette */
function paintNodes(pen, scene, across, palette) {
  const { graph, state } = scene;
  for (const { nodes, kind, rank, only } of scene.nodes) {
    const shape = shapeOf(graph.kinds[kind]);
    pen.begin();
    for (const node of nodes) {
      const [x, y] = [across.x(graph.x[node]), across.y(graph.y[node])];
      if (across.inside(x, y, LARGEST)) outline(pen, shape, x, y, radius(scene, across.camera, node));
    }
    const alpha = rank ? 1 : 0.22;
    pen.fill({ color: palette.kinds[kind], alpha });
    if (graph.unit * across.camera.scale > 16) pen.stroke({ color: palette.ground, width: 1 });
    if (only)
      ring(pen, scene, nodes, across, {
        color: only === 1 ? palette.a : palette.b,
        width: 2,
        dash: only === 1 ? [] : [3, 2],
        alpha,
      });
  }
  const { kind, at } = state.selected;
  const marked = kind === "node" ? [at] : kind === "edge" ? [graph.source[at], graph.target[at]] : [];
  ring(
    pen,
    scene,
    marked.filter((node) => scene.shown.node[node]),
    across,
    { color: palette.text, width: 2.5 },
  );
}

/** @param {Pen} pen @param {Scene} scene @param {number[]} nodes @param {Projection} across @param {import("./pens.js").Ink} ink */
function ring(pen, scene, nodes, across, ink) {
  pen.begin();
  for (const node of nodes)
    pen.disc(
      across.x(scene.graph.x[node]),
      across.y(scene.graph.y[node]),
      radius(scene, across.camera, node) * 1.2 + 3,
    );
  pen.stroke(ink);
}

/** @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette */
function paintBundles(pen, scene, across, palette) {
  const { communities } = scene.graph.data;
  const { bundles } = scene.shown;
  // Beside nodes they must not be taken for relations of these.
  const alpha = scene.shown.counts.nodes ? 0.14 : 0.45;
  // Where all is joined to all, only the strongest bonds say something.
  for (let at = 0; at < Math.min(bundles.length, 9 * communities.x.length); at += 3) {
    const [a, b, count] = bundles.slice(at, at + 3);
    pen.begin();
    pen.move(across.x(communities.x[a]), across.y(communities.y[a]));
    pen.line(across.x(communities.x[b]), across.y(communities.y[b]));
    pen.stroke({ color: palette.rest, width: Math.min(0.5 + Math.log2(count) * 0.6, 5), alpha });
  }
}

/** @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette */
function paintCommunities(pen, scene, across, palette) {
  const { communities } = scene.graph.data;
  scene.shown.closed.forEach((closed, place) => {
    if (!closed) return;
    const r = Math.max(communities.r[place] * across.camera.scale, 5);
    pen.begin();
    pen.disc(across.x(communities.x[place]), across.y(communities.y[place]), r);
    pen.fill({ color: palette.circle });
    const chosen = scene.state.selected.kind === "community" && scene.state.selected.at === place;
    pen.stroke({ color: chosen ? palette.text : palette.rest, width: chosen ? 3 : 1.5 });
  });
}
