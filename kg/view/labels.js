/* Which labels there is room for. */

/** Side of a bucket in which boxes are looked up, in pixels. */
const BUCKET = 80;

/** Boxes on the screen that no other may cover. */
export class Boxes {
  constructor() {
    /** @type {Map<number, number[][]>} */
    this.buckets = new Map();
  }

  /** @param {number[]} box  left, top, right, bottom */
  keys([left, top, right, bottom]) {
    const keys = [];
    for (let row = Math.floor(top / BUCKET); row <= Math.floor(bottom / BUCKET); row++) {
      for (let column = Math.floor(left / BUCKET); column <= Math.floor(right / BUCKET); column++)
        keys.push(row * 10007 + column);
    }
    return keys;
  }

  /** Tell whether a box lies apart from all taken ones. @param {number[]} box */
  free(box) {
    return this.keys(box).every((key) =>
      (this.buckets.get(key) ?? []).every(
        (other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3],
      ),
    );
  }

  /** Take a box. @param {number[]} box */
  take(box) {
    for (const key of this.keys(box)) {
      const bucket = this.buckets.get(key);
      if (bucket) bucket.push(box);
      else this.buckets.set(key, [box]);
    }
  }

  /** Take a box if it is free, and tell so. @param {number[]} box */
  put(box) {
    const free = this.free(box);
    if (free) this.take(box);
    return free;
  }
}

/** Pixels from one row of a caption to the next, and half of what a row takes. */
export const ROW = 13,
  HALF = 6;

/**
 * Break a text into rows that lie within a circle, with room below for some rows more; null where it does not fit.
 * @param {string} text
 * @param {number} radius
 * @param {(text: string) => number} width
 * @param {number} below
 * @param {number} spare  pixels that a row leaves free, or takes beyond the circle
 */
export function rowsWithin(text, radius, width, below, spare) {
  const words = text.split(/(?<=[\s-])/);
  for (let count = 1; count < 7; count++) {
    const rows = [];
    let at = 0;
    for (let row = 0; row < count; row++) {
      const far = Math.abs(row - (count + below - 1) / 2) * ROW + HALF;
      const room = far < radius ? 2 * Math.sqrt(radius * radius - far * far) - spare : 0;
      let line = "";
      while (at < words.length && width((line + words[at]).trim()) <= room) line += words[at++];
      if (line) rows.push(line.trim());
    }
    if (at === words.length) return rows;
  }
  return null;
}
