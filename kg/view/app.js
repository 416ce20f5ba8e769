/* The page at work: what the reader asks for changes the state, and the state is drawn. */
import { compute } from "./filters.js";
import { linkAt, makeGrid, nodeAt } from "./grid.js";
import { bounds, otherEnd } from "./model.js";
import { canvasPen, font } from "./pens.js";
import { paint, paintHovered } from "./paint.js";
import { middle, prepare, projection, radius } from "./scene.js";
import { rings } from "./rings.js";
import { shortest } from "./walk.js";
import { palette } from "./dom.js";
import { View } from "./camera.js";

/** @typedef {import("./model.js").Graph} Graph */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Selected} Selected */

/** Milliseconds after the last movement until all is drawn again. */
const REST = 120;
/** Pixels around a node and around a line in which a click hits it. */
const NODE_REACH = 12,
  LINE_REACH = 6;
/** Frames whose times are kept. */
const FRAMES = 240;
/** Nodes and links from which on a moving picture is not painted anew in each frame. */
const HEAVY = 2500;
/** Size of the picture kept beyond each side of the canvas, and part of the width that may stay bare while it moves. */
const SPREAD = 0.25,
  BARE = 0.2;

export class App {
  /** @param {Graph} graph @param {State} state @param {HTMLCanvasElement} canvas */
  constructor(graph, state, canvas) {
    this.graph = graph;
    this.state = state;
    this.grid = makeGrid(graph);
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    this.kept = /** @type {CanvasRenderingContext2D} */ (
      document.createElement("canvas").getContext("2d", { alpha: false })
    );
    /** @type {import("./scene.js").Camera} */
    this.keptCamera = { x: 0, y: 0, scale: 1, width: 1, height: 1 };
    this.stale = true;
    this.view = new View(canvas, () => this.moved());
    this.palette = palette(graph.kinds);
    this.shown = compute(graph, state);
    this.scene = prepare(graph, state, this.shown);
    /** @type {{ selected: Selected, anchor: number }[]} */
    this.past = [];
    /** @type {((why: string) => void)[]} */
    this.listeners = [];
    /** @type {Map<string, number>} */
    this.widths = new Map();
    this.frames = { count: 0, last: 0, gaps: /** @type {number[]} */ ([]), at: 0 };
    this.asked = 0;
    this.moving = false;
    this.resting = 0;
  }

  /* ---- changing ---- */

  /** Take a change of the state over, draw it and tell all who listen; `why` is "filter", "select" or "view". @param {Partial<State>} patch @param {string} why */
  change(patch, why = "filter") {
    Object.assign(this.state, patch);
    if (why !== "view") this.recompute();
    for (const listener of this.listeners) listener(why);
    this.request();
  }

  recompute() {
    const { graph, state } = this;
    state.way = null;
    this.shown = compute(graph, state);
    if (state.wayTo >= 0) {
      state.way = shortest(graph, state.wayFrom, state.wayTo, (link) => this.shown.passLink[link]);
      this.shown = compute(graph, state);
    }
    this.place();
    this.scene = prepare(graph, state, this.shown);
  }

  /** Put neighbours on rings where only they are shown, and all back where they were. */
  place() {
    const { graph, state, shown } = this;
    const { home } = graph;
    const round = state.only > 0 && state.anchor >= 0;
    if (!round && graph.x === home.x) return;
    Object.assign(graph, round ? rings(graph, state.anchor, shown.node, (link) => shown.link[link]) : home);
    this.grid = makeGrid(graph);
  }

