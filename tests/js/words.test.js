import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, cut, fold, isLink, plural, share, xml } from "../../kg/view/text.js";
import { Boxes, rowsWithin } from "../../kg/view/labels.js";
import { heldBy, shapeOf } from "../../kg/view/looks.js";
import { fit } from "../../kg/view/find.js";
import { outline, svgPen } from "../../kg/view/pens.js";

test("things are counted in words", () => {
  assert.equal(plural(1, "paper", "papers"), "1 paper");
  assert.equal(plural(1200, "paper", "papers"), "1,200 papers");
  assert.equal(share(912), "0.91");
});

test("names are compared without case, accents and hyphens", () => {
  assert.equal(fold("Béta-Net"), "beta net");
  assert.equal(fold("KV_cache  two"), "kv cache two");
});

test("a text is cut by characters, not by halves of them, and put on one line", () => {
  assert.equal(cut("a\u0000b\nc", 10), "a b c");
  assert.equal(cut("😀😀😀😀", 3), "😀😀…");
  assert.equal(cut("\ud800x", 5), "x");
});

test("only web addresses become links", () => {
  assert.ok(isLink("https://example.org/"));
  for (const bad of ["javascript:alert(1)", "data:text/html,x", " https://x", "//x", "file:///x", "xhttps://x", ""])
    assert.ok(!isLink(bad), bad);
});

test("XML gets no markup and nothing that XML cannot hold", () => {
  assert.equal(xml("a<b>&\"'\u0000\ud800"), "a&#60;b&#62;&#38;&#34;&#39;\ufffd\ufffd");
});

test("a table cell is quoted, and is no formula", () => {
  assert.equal(
    csv([
      ["a,b", 'say "x"', 3],
      ["=1+1", "-x", -2],
    ]),
    '"a,b","say ""x""",3\r\n\'=1+1,\'-x,-2\r\n',
  );
});

test("names fit whole, from their start, from a word, inside, or not", () => {
  assert.deepEqual(
    ["kv cache", "kv cache size", "the kv cache", "xkv cache", "cache"].map((form) => fit(form, "kv cache")),
    [4, 3, 2, 1, 0],
  );
  assert.equal(fit("xnet my net", "net"), 2);
});

test("what holds a relation is named by its strongest ground", () => {
  assert.equal(heldBy(1, 0), "text");
  assert.equal(heldBy(1, 4), "text");
  assert.equal(heldBy(3, 1), "hedged");
  assert.equal(heldBy(6, 0), "vocabulary");
  assert.equal(heldBy(2, 0), "rule");
  assert.equal(heldBy(1, 2), "negated");
  assert.equal(shapeOf("constructor"), "pentagon");
});

test("labels do not lie upon each other", () => {
  const boxes = new Boxes();
  assert.ok(boxes.put([0, 0, 200, 20]));
  assert.ok(!boxes.put([190, 10, 300, 30]));
  assert.ok(boxes.put([0, 21, 50, 40]));
});

test("a caption is broken into rows that lie within a circle", () => {
  const width = (/** @type {string} */ text) => text.length * 6;
  assert.deepEqual(rowsWithin("one", 20, width, 0, 5), ["one"]);
  assert.deepEqual(rowsWithin("one two three", 32, width, 1, 5), ["one two", "three"]);
  assert.deepEqual(rowsWithin("out-of-reach", 27, width, 0, 5), ["out-of-", "reach"]);
  assert.equal(rowsWithin("unbreakable", 30, width, 0, 5), null);
  assert.deepEqual(rowsWithin("unbreakable", 30, width, 0, -14), ["unbreakable"]);
});

test("the pen writes SVG without markup from labels", () => {
  const pen = svgPen(100, 50, "<t>");
  pen.begin();
  outline(pen, "square", 10, 10, 5);
  pen.fill({ color: "red", alpha: 0.5 });
  pen.text("<script>", 5, 5, { size: 12, color: "black" });
  const svg = pen.done();
  assert.match(
    svg,
    /^<\?xml[^]*<svg [^]*<path d="M5\.7 5\.7L14\.3 5\.7[^"]*Z" fill="red" opacity="0\.5"\/>[^]*&#60;script&#62;<\/text>\n<\/svg>\n$/,
  );
  assert.ok(!svg.includes("<script"));
});
