"""Fit the linear models on annotated papers, join them with the encoder, calibrate both, and write a shipped model.

usage: python fit.py GOLD.jsonl ... --held HELD.jsonl OUT.npz [--encoder FOLDER] [--tagger TAGGER.npz]

The linear models are fitted on GOLD by cross-validation, so that the relation models learn from things that the tagger
found in papers it had not seen. How much each expert counts, and the probabilities, are fitted on HELD: papers that
neither the linear models nor the encoder learnt from.
"""

import argparse
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from gold import Annotated, gold_things, labels, load, match
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from kg.config import Config
from kg.extract import abbreviations, gazetteer, grouping, linear, relations, statistics  # noqa: F401 (registers components)
from kg.extract import encoder as encoders
from kg.extract.features import features
from kg.extract.linear import Linear, Models, sigmoid
from kg.extract.parts import Thing
from kg.extract.relation_features import pair_features, rendered, scene, thing_features
from kg.extract.relations import PAIR_RELATIONS, PAPER_RELATIONS
from kg.extract.tagger import CLASSES, Experts, context
from kg.extract.tokens import tagger as load_tagger

FOLDS = 5
TAGGER_C, PAPER_C, PAIR_C = 0.3, 0.2, 0.1
#: Optional entities say little for or against a relation.
OPTIONAL_WEIGHT = 0.3
#: What the experts may count, and the biases towards "anything", that are tried on the held papers.
JOINS, BIASES = (0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 0.5, 1.0, 1.5, 2.0)
#: How freely the weights of one relation may leave those of all when relations are calibrated.
OWN_SCALE = 0.1
_NEUTRAL = {"weights": [1.0, 0.0], "intercept": [0.0]}
_BROAD = {"Task": "Concept", "Metric": "Concept"}
_RULES = {"join": [1.0, 0.0], "bias": 1.0, "entity": _NEUTRAL}


def front(config: Config):
    """Build the pipeline up to the components that propose."""
    nlp = load_tagger()
    for name in ("kg_candidates", "kg_gazetteer", "kg_abbreviations"):
        nlp.add_pipe(name, config={"extra": list(config.vocabularies)} if name == "kg_gazetteer" else {})
    return nlp


def index_of(rows, at_least):
    """Index the features that occur in at least so many rows."""
    counts = Counter(name for row in rows for name in set(row))
    return {name: i for i, name in enumerate(sorted(name for name, n in counts.items() if n >= at_least))}


def matrix(rows, index):
    """Make a sparse matrix of rows x features."""
    columns, ends = [], [0]
    for row in rows:
        columns += sorted({index[name] for name in row if name in index})
        ends.append(len(columns))
    return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(index)))


def fit_tagger(rows, targets, weights, classes=6):
    """Fit the multinomial model of candidates."""
    index = index_of(rows, 2)
    model = LogisticRegression(C=TAGGER_C, max_iter=150, tol=1e-3)
    model.fit(matrix(rows, index), targets, sample_weight=weights)
    table = np.zeros((len(index), classes))
    for row, column in zip(model.coef_, model.classes_, strict=True):
        table[:, column] = row
    bias = np.zeros(classes)
    bias[model.classes_] = model.intercept_
    return with_bias(index, table, bias)


def fit_many(rows, targets, weights, strength, at_least):
    """Fit one binary model per column of ``targets``."""
    index = index_of(rows, at_least)
    inputs = matrix(rows, index)
    table, bias = np.zeros((len(index), targets.shape[1])), np.zeros(targets.shape[1])
    for column in range(targets.shape[1]):
        model = LogisticRegression(C=strength, max_iter=300, tol=1e-3, solver="liblinear", random_state=0)
        model.fit(inputs, targets[:, column], sample_weight=weights)
        table[:, column], bias[column] = model.coef_[0], model.intercept_[0]
    return with_bias(index, table, bias)


def with_bias(index, table, bias):
    """Fold the intercept into the feature "bias" and drop weights that change nothing."""
    if "bias" not in index:
        raise SystemExit("the features lack 'bias'")
    table[index["bias"]] += bias
    kept = [name for name in index if np.abs(table[index[name]]).max() > 0.01]
    return Linear({name: i for i, name in enumerate(kept)}, table[[index[name] for name in kept]])


