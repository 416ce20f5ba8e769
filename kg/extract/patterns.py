"""Cue phrases of relations, each with an example sentence that a test runs.

A cue is a regular expression over one lower-cased sentence in which the entity spoken of is written ``<x>``
(head of a pair ``<h>``, its tail ``<t>``), every other entity ``<e>``, and a coordinated run of entities
counts as one. Which cues fire, and where, are features of the relation model, and the strongest
cue names the extractor in the evidence.
"""

from dataclasses import dataclass

_GAP = r"(?:[\w'-]+ ){0,4}"


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that speaks for ``relation``; ``example`` holds it, with ``<x>`` or ``<h>`` and ``<t>``."""

    name: str
    relation: str
    regex: str
    example: str


#: Cues for what the paper does with one entity.
PAPER_CUES = (
    Cue("we-propose", "introduces", rf"\b(?:we|paper|work|article|study|authors)(?: \w+)? (?:propose|present|introduce|develop|design|devise|describe|release|construct|build|create|contribute|establish|formulate|unveil|curate)s? {_GAP}<x>", "in this paper we propose a novel <x> for graphs ."),
    Cue("is-proposed", "introduces", r"<x>(?: \S+){0,4} (?:is|are) (?:proposed|introduced|presented|developed|released)", "a method named <x> is proposed here ."),
    Cue("called", "introduces", r"\b(?:called|named|termed|dubbed|coined|namely|denoted|abbreviated|referred to as)(?: as)?,? <x>", "we build a benchmark called <x> ."),
    Cue("apposed-new", "introduces", r"<x> , (?:a|an|the first|our) (?:[\w-]+ ){0,3}(?:method|framework|approach|model|benchmark|dataset|algorithm|system|novel|new|suite|library|architecture|paradigm|technique)", "we present <x> , a new method for search ."),
    Cue("propose-anything", "introduces", rf"\b(?:propos|introduc|present|develop)(?:es|ing|e) {_GAP}<x>", "proposing a simple <x> solves this ."),
    Cue("new", "introduces", r"\b(?:new|novel|first) (?:[\w-]+ ){0,2}<x>", "a novel <x> removes the cost ."),
    Cue("for-task", "addresses", r"\b(?:problem|task|challenge|issue|challenges|problems|tasks|field|goal) of (?:\w+ )?<x>", "we study the problem of <x> ."),
    Cue("x-problem", "addresses", r"<x> (?:is|remains|are|has become|poses|suffers?|plays) ", "<x> remains hard ."),
    Cue("study", "addresses", rf"\b(?:we|paper|work|study)(?: \w+)? (?:study|studies|consider|considers|investigate|investigates|address|addresses|tackle|tackles|focus on|focuses on|explore|explores|examine|examines|revisit|analy[sz]e|analy[sz]es) {_GAP}<x>", "we investigate the limits of <x> ."),
    Cue("for-x", "addresses", r"\b(?:method|approach|framework|model|algorithm|system|benchmark|dataset|architecture|pipeline) for (?:\w+ ){0,2}<x>", "a framework for efficient <x> is given ."),
    Cue("to-improve", "addresses", r"\bto (?:improve|enhance|mitigate|reduce|alleviate|overcome|solve|address|enable|accelerate|boost|tackle) (?:[\w-]+ ){0,3}<x>", "to mitigate severe <x> we act early ."),
    Cue("use", "uses", rf"\b(?:us(?:e|es|ing)|utili[sz](?:e|es|ing)|leverag(?:e|es|ing)|employ(?:s|ing)?|adopt(?:s|ing)?|appl(?:y|ies|ying)|exploit(?:s|ing)?|incorporat(?:e|es|ing)|integrat(?:e|es|ing)|combin(?:e|es|ing)|harness(?:es|ing)?) {_GAP}<x>", "the encoder uses a frozen <x> ."),
    Cue("via", "uses", r"\b(?:via|through|by means of|with the help of|with|by) (?:[\w-]+ ){0,2}<x>", "we align the two views via <x> ."),
    Cue("based-on", "uses", r"\b(?:based on|built on|building on|builds on|build upon|builds upon|built upon|relies on|rely on|inspired by|grounded in|powered by) (?:[\w-]+ ){0,3}<x>", "the system is based on <x> ."),
    Cue("train-x", "uses", r"\b(?:train|trained|fine-tune|finetune|fine-tuned|pretrain|pre-train|pre-trained|pretrained)(?: \w+)? (?:a |an |the |on )?(?:[\w-]+ ){0,2}<x>", "we fine-tune a small <x> ."),
    Cue("x-experiments", "evaluates_on", r"\b(?:experiments?|evaluat\w+|results?|validat\w+|test\w*|benchmark\w*|performance|accuracy|demonstrat\w+|trained|state-of-the-art|improve\w*|gains?)\b[^.]*\b(?:on|across|over|using|with|in|including|from)\b[^.]*<x>", "experiments on three corpora , including <x> , confirm this ."),
    Cue("on-x-dataset", "evaluates_on", r"\b(?:on|in|of|across) (?:the )?(?:[\w-]+ ){0,2}<x> (?:dataset|benchmark|test|corpus|corpora|datasets|benchmarks|suite|challenge|leaderboard|dev|validation|and|,)", "it is accurate on the <x> dataset ."),
    Cue("outperforms-x", "compares_with", rf"\b(?:outperform\w*|surpass\w*|exceed\w*|beat\w*|superior to|better than|compared (?:to|with)|comparison (?:to|with)|over|than|against|faster than|competitive with|comparable to|match\w*|relative to|versus|vs\.?|unlike) {_GAP}(?:<e> (?:, |and |or )*)*<x>", "our model outperforms a strong <x> baseline ."),
    Cue("x-baseline", "compares_with", r"<x> (?:[\w-]+ )?(?:baselines?|counterparts?|competitors?)", "it is ahead of the <x> baseline ."),
)  # fmt: skip

#: Cues for how two entities of one sentence relate.
PAIR_CUES = (
    Cue("is-a", "is_a", r"<h>(?: \( <e> \))? (?:is|are|,|as|, which is) (?:a|an|one of the|the)? ?(?:type|kind|form|class|family|special case|variant)?(?: of)? ?(?:[\w-]+ ){0,3}<t>", "<h> is a popular <t> ."),
    Cue("such-as", "is_a", r"<t>(?: \( <e> \))?(?: \w+)? ?,? (?:such as|including|like|e\.g\.|for example|especially|namely)(?: ,)? (?:<e> ?,? ?(?:and|or)? ?)*<h>", "<t> such as <h> are slow ."),
    Cue("t-called-h", "is_a", r"<t>(?: \w+)? ?,? (?:called|named|termed|dubbed|namely|,) <h>", "we train a <t> called <h> ."),
    Cue("h-for-t", "used_for", r"<h>(?: \( <e> \))?(?: [\w-]+){0,3} (?:for|to|in|on|into) (?:[\w-]+ ){0,3}<t>", "<h> is widely used for <t> ."),
    Cue("t-with-h", "used_for", r"<t>(?: [\w-]+){0,2} (?:with|using|via|through|by|based on) (?:[\w-]+ ){0,3}<h>", "we improve <t> with <h> ."),
    Cue("h-improves-t", "used_for", r"<h>(?: [\w-]+){0,2} (?:improves?|enhances?|enables?|reduces?|mitigates?|solves?|addresses|tackles|facilitates?|supports?|performs?|accelerates?|estimates?|predicts?|generates?) (?:[\w-]+ ){0,4}<t>", "<h> greatly improves the speed of <t> ."),
    Cue("t-consists-of-h", "part_of", r"<t>(?: [\w-]+){0,3} (?:consists? of|comprises?|contains?|includes?|incorporates?|integrates?|combines?|employs?|uses?|utilizes?|leverages?|adopts?|with|introduces?|composed of) (?:[\w-]+ ){0,3}(?:<e> ?,? ?(?:and)? ?)*<h>", "<t> consists of an <h> and more ."),
    Cue("h-of-t", "part_of", r"<h>(?: [\w-]+){0,1} (?:of|in|within|inside) (?:the |a |an )?(?:[\w-]+ ){0,1}<t>", "the <h> of <t> is costly ."),
    Cue("h-extends-t", "based_on", r"<h>(?: [\w-]+){0,3} (?:extends?|generali[sz]es?|builds? (?:up)?on|based on|built (?:up)?on|derived from|inspired by|modifies|adapts|variant of|extension of) (?:[\w-]+ ){0,3}<t>", "<h> extends the older <t> ."),
    Cue("h-on-t", "evaluated_on", r"<h>(?: [\w-]+){0,6} (?:on|across) (?:[\w-]+ ){0,4}(?:<e> ?,? ?(?:and)? ?)*<t>", "<h> is strong on the <t> data ."),
    Cue("h-measured", "measured_by", r"<h>[^.]* (?:in terms of|measured by|achieves?|attains?|improves?|reduces?|by|with|on|evaluated by|using) (?:[\w%.+-]+ ){0,4}(?:<e> ?,? ?(?:and)? ?)*<t>", "<h> achieves a better <t> ."),
    Cue("h-outperforms-t", "outperforms", r"<h>[^.]* (?:outperform\w*|surpass\w*|exceed\w*|beats?|better than|superior to|improves? (?:up)?on|faster than|improvements? over|gains? over) (?:[\w-]+ ){0,4}(?:<e> ?,? ?(?:and|or)? ?)*<t>", "<h> clearly outperforms <t> ."),
)  # fmt: skip

#: Words that deny what a sentence says.
NEGATIONS = frozenset(
    {"not", "no", "never", "neither", "nor", "cannot", "n't", "without", "fail", "fails", "failed", "unable"}
)

#: Words that weaken what a sentence says.
HEDGES = frozenset(
    {"may", "might", "could", "possibly", "perhaps", "potentially", "suggest", "suggests", "appear", "appears", "seem", "seems", "likely", "hypothesize", "hypothesise", "conjecture", "speculate"}
)  # fmt: skip

#: Phrases by which a paper speaks of what it introduces.
SELF_REFERENCE = r"(?:(?:our|the proposed|this|the) (?:[\w-]+ )?(?:method|approach|framework|model|algorithm|system|technique|work)|it|we)"