  /** Choose a node, a link, a community or nothing. @param {Selected} selected @param {{ move?: boolean, anchor?: number, past?: boolean }} [how] */
  select(selected, { move = true, anchor = -1, past = true } = {}) {
    const { graph, state } = this;
    if (past && state.selected.kind)
      this.past = [...this.past.slice(-49), { selected: state.selected, anchor: state.anchor }];
    if (state.wayFrom >= 0 && state.wayTo < 0 && selected.kind === "node" && selected.at !== state.wayFrom)
      return this.endWay(selected.at);
    const patch = { selected, anchor, wayFrom: -1, wayTo: -1 };
    if (selected.kind === "node") {
      patch.anchor = selected.at;
      const own = graph.community[selected.at];
      if (this.shown.closed[own]) state.open.add(own);
    } else if (selected.kind === "edge" && anchor < 0) patch.anchor = graph.source[selected.at];
    if (!/^(node|edge)$/.test(selected.kind)) state.only = 0;
    this.change(patch, "select");
    if (move && selected.kind) this.show();
  }

  /** Begin a way at the chosen node; the next node chosen is its other end. */
  startWay() {
    if (this.state.selected.kind === "node") this.change({ wayFrom: this.state.selected.at, wayTo: -1 }, "select");
  }

  /** @param {number} to */
  endWay(to) {
    this.change(
      { wayTo: to, only: 0, selected: { kind: "way", at: this.state.wayFrom }, anchor: this.state.wayFrom },
      "select",
    );
    this.show();
  }

  /** Go back to what was chosen before. */
  back() {
    const last = this.past.pop();
    if (last) this.select(last.selected, { anchor: last.anchor, past: false });
  }

  /** Choose the next or the previous link of the node chosen last; without one, the next community or the best node. @param {number} by */
  step(by) {
    const { state, scene, shown } = this;
    if (state.anchor < 0 || state.selected.kind === "way") {
      const closed = [...shown.closed.keys()].filter((place) => shown.closed[place]);
      if (!closed.length) return scene.named.length ? this.select({ kind: "node", at: scene.named[0] }) : undefined;
      const at = state.selected.kind === "community" ? closed.indexOf(state.selected.at) : by > 0 ? -1 : 0;
      return this.select({ kind: "community", at: closed[(at + by + closed.length) % closed.length] });
    }
    const links = this.linksOf(state.anchor);
    if (!links.length) return undefined;
    const now = state.selected.kind === "edge" ? links.indexOf(state.selected.at) : by > 0 ? -1 : 0;
    const at = links[(now + by + links.length) % links.length];
    return this.select({ kind: "edge", at }, { anchor: state.anchor, past: state.selected.kind !== "edge" });
  }

  /** List the links of a node that the filters let pass, best supported first. @param {number} node */
  linksOf(node) {
    const { near, start } = this.graph;
    return [...near.subarray(start[node], start[node + 1])].filter((link) => this.shown.passLink[link]);
  }

  /** Go along the chosen link, or open the chosen community. */
  follow() {
    const { selected, anchor } = this.state;
    if (selected.kind === "edge") this.select({ kind: "node", at: otherEnd(this.graph, selected.at, anchor) });
    if (selected.kind === "community") this.toggleCommunity(selected.at);
    return selected.kind === "edge" || selected.kind === "community";
  }

  /** @param {number} community */
  toggleCommunity(community) {
    const { open } = this.state;
    if (!open.delete(community)) open.add(community);
    this.change({ selected: { kind: "community", at: community }, anchor: -1 }, "select");
    this.show();
  }

  /* ---- looking ---- */

  /** Move the camera to what is chosen. */
  show() {
    const { graph, state, view } = this;
    const { kind, at } = state.selected;
    const least = 34 / graph.unit;
    if (kind === "community") return this.fit((node) => graph.community[node] === at);
    if (kind === "node" && !state.only) return view.fly(this.nearest(at, least));
    if (kind === "node") {
      // On the rings the names stand outside.
      const [left, top, right, bottom] = this.box();
      const beside = Math.min((right - left) / 3, 240);
      return view.fly(view.around([left - beside, top, right + beside, bottom], 90 / graph.unit));
    }
    const links = kind === "edge" ? [at] : (state.way ?? []);
    const near = new Set(links.flatMap((link) => [graph.source[link], graph.target[link]]));
    // The two ends of a link come far enough apart for its name.
    const short = Math.min(
      ...links.map((link) => {
        const [a, b] = [graph.source[link], graph.target[link]];
        return Math.hypot(graph.x[a] - graph.x[b], graph.y[a] - graph.y[b]);
      }),
    );
    if (near.size) this.fit((node) => near.has(node), Math.max(least * 2, 170 / Math.max(short, 1)));
    return undefined;
  }