class Data:
    """Everything precomputed about the annotated papers."""

    def __init__(self, papers: list[Annotated]) -> None:
        self.papers = papers
        self.known = [context(paper.doc) for paper in papers]
        self.spans = [paper.doc._.candidates for paper in papers]
        self._rows: list | None = None
        self._targets: list | None = None

    def _prepare(self):
        counts = statistics.shipped()
        self._rows, self._targets = [], []
        for paper, known, spans in zip(self.papers, self.known, self.spans, strict=True):
            self._rows.append([features(known, span, counts) for span in spans])
            self._targets.append(labels(paper))

    def tagger(self, chosen):
        """Fit the tagger on the papers whose numbers are ``chosen``; a second kind counts for less."""
        if self._rows is None:
            self._prepare()
        rows, targets, weights = [], [], []
        for number in chosen:
            for row, (kind, further, weight) in zip(self._rows[number], self._targets[number], strict=True):
                if not weight:
                    continue
                shares = {kind: 1.0} if not further else {kind: 0.7, **{k: 0.3 / len(further) for k in further}}
                for name, share in shares.items():
                    rows.append(row)
                    targets.append(CLASSES.index(name))
                    weights.append(share)
        return fit_tagger(rows, np.array(targets), np.array(weights))

    def things(self, number, experts, scores=None):
        """Tag one paper: things and the measures of each."""
        paper, known, spans = self.papers[number], self.known[number], self.spans[number]
        if scores is None:
            scores = experts.weigh(known, spans, None)
        taken = experts.choose(known, scores, spans)
        chosen, kept = [spans[i] for i in taken], scores[taken]
        places = [(span, known.forms[span]) for span in chosen]
        things = grouping.group(paper.doc, places, kept, experts.models.calibration["entity"], experts.counts)
        place = {span: i for i, span in enumerate(chosen)}
        return things, grouping.measures(kept, [[place[span] for span in thing.spans] for thing in things]).tolist()


def folds(count):
    """Deal papers to folds."""
    return [[i for i in range(count) if i % FOLDS == fold] for fold in range(FOLDS)]


def logistic(inputs, targets):
    """Fit a small logistic regression and give it as plain numbers."""
    model = LogisticRegression(C=10.0).fit(np.array(inputs), np.array(targets))
    return model.coef_[0].tolist(), float(model.intercept_[0])


def relation_rows(paper: Annotated, things: tuple[Thing, ...], links: dict[str, str], roles=None):
    """Give the feature rows, targets and weights of a paper's things, or of its pairs where roles are given."""
    known = scene(paper.doc, things)
    lines = {number: rendered(known, number) for number in range(len(known.ranges))}
    gold = {tuple(relation) for relation in paper.record["relations"]}
    optional = {name for name, entity in paper.entities.items() if entity["optional"]}
    names = {thing.id: links.get(thing.id, "?") for thing in things}

    def weight(*ends):
        return OPTIONAL_WEIGHT if any(names[end.id] in optional for end in ends) else 1.0

    if roles is None:
        rows = [thing_features(known, thing, lines) for thing in things]
        targets = [[("PAPER", r, names[t.id]) in gold for r in relations.PAPER_RELATIONS] for t in things]
        return rows, targets, [weight(thing) for thing in things], [(thing,) for thing in things]
    pairs = relations.pairs_of(known, roles)
    rows = [pair_features(known, h, t, lines, roles) for h, t in pairs]
    targets = [[(names[h.id], r, names[t.id]) in gold for r in relations.PAIR_RELATIONS] for h, t in pairs]
    return rows, targets, [weight(*pair) for pair in pairs], pairs


def cross_fit(tagged, annotated, strength, at_least):
    """Fit a relation model on the tagger's things and on the annotated ones of the same papers.

    Gives the model, and the out-of-fold probabilities of both sets of rows.
    """

    def together(numbers):
        parts = [part for i in numbers for part in (tagged[i], annotated[i])]
        rows = [row for part in parts for row in part[0]]
        targets = np.array([row for part in parts for row in part[1]], dtype=int)
        return fit_many(rows, targets, np.array([w for part in parts for w in part[2]]), strength, at_least)

    held = ([None] * len(tagged), [None] * len(tagged))
    for fold in folds(len(tagged)):
        model = together([i for i in range(len(tagged)) if i not in set(fold)])
        for i in fold:
            for rows, kept in zip((tagged[i][0], annotated[i][0]), held, strict=True):
                kept[i] = sigmoid(model.scores(rows))
    return together(range(len(tagged))), *held


def only_tagger(tagger: Linear) -> Experts:
    """Make experts of a tagger alone."""
    empty = Linear({}, np.zeros((0, 1)))
    return Experts(Models(tagger, empty, empty, _RULES), statistics.shipped(), None)


