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

/**
 * Break a text into lines of at most some characters.
 * @param {string} text
 * @param {number} width
 * @param {number} most
 */
export function wrap(text, width, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (!lines[last] || lines[last].length + word.length < width) lines[last] = `${lines[last]} ${word}`.trim();
    else lines.push(word);
  }
  return lines.length > most ? [...lines.slice(0, most - 1), `${lines[most - 1]}…`] : lines;
}