  /** Give the camera with a node in the middle and as many of its neighbours, the nearest first, as leave room for names. @param {number} at @param {number} least */
  nearest(at, least) {
    const { graph, shown, view } = this;
    const [x, y] = [graph.x[at], graph.y[at]];
    const scales = this.linksOf(at)
      .map((link) => otherEnd(graph, link, at))
      .filter((node) => shown.node[node] && node !== at)
      .map((node) => {
        const [dx, dy] = [Math.abs(graph.x[node] - x), Math.abs(graph.y[node] - y)];
        return view.around([x - dx, y - dy, x + dx, y + dy], least * 2.5).scale;
      })
      .filter((scale) => scale >= least);
    return { ...view.camera, x, y, scale: scales.length ? Math.min(...scales) : Math.max(view.camera.scale, least) };
  }

  /** Show all nodes that pass, and with no test all that is drawn. @param {(node: number) => unknown} [passes] @param {number} [most] */
  fit(passes, most = 90 / this.graph.unit) {
    this.view.fly(this.view.around(this.box(passes), most));
  }

  /** @param {(node: number) => unknown} [passes] */
  box(passes) {
    const { graph, shown } = this;
    const box = bounds(graph, passes ?? ((node) => shown.node[node]));
    const { x, y, r } = graph.data.communities;
    if (!passes) {
      shown.closed.forEach((closed, place) => {
        if (!closed) return;
        [
          [0, x[place] - r[place]],
          [1, y[place] - r[place]],
        ].forEach(([side, value]) => {
          box[side] = Math.min(box[side], value);
        });
        [
          [2, x[place] + r[place]],
          [3, y[place] + r[place]],
        ].forEach(([side, value]) => {
          box[side] = Math.max(box[side], value);
        });
      });
    }
    return Number.isFinite(box[0]) ? box : [-1, -1, 1, 1];
  }

  /** Find what is at a point of the canvas. @param {number} px @param {number} py @returns {Selected} */
  at(px, py) {
    const { graph, shown, view, scene } = this;
    const { scale } = view.camera;
    const { x, y } = view.toWorld(px, py);
    const node = nodeAt(graph, this.grid, {
      x,
      y,
      reach: NODE_REACH / scale,
      drawn: shown.node,
      radius: (each) => radius(scene, view.camera, each) / scale,
    });
    if (node >= 0) return { kind: "node", at: node };
    const link = linkAt(graph, {
      x,
      y,
      reach: LINE_REACH / scale,
      drawn: shown.link,
      middle: (each) => middle(graph, each, scale),
    });
    if (link >= 0) return { kind: "edge", at: link };
    const { communities } = graph.data;
    /** @param {number} place */
    const far = (place) => Math.hypot(communities.x[place] - x, communities.y[place] - y);
    const inside = [...shown.closed.keys()].filter(
      (place) => shown.closed[place] && far(place) < Math.max(communities.r[place], NODE_REACH / scale),
    );
    if (inside.length) return { kind: "community", at: inside.reduce((a, b) => (far(a) <= far(b) ? a : b)) };
    return { kind: "", at: -1 };
  }

  /** Give the place of a node or community on the canvas, or null where it is not drawn. @param {"node" | "community"} kind @param {number} place */
  placeOf(kind, place) {
    const { graph, shown, view } = this;
    const across = projection(view.camera);
    const from = kind === "node" ? graph : graph.data.communities;
    const drawn = kind === "node" ? shown.node : shown.closed;
    return drawn[place] ? { x: across.x(from.x[place]), y: across.y(from.y[place]) } : null;
  }

