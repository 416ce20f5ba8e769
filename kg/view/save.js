/* Saving the view: picture or table. */
import { element } from "./dom.js";
import { paint } from "./paint.js";
import { svgPen } from "./pens.js";
import { linkTable, nodeTable } from "./table.js";
import { csv } from "./text.js";

/** @typedef {import("./app.js").App} App */

/** Pixels of a saved picture per pixel of the screen. */
const SHARP = 2;

/** @param {Blob} blob @param {string} name */
function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Write the view as SVG. @param {App} app */
export function toSvg(app) {
  const { camera } = app.view;
  const pen = svgPen(camera.width, camera.height, document.title);
  paint(pen, app.scene, camera, app.palette, app.measure);
  return pen.done();
}

/** @type {Record<string, (app: App) => void>} */
export const SAVES = {
  "save-png": (app) => {
    const canvas = document.createElement("canvas");
    canvas.width = app.view.camera.width * SHARP;
    canvas.height = app.view.camera.height * SHARP;
    const context = canvas.getContext("2d");
    if (context) app.paint(context, SHARP, app.view.camera);
    canvas.toBlob((blob) => {
      if (blob) offer(blob, "graph.png");
    });
  },
  "save-svg": (app) => offer(new Blob([toSvg(app)], { type: "image/svg+xml" }), "graph.svg"),
  "save-nodes": (app) => {
    const { heads, places, value } = nodeTable(app);
    offer(sheet(heads, places, value), "entities.csv");
  },
  "save-edges": (app) => {
    const { heads, places, value } = linkTable(app);
    offer(sheet(heads, places, value), "relations.csv");
  },
};

/** @param {string[]} heads @param {number[]} places @param {(place: number, column: number) => string | number} value */
const sheet = (heads, places, value) =>
  new Blob([csv([heads, ...places.map((place) => heads.map((_, column) => value(place, column)))])], {
    type: "text/csv;charset=utf-8",
  });
