/* Words and numbers: pure functions on strings. */

/**
 * Count things in words: `plural(2, "paper", "papers")` is "2 papers".
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/**
 * Bring a label to the form in which it is compared: no accents, case, hyphens or doubled spaces.
 * @param {string} text
 */
export function fold(text) {
  // eslint-disable-next-line no-control-regex
  const plain = /^[\x00-\x7f]*$/.test(text) ? text : text.normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.toLowerCase().replace(/[\p{Pd}_/\s]+/gu, " ");
}

/**
 * Put a text on one line without control characters, cut to some characters.
 * @param {string} text
 * @param {number} length
 */
export function cut(text, length) {
  const signs = Array.from(
    text
      .slice(0, 4 * length + 8)
      .replace(/[\p{C}\s]+/gu, " ")
      .trim(),
  );
  return signs.length > length
    ? `${signs
        .slice(0, length - 1)
        .join("")
        .trim()}…`
    : signs.join("");
}

/**
 * Write thousandths as a probability: `share(912)` is "0.91".
 * @param {number} thousandths
 */
export const share = (thousandths) => (thousandths / 1000).toFixed(2);

/**
 * Tell whether an address may become a link.
 * @param {string} address
 */
export const isLink = (address) => /^https?:\/\//i.test(address);

/**
 * Make text safe inside XML: what XML 1.0 cannot hold becomes U+FFFD.
 * @param {string} text
 */
export function xml(text) {
  const legal = text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
  return legal.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/**
 * Write a table as CSV (RFC 4180); a cell that a spreadsheet would run as a formula gets an apostrophe before it.
 * @param {(string | number)[][]} rows
 */
export function csv(rows) {
  /** @param {string | number} value */
  const cell = (value) => {
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
