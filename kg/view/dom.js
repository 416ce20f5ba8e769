/* Building elements: strings become text, never markup. */
import { CORNERS, HELD, shapeOf } from "./looks.js";
import { isLink } from "./text.js";

/** @typedef {Record<string, string | number | boolean | ((event: any) => void)>} Attributes */

/**
 * Find an element of the page.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 */
export const byId = (id) => /** @type {T} */ (document.getElementById(id));

/**
 * Make an element; `true` sets an attribute without value, `false` leaves it out, a function listens to an event.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string | null)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

/**
 * Make a button.
 * @param {string | Node} text
 * @param {(event: Event) => void} click
 * @param {Attributes} [attributes]
 * @returns {HTMLButtonElement}
 */
export const button = (text, click, attributes = {}) =>
  /** @type {HTMLButtonElement} */ (element("button", { type: "button", click, ...attributes }, text));

/**
 * Make a link, or plain text where the address is none.
 * @param {string} address
 * @param {string} text
 */
export function anchor(address, text) {
  if (!isLink(address)) return element("span", { dir: "auto" }, text);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, text);
}

/** @param {string} box @param {number} width @param {Record<string, string>} attributes */
function picture(box, width, attributes) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  for (const [name, value] of Object.entries({
    viewBox: box,
    width: String(width),
    height: "14",
    "aria-hidden": "true",
  }))
    svg.setAttribute(name, value);
  for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
  svg.append(path);
  return svg;
}

/**
 * Draw the sign of a kind; its colour comes from the style sheet.
 * @param {string[]} kinds
 * @param {number} kind
 */
export function icon(kinds, kind) {
  const corners = CORNERS[shapeOf(kinds[kind])];
  let path = "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0";
  if (corners) path = `M${corners.join(" ")}Z`;
  const svg = picture("-1.25 -1.25 2.5 2.5", 14, { d: path });
  svg.setAttribute("class", `icon ${kindClass(kinds, kind)}`);
  return svg;
}

/** Name the style of a kind. @param {string[]} kinds @param {number} kind */
export const kindClass = (kinds, kind) => (shapeOf(kinds[kind]) === "pentagon" ? "kind-other" : `kind-${kinds[kind]}`);

/** Draw a sample of the line of what holds a relation. @param {string} held */
export function sample(held) {
  const svg = picture("0 0 28 14", 22, {
    d: "M1 7H27",
    "stroke-dasharray": HELD[held].dash.join(" "),
    "stroke-width": "2",
    stroke: "currentColor",
  });
  svg.setAttribute("class", held);
  return svg;
}

/**
 * Write a sentence with its mentions marked; marks are [start, end, "head" or "tail"].
 * @param {string} text
 * @param {[number, number, string][]} marks
 */
export function quote(text, marks) {
  const made = element("blockquote", { dir: "auto" });
  const cuts = [...new Set([0, text.length, ...marks.flatMap(([start, end]) => [start, end])])].sort((a, b) => a - b);
  for (let place = 1; place < cuts.length; place++) {
    const [from, to] = [cuts[place - 1], cuts[place]];
    const roles = marks.filter(([start, end]) => start <= from && to <= end).map(([, , role]) => role);
    const part = text.slice(from, to);
    made.append(roles.length ? element("mark", { class: roles.join(" ") }, part) : part);
  }
  return made;
}

/** Read the colours of the style sheet for a theme. @param {string[]} kinds @returns {import("./scene.js").Palette} */
export function palette(kinds) {
  const probe = element("i", { class: "aside" });
  document.body.append(probe);
  /** @param {string} name */
  const color = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = {
    ground: color("ground"),
    text: color("text"),
    soft: color("soft"),
    rest: color("rest"),
    denied: color("warn"),
    circle: color("circle"),
    a: color("only-a"),
    b: color("only-b"),
    kinds: kinds.map((_, kind) => color(kindClass(kinds, kind))),
  };
  probe.remove();
  return found;
}