  /** Give the middle of a link on the canvas, or null where it is not drawn. @param {number} link */
  placeOfLink(link) {
    const { camera } = this.view;
    const across = projection(camera);
    const [x, y] = middle(this.graph, link, camera.scale);
    return this.shown.link[link] ? { x: across.x(x), y: across.y(y) } : null;
  }

  /* ---- painting ---- */

  /** The camera moved: draw now, and once more when it rests. */
  moved() {
    this.moving = true;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.moving = false;
      this.request(true);
      for (const listener of this.listeners) listener("view");
    }, REST);
    this.request(true);
  }

  /** Ask for a new picture in the next frame; `kept` says that the one kept is still right. */
  request(kept = false) {
    if (!kept) this.stale = true;
    if (!this.asked) this.asked = requestAnimationFrame((now) => this.frame(now));
  }

  /** @param {number} now */
  frame(now) {
    this.asked = 0;
    const {
      frames,
      view,
      shown: { counts },
    } = this;
    if (frames.at && now - frames.at < 2000) frames.gaps = [...frames.gaps.slice(1 - FRAMES), now - frames.at];
    frames.at = now;
    const began = performance.now();
    if (view.measure()) this.stale = true;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    if (counts.nodes + counts.papers + counts.edges > HEAVY) this.paintKept(ratio);
    else this.paint(this.context, ratio, view.camera);
    paintHovered(canvasPen(this.context), this.scene, view.camera, this.palette, this.measure);
    frames.last = performance.now() - began;
    frames.count++;
  }

  /** Paint a view. @param {CanvasRenderingContext2D} context @param {number} ratio @param {import("./scene.js").Camera} camera */
  paint(context, ratio, camera) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(canvasPen(context), this.scene, camera, this.palette, this.measure);
  }

  /** Paint from a picture that is kept and is somewhat larger than the canvas; it is made anew when it no longer does. @param {number} ratio */
  paintKept(ratio) {
    const { camera } = this.view;
    const { canvas } = this.kept;
    const place = () => {
      const factor = camera.scale / this.keptCamera.scale;
      const [wide, high] = [(canvas.width / ratio) * factor, (canvas.height / ratio) * factor];
      const left = (this.keptCamera.x - camera.x) * camera.scale + (camera.width - wide) / 2;
      const top = (this.keptCamera.y - camera.y) * camera.scale + (camera.height - high) / 2;
      const bare = Math.max(left, camera.width - left - wide, top, camera.height - top - high);
      return { factor, wide, high, left, top, bare };
    };
    let at = place();
    const good = this.moving
      ? at.bare < BARE * camera.width && at.factor > 0.5 && at.factor < 2
      : at.bare <= 0 && at.factor === 1;
    if (this.stale || !good) {
      const [rim, high] = [Math.ceil(camera.width * SPREAD), Math.ceil(camera.height * SPREAD)];
      const [width, height] = [camera.width + 2 * rim, camera.height + 2 * high];
      Object.assign(canvas, { width: width * ratio, height: height * ratio });
      this.keptCamera = { ...camera, width, height, rim };
      this.paint(this.kept, ratio, this.keptCamera);
      this.stale = false;
      at = place();
    }
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.fillStyle = this.palette.ground;
    this.context.fillRect(0, 0, camera.width, camera.height);
    // Between two pixels words are blurred.
    const sharp = (/** @type {number} */ value) => (at.factor === 1 ? Math.round(value * ratio) / ratio : value);
    this.context.drawImage(canvas, sharp(at.left), sharp(at.top), at.wide, at.high);
  }

  /** Measure a text of 12 pixels. @param {string} text @param {boolean} bold */
  measure = (text, bold) => {
    const key = (bold ? "b" : "r") + text;
    const known = this.widths.get(key);
    if (known !== undefined) return known;
    this.context.font = font({ size: 12, color: "", bold });
    const { width } = this.context.measureText(text);
    if (this.widths.size > 20000) this.widths.clear();
    this.widths.set(key, width);
    return width;
  };

  /** Take the colours of the style sheet anew. */
  recolour() {
    this.palette = palette(this.graph.kinds);
    this.request();
  }
}
