/* Two pens with the same strokes: one draws on a canvas, one writes SVG. */
import { CORNERS } from "./looks.js";
import { xml } from "./text.js";

/** @typedef {{ color: string, width?: number, dash?: number[], alpha?: number }} Ink */
/** @typedef {{ size: number, color: string, halo?: string, bold?: boolean }} Type */

/**
 * @typedef {object} Pen
 * @property {() => void} begin
 * @property {(x: number, y: number) => void} move
 * @property {(x: number, y: number) => void} line
 * @property {(mx: number, my: number, x: number, y: number) => void} curve
 * @property {(x: number, y: number, r: number) => void} disc
 * @property {() => void} close
 * @property {(ink: Ink) => void} stroke
 * @property {(ink: Ink) => void} fill
 * @property {(text: string, x: number, y: number, type: Type) => void} text
 * @property {(x: number, y: number, width: number, height: number, color: string) => void} box
 */

/** The face of all text in the drawing. */
export const FACE = 'system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif';
/** @param {Type} type */
export const font = ({ size, bold }) => `${bold ? "600 " : ""}${size}px ${FACE}`;

/**
 * Draw on a canvas.
 * @param {CanvasRenderingContext2D} context
 * @returns {Pen}
 */
export function canvasPen(context) {
  context.lineJoin = "round";
  context.textAlign = "center";
  context.textBaseline = "middle";
  return {
    begin: () => context.beginPath(),
    move: (x, y) => context.moveTo(x, y),
    line: (x, y) => context.lineTo(x, y),
    curve: (mx, my, x, y) => context.quadraticCurveTo(mx, my, x, y),
    disc: (x, y, r) => {
      context.moveTo(x + r, y);
      context.arc(x, y, r, 0, 2 * Math.PI);
    },
    close: () => context.closePath(),
    stroke: ({ color, width = 1, dash = [], alpha = 1 }) => {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.setLineDash(dash);
      context.globalAlpha = alpha;
      context.stroke();
      context.globalAlpha = 1;
    },
    fill: ({ color, alpha = 1 }) => {
      context.fillStyle = color;
      context.globalAlpha = alpha;
      context.fill();
      context.globalAlpha = 1;
    },
    text: (text, x, y, type) => {
      context.font = font(type);
      if (type.halo) {
        context.setLineDash([]);
        context.lineWidth = 3.5;
        context.strokeStyle = type.halo;
        context.strokeText(text, x, y);
      }
      context.fillStyle = type.color;
      context.fillText(text, x, y);
    },
    box: (x, y, width, height, color) => {
      context.fillStyle = color;
      context.fillRect(x, y, width, height);
    },
  };
}

/**
 * Write SVG; `done` gives the file.
 * @param {number} width
 * @param {number} height
 * @param {string} title
 * @returns {Pen & { done: () => string }}
 */
export function svgPen(width, height, title) {
  /** @type {string[]} */
  const out = [];
  let path = "";
  /** @param {number} value */
  const n = (value) => Math.round(value * 10) / 10;
  /** @param {Ink} ink */
  const opacity = ({ alpha = 1 }) => (alpha < 1 ? ` opacity="${n(alpha * 10) / 10}"` : "");
  return {
    begin: () => {
      path = "";
    },
    move: (x, y) => {
      path += `M${n(x)} ${n(y)}`;
    },
    line: (x, y) => {
      path += `L${n(x)} ${n(y)}`;
    },
    curve: (mx, my, x, y) => {
      path += `Q${n(mx)} ${n(my)} ${n(x)} ${n(y)}`;
    },
    disc: (x, y, r) => {
      path += `M${n(x - r)} ${n(y)}a${n(r)} ${n(r)} 0 1 0 ${n(2 * r)} 0a${n(r)} ${n(r)} 0 1 0 ${n(-2 * r)} 0`;
    },
    close: () => {
      path += "Z";
    },
    stroke: (ink) => {
      const dash = ink.dash?.length ? ` stroke-dasharray="${ink.dash.join(" ")}"` : "";
      if (path)
        out.push(
          `<path d="${path}" fill="none" stroke="${xml(ink.color)}" stroke-width="${n(ink.width ?? 1)}"${dash}${opacity(ink)}/>`,
        );
    },
    fill: (ink) => {
      if (path) out.push(`<path d="${path}" fill="${xml(ink.color)}"${opacity(ink)}/>`);
    },
    text: (text, x, y, type) => {
      const halo = type.halo
        ? ` stroke="${xml(type.halo)}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"`
        : "";
      out.push(
        `<text x="${n(x)}" y="${n(y)}" font-size="${type.size}"${type.bold ? ' font-weight="600"' : ""} fill="${xml(type.color)}"${halo}>${xml(text)}</text>`,
      );
    },
    box: (x, y, wide, high, color) => {
      out.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(wide)}" height="${n(high)}" fill="${xml(color)}"/>`);
    },
    done: () =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `font-family="${xml(FACE)}" text-anchor="middle" dominant-baseline="central">\n<title>${xml(title)}</title>\n${out.join("\n")}\n</svg>\n`,
  };
}

/**
 * Put the outline of a shape into the path of a pen.
 * @param {Pen} pen
 * @param {string} shape
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function outline(pen, shape, x, y, r) {
  const corners = CORNERS[shape];
  if (!corners) return pen.disc(x, y, r);
  pen.move(x + corners[0] * r, y + corners[1] * r);
  for (let at = 2; at < corners.length; at += 2) pen.line(x + corners[at] * r, y + corners[at + 1] * r);
  pen.close();
}
