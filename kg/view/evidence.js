/* The sentences behind a link. */
import { anchor, element, quote } from "./dom.js";
import { paperOf, rowOf } from "./model.js";
import { HELD, HELDS } from "./looks.js";
import { plural, share } from "./text.js";

/** @typedef {import("./model.js").Graph} Graph */

/**
 * Show one piece of evidence: its sentences with both mentions marked, its paper, how probable it is and what found it.
 * @param {Graph} graph
 * @param {number} item
 */
function proof(graph, item) {
  const { evidence, sentences, papers } = graph.data;
  const made = element("div", { class: "proof" });
  const by = evidence.extractor[item];
  if (evidence.origin[item] === 2)
    made.append(element("p", { class: "note" }, `No sentence: a rule on the names gives this (${by}).`));
  if (evidence.origin[item] === 4)
    made.append(element("p", { class: "note" }, "No sentence: the vocabulary that comes with kg states this."));
  evidence.sentences[item].forEach((/** @type {number} */ sentence, /** @type {number} */ place) => {
    /** @type {[number, number, string][]} */
    const marks = [];
    for (const role of ["head", "tail"]) {
      const mark = evidence[role][item];
      if (mark && (mark[2] ?? 0) === place) marks.push([mark[0], mark[1], role]);
    }
    made.append(quote(sentences.text[sentence], marks));
  });
  const about = element("p", { class: "meta" });
  if (evidence.polarity[item]) about.append(element("span", { class: "flag" }, "denied by the paper"), " · ");
  if (evidence.modality[item]) about.append(element("span", { class: "flag" }, "hedged"), " · ");
  const paper = paperOf(graph, item);
  if (paper >= 0) {
    const year = papers.year[paper] ? ` ${papers.year[paper]}` : "";
    about.append(
      anchor(papers.link[paper], papers.title[paper]),
      `${year} · probability ${share(evidence.confidence[item])} · found by ${by}`,
    );
  }
  if (about.hasChildNodes()) made.append(about);
  return made;
}

/**
 * Show all evidence of a link that the page has, and say how much it has not.
 * @param {Graph} graph
 * @param {number} link
 */
export function proofs(graph, link) {
  const [columns, row] = rowOf(graph, link);
  const made = element(
    "div",
    { class: "proofs" },
    ...columns.evidence[row].map((/** @type {number} */ item) => proof(graph, item)),
  );
  const left = columns.left[row];
  if (left)
    made.append(element("p", { class: "note" }, `${plural(left, "more piece", "more pieces")} of evidence left out.`));
  return made;
}

/**
 * Say in a few words what a link stands on.
 * @param {Graph} graph
 * @param {number} link
 */
export function figures(graph, link) {
  const held = HELDS[graph.held[link]];
  if (held === "rule" || held === "vocabulary") return held;
  if (held === "negated") return "denied";
  const many = link < graph.relations ? `${plural(graph.strength[link], "paper", "papers")}, ` : "";
  return `${held === "hedged" ? "hedged, " : ""}${many}${share(graph.confidence[link])}`;
}

/** Say in a sentence what a link stands on. @param {Graph} graph @param {number} link */
export function standing(graph, link) {
  const held = HELDS[graph.held[link]];
  const many = link < graph.relations ? plural(graph.strength[link], "paper", "papers") : "";
  const sure = held === "text" || held === "hedged" ? `confidence ${share(graph.confidence[link])}` : "";
  const note = [many && sure && `stated in ${many}`, sure, held === "text" ? "" : HELD[held].note].filter(Boolean).join(" · ");
  const [columns, row] = rowOf(graph, link);
  const denied = columns.flags[row] & 4 ? "; some papers deny it" : "";
  const only = graph.data.compare && link < graph.relations ? ["", 1, 2][graph.data.compare.edge[link]] : "";
  const where = only ? `; only in ${graph.data.compare[only === 1 ? "a" : "b"]}` : "";
  return `${note}${denied}${where}`;
}