def fit_rules(data: Data) -> Models:
    """Fit the linear models, the relation models on things of papers that their tagger had not seen."""
    numbers = range(len(data.papers))
    found, measures, right = {}, [], []
    for fold in folds(len(data.papers)):
        experts = only_tagger(data.tagger([i for i in numbers if i not in set(fold)]))
        for i in fold:
            found[i] = data.things(i, experts)
            pairs = match(data.papers[i], tuple(found[i][0]))
            for thing, row in zip(*found[i], strict=True):
                if not data.papers[i].entities.get(pairs.get(thing.id), {}).get("optional"):
                    measures.append(row)
                    right.append(thing.id in pairs)
    weights, intercept = logistic(measures, right)
    things = [
        tuple(
            replace(thing, confidence=float(sigmoid(np.array(intercept + np.dot(weights, row)))))
            for thing, row in zip(*found[i], strict=True)
        )
        for i in numbers
    ]
    gold = [gold_things(paper, statistics.shipped()) for paper in data.papers]
    matched = [match(paper, row) for paper, row in zip(data.papers, things, strict=True)]
    same = [{thing.id: thing.id for thing in row} for row in gold]
    tagged = list(map(relation_rows, data.papers, things, matched))
    annotated = list(map(relation_rows, data.papers, gold, same))
    paper_model, held, held_gold = cross_fit(tagged, annotated, PAPER_C, 2)
    tagged = list(map(relation_rows, data.papers, things, matched, map(relations.roles_of, things, held)))
    annotated = list(map(relation_rows, data.papers, gold, same, map(relations.roles_of, gold, held_gold)))
    pair_model, *_ = cross_fit(tagged, annotated, PAIR_C, 3)
    return Models(data.tagger(numbers), paper_model, pair_model, _RULES)


def entity_counts(paper: Annotated, things, *, typed=True) -> tuple[float, int, int]:
    """Count hits, predictions and firm gold entities of one paper; a hit of the wrong kind counts half if ``typed``."""
    pairs = match(paper, tuple(things))
    hits, made = 0.0, 0
    for thing in things:
        entity = paper.entities.get(pairs.get(thing.id))
        if entity and entity["optional"]:
            continue
        made += 1
        if entity:
            kinds = {_BROAD.get(kind, kind) for kind in (entity["type"], *entity["alt_types"])}
            hits += 1.0 if not typed or _BROAD.get(thing.kind, thing.kind) in kinds else 0.5
    return hits, made, sum(not entity["optional"] for entity in paper.record["entities"])


def fit_join(data: Data, experts: Experts) -> Experts:
    """Choose by F1 on the held papers what each expert counts and how much speaks for "anything"."""
    numbers = range(len(data.papers))
    readings = [experts.read(known) for known in data.known]
    best, chosen = -1.0, experts
    joins = product(JOINS, JOINS[1:]) if experts.encoder else [(1.0, 0.0)]
    for join in joins:
        tried = with_calibration(experts, join=list(join))
        scores = [tried.weigh(data.known[i], data.spans[i], readings[i]) for i in numbers]
        for bias in BIASES:
            tried = with_calibration(tried, bias=bias)
            counts = [entity_counts(data.papers[i], data.things(i, tried, scores[i])[0]) for i in numbers]
            hits, made, wanted = np.sum(counts, axis=0)
            if 2 * hits / (made + wanted) > best:
                best, chosen = 2 * hits / (made + wanted), tried
    print("join", chosen.models.calibration["join"], "bias", chosen.models.calibration["bias"], f"F1 {best:.4f}")
    return chosen


def with_calibration(experts: Experts, **values) -> Experts:
    """Give experts with other calibration."""
    return replace(experts, models=replace(experts.models, calibration={**experts.models.calibration, **values}))


