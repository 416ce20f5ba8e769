/* The camera, and how mouse, fingers and keys move it. */

/** @typedef {import("./scene.js").Camera} Camera */

/** Pixels between the drawing and the rim when all is fitted in. */
const RIM = 34;
/** Pixels a pointer may move before a click is a drag. */
const STILL = 5;
/** Milliseconds of a flight. */
const FLIGHT = 260;

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/**
 * The view on the world. `changed` is called whenever it moves.
 */
export class View {
  /** @param {HTMLCanvasElement} canvas @param {() => void} changed */
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    /** @type {Camera} */
    this.camera = { x: 0, y: 0, scale: 1, width: 1, height: 1 };
    this.fitted = 1;
    this.flight = 0;
  }

  /** Give the camera that shows a box, enlarged at most `most` times. @param {number[]} box @param {number} most @returns {Camera} */
  around([left, top, right, bottom], most) {
    const { width, height } = this.camera;
    const [wide, high] = [Math.max(right - left, 1e-6), Math.max(bottom - top, 1e-6)];
    const scale = Math.min(Math.max(width - 2 * RIM, 20) / wide, Math.max(height - 2 * RIM, 20) / high, most);
    return { width, height, x: (left + right) / 2, y: (top + bottom) / 2, scale };
  }

  /** Fly to another camera, or jump where motion is not wanted. @param {Camera} to */
  fly(to) {
    cancelAnimationFrame(this.flight);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.jump(to);
    const from = { ...this.camera };
    const began = performance.now();
    const step = (/** @type {number} */ now) => {
      const part = clamp((now - began) / FLIGHT, 0, 1);
      const eased = 1 - (1 - part) ** 3;
      this.camera.scale = from.scale * (to.scale / from.scale) ** eased;
      this.camera.x = from.x + (to.x - from.x) * eased;
      this.camera.y = from.y + (to.y - from.y) * eased;
      this.changed();
      if (part < 1) this.flight = requestAnimationFrame(step);
    };
    this.flight = requestAnimationFrame(step);
  }

  /** @param {Camera} to */
  jump({ x, y, scale }) {
    Object.assign(this.camera, { x, y, scale });
    this.changed();
  }

  /** Move the picture by pixels. @param {number} dx @param {number} dy */
  pan(dx, dy) {
    cancelAnimationFrame(this.flight);
    this.camera.x -= dx / this.camera.scale;
    this.camera.y -= dy / this.camera.scale;
    this.changed();
  }

  /** Enlarge the picture around a point of the canvas. @param {number} factor @param {number} [px] @param {number} [py] */
  zoom(factor, px = this.camera.width / 2, py = this.camera.height / 2) {
    cancelAnimationFrame(this.flight);
    const at = this.toWorld(px, py);
    this.camera.scale = clamp(this.camera.scale * factor, this.fitted / 8, Math.max(this.fitted * 400, 4));
    const now = this.toWorld(px, py);
    this.camera.x += at.x - now.x;
    this.camera.y += at.y - now.y;
    this.changed();
  }

  /** @param {number} px @param {number} py */
  toWorld(px, py) {
    const { x, y, scale, width, height } = this.camera;
    return { x: x + (px - width / 2) / scale, y: y + (py - height / 2) / scale };
  }

  /** Take the size of the element over; tells whether it changed. */
  measure() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement ?? this.canvas;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    if (this.canvas.width === Math.round(width * ratio) && this.canvas.height === Math.round(height * ratio))
      return false;
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    // Stretched to a part of a pixel, words are blurred.
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    Object.assign(this.camera, { width, height });
    return true;
  }
}

/**
 * Let mouse, pen, fingers and arrow keys move a view; `click` and `hover` get points of the canvas.
 * @param {View} view
 * @param {{ click: (x: number, y: number) => void, hover: (x: number, y: number) => void }} tell
 */
export function listen(view, { click, hover }) {
  const { canvas } = view;
  /** @type {Map<number, { x: number, y: number }>} */
  const held = new Map();
  let moved = 0;
  /** @param {PointerEvent | WheelEvent} event */
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, point(event));
    if (held.size === 1) moved = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = point(event);
    const before = held.get(event.pointerId);
    if (!before) return hover(now.x, now.y);
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (held.size === 2) pinch(event.pointerId, now);
    else if (moved > STILL) view.pan(now.x - before.x, now.y - before.y);
    if (moved > STILL || held.size === 2) held.set(event.pointerId, now);
  });
  /** @param {number} id @param {{ x: number, y: number }} now */
  function pinch(id, now) {
    const [other] = [...held].filter(([each]) => each !== id).map(([, at]) => at);
    const before = /** @type {{ x: number, y: number }} */ (held.get(id));
    const [x, y] = [(now.x + other.x) / 2, (now.y + other.y) / 2];
    view.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    view.zoom(
      Math.hypot(now.x - other.x, now.y - other.y) / Math.max(Math.hypot(before.x - other.x, before.y - other.y), 1),
      x,
      y,
    );
    moved = STILL + 1;
  }
  /** @param {PointerEvent} event */
  const release = (event) => {
    const at = held.get(event.pointerId);
    held.delete(event.pointerId);
    if (at && event.type === "pointerup" && moved <= STILL && held.size === 0) click(at.x, at.y);
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => hover(-1, -1));
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const at = point(event);
      view.zoom(Math.exp(-clamp(event.deltaY * (event.deltaMode ? 30 : 1), -300, 300) * 0.0018), at.x, at.y);
    },
    { passive: false },
  );
  /** @type {Record<string, [number, number]>} */
  const arrows = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in arrows)) return;
    view.pan(...arrows[event.key]);
    event.preventDefault();
  });
}