def calibrate(data: Data, experts: Experts) -> Experts:
    """Fit the probabilities of entities, then those of relations, on the held papers."""
    numbers = range(len(data.papers))
    readings = [experts.read(known) for known in data.known]
    scores = [experts.weigh(data.known[i], data.spans[i], readings[i]) for i in numbers]
    measures, right = [], []
    for i in numbers:
        things, rows = data.things(i, experts, scores[i])
        pairs = match(data.papers[i], tuple(things))
        for thing, row in zip(things, rows, strict=True):
            if not data.papers[i].entities.get(pairs.get(thing.id), {}).get("optional"):
                measures.append(row)
                right.append(thing.id in pairs)
    weights, intercept = logistic(measures, right)
    experts = with_calibration(experts, entity={"weights": weights, "intercept": [intercept]})
    calibration: dict = {}
    scenes = []
    of_paper = Rows(PAPER_RELATIONS)
    for i in numbers:
        paper = data.papers[i]
        things = tuple(data.things(i, experts, scores[i])[0])
        known = scene(paper.doc, things)
        lines = {number: rendered(known, number) for number in range(len(known.ranges))}
        names = match(paper, things)
        asked = relations.paper_scores(known, lines, experts.models, readings[i])
        of_paper.add(paper, [("PAPER", names.get(thing.id, "?")) for thing in things], *asked)
        scenes.append((known, lines, names, asked))
    calibration |= of_paper.fit()
    of_pairs = Rows(PAIR_RELATIONS)
    for i, (known, lines, names, asked) in zip(numbers, scenes, strict=True):
        roles = relations.roles_of(known.things, relations.joined(*asked, PAPER_RELATIONS, calibration))
        pairs, *asked = relations.pair_scores(known, lines, roles, experts.models, readings[i])
        of_pairs.add(data.papers[i], [(names.get(h.id, "?"), names.get(t.id, "?")) for h, t in pairs], *asked)
    calibration |= of_pairs.fit()
    return with_calibration(experts, relation=calibration)


class Rows:
    """What the experts said of relations, and what is true."""

    def __init__(self, names):
        self.names, self.inputs, self.targets = names, [], []

    def add(self, paper, ends, scores, confidence):
        """Add the rows of one paper, without those that touch an optional entity."""
        gold = {tuple(relation) for relation in paper.record["relations"]}
        for (head, tail), row, sure in zip(ends, scores, confidence, strict=True):
            if not any(paper.entities.get(name, {}).get("optional") for name in (head, tail)):
                self.inputs.append([[*values, sure] for values in row])
                self.targets.append([(head, name, tail) in gold for name in self.names])

    def fit(self):
        """Fit a logistic regression whose weights the relations share but for what their own rows insist on."""
        inputs, targets = np.array(self.inputs), np.array(self.targets)
        count, names, width = inputs.shape
        rows = np.zeros((count, names, width + names * (width + 1)))
        rows[:, :, :width] = inputs
        for column in range(names):
            first = width + column * (width + 1)
            rows[:, column, first : first + width] = OWN_SCALE * inputs[:, column]
            rows[:, column, first + width] = 1.0
        model = LogisticRegression(C=10.0, max_iter=500).fit(rows.reshape(-1, rows.shape[2]), targets.ravel())
        shared, own = model.coef_[0, :width], model.coef_[0, width:].reshape(names, width + 1)
        found = {}
        for name, row in zip(self.names, own, strict=True):
            rules, encoder, ends = (shared + OWN_SCALE * row[:width]).tolist()
            intercept = float(model.intercept_[0] + row[width])
            found[name] = {"rules": rules, "encoder": encoder, "ends": ends, "intercept": intercept}
            print(name, {key: round(value, 2) for key, value in found[name].items()}, flush=True)
        return found


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", type=Path, nargs="*")
    parser.add_argument("out", type=Path)
    parser.add_argument("--held", type=Path, required=True, help="annotated papers that nothing else was fitted on")
    parser.add_argument("--encoder", type=Path, help="folder of the encoder to join")
    parser.add_argument("--rules", type=Path, help="take the linear models of this file instead of fitting them")
    parser.add_argument("--tagger", type=Path, help="take the tagger of this file")
    parser.add_argument("--papers", type=int, metavar="N", help="fit on the first N papers only, for a learning curve")
    args = parser.parse_args()
    nlp = front(Config())
    if args.rules:
        models = linear.parse(args.rules.read_bytes())
    else:
        models = fit_rules(Data([paper for path in args.gold for paper in load(path, nlp)][: args.papers]))
    if args.tagger:
        models = replace(models, tagger=linear.parse(args.tagger.read_bytes()).tagger)
    encoder = encoders.load(args.encoder) if args.encoder else None
    held = Data(load(args.held, nlp))
    experts = Experts(replace(models, calibration=_RULES), statistics.shipped(), encoder)
    experts = calibrate(held, fit_join(held, experts))
    args.out.write_bytes(linear.dump(experts.models))
    sizes = [len(model.index) for model in (models.tagger, models.paper, models.pair)]
    print(args.out, args.out.stat().st_size, "bytes, features", sizes)


if __name__ == "__main__":
    main()
