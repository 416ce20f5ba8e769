"""Fit the linear models and their calibration on annotated papers, and write the shipped weights.

usage: python training/fit.py GOLD.jsonl ... OUT.npz [--papers N]

Three steps, each by cross-validation over papers so that no paper is judged by a model that saw it: the tagger; the
relation models, on the tagger's own output; logistic regressions that turn scores into probabilities.
"""

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from gold import Annotated, gold_things, labels, load, match
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from kg.config import Config
from kg.extract import abbreviations, gazetteer, grouping, linear, relations, statistics  # noqa: F401 (registers components)
from kg.extract.features import features
from kg.extract.linear import Linear, Models, sigmoid
from kg.extract.parts import Thing
from kg.extract.relation_features import pair_features, rendered, scene, thing_features
from kg.extract.tagger import CLASSES, choose, context, log_odds, weigh
from kg.extract.tokens import tagger as load_tagger
from kg.text import is_mathematics

FOLDS = 5
BIAS = 1.0
TAGGER_C, PAPER_C, PAIR_C = 0.3, 0.2, 0.1
#: Optional entities say little for or against a relation.
OPTIONAL_WEIGHT = 0.3
_NEUTRAL = {"weights": [1.0, 0.0], "intercept": [0.0]}


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


def fit_tagger(rows, targets, weights):
    """Fit the multinomial model of candidates."""
    index = index_of(rows, 2)
    model = LogisticRegression(C=TAGGER_C, max_iter=150, tol=1e-3)
    model.fit(matrix(rows, index), targets, sample_weight=weights)
    table = np.zeros((len(index), len(CLASSES)))
    for row, column in zip(model.coef_, model.classes_, strict=True):
        table[:, column] = row
    bias = np.zeros(len(CLASSES))
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
        counts = statistics.shipped()
        self.papers = papers
        self.known = [context(paper.doc) for paper in papers]
        self.rows = []
        self.targets = []
        for paper, known in zip(papers, self.known, strict=True):
            paper.doc._.candidates = [
                span for span in paper.doc._.candidates if not is_mathematics(paper.doc[span[0] : span[1]].text)
            ]
            self.rows.append([list(features(known, span, counts)) for span in paper.doc._.candidates])
            self.targets.append(labels(paper))

    def tagger(self, chosen):
        """Fit the tagger on the papers whose numbers are ``chosen``; a second kind counts for less."""
        rows, targets, weights = [], [], []
        for number in chosen:
            for row, (kind, further, weight) in zip(self.rows[number], self.targets[number], strict=True):
                if not weight:
                    continue
                shares = {kind: 1.0} if not further else {kind: 0.7, **{k: 0.3 / len(further) for k in further}}
                for name, share in shares.items():
                    rows.append(row)
                    targets.append(CLASSES.index(name))
                    weights.append(share)
        return fit_tagger(rows, np.array(targets), np.array(weights))

    def things(self, number, model, calibration, bias=BIAS):
        """Tag one paper: things and the measures of each."""
        paper, known = self.papers[number], self.known[number]
        spans = paper.doc._.candidates
        scores = weigh(known, spans, model, statistics.shipped())
        taken = choose(spans, (log_odds(scores) + bias).tolist(), len(paper.doc))
        chosen, kept = [spans[i] for i in taken], scores[taken]
        named = [(span, known.forms[span]) for span in chosen]
        things = grouping.group(paper.doc, named, kept, calibration, statistics.shipped())
        place = {span: i for i, span in enumerate(chosen)}
        return things, [grouping.measures(kept[[place[span] for span in thing.spans]]) for thing in things]


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
        rows = [list(thing_features(known, thing, lines)) for thing in things]
        targets = [[("PAPER", r, names[t.id]) in gold for r in relations.PAPER_RELATIONS] for t in things]
        return rows, targets, [weight(thing) for thing in things], [(thing,) for thing in things]
    pairs = relations.pairs_of(known, roles)
    rows = [list(pair_features(known, h, t, lines, roles)) for h, t in pairs]
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


def calibrate_relations(parts, held, names):
    """Fit the probability of each relation from its model's and those of its ends."""
    found = {}
    for column, name in enumerate(names):
        inputs, targets = [], []
        for (_, wanted, weights, ends), probabilities in zip(parts, held, strict=True):
            for target, weight, end, row in zip(wanted, weights, ends, probabilities, strict=True):
                if weight < 1:
                    continue
                logits = [relations._logit(thing.confidence) for thing in end]
                inputs.append([relations._logit(row[column]), sum(logits) / len(logits)])
                targets.append(target[column])
        (own, of_ends), intercept = logistic(inputs, targets)
        found[name] = {"own": own, "ends": of_ends, "intercept": intercept}
    return found


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    parser.add_argument("--papers", type=int, metavar="N", help="fit on the first N papers only, for a learning curve")
    args = parser.parse_args()
    nlp = front(Config())
    data = Data([paper for path in args.gold for paper in load(path, nlp)][: args.papers])
    numbers = range(len(data.papers))

    found, measures, right = {}, [], []
    for fold in folds(len(data.papers)):
        model = data.tagger([i for i in numbers if i not in set(fold)])
        for i in fold:
            found[i] = data.things(i, model, _NEUTRAL)
            pairs = match(data.papers[i], tuple(found[i][0]))
            for thing, row in zip(*found[i], strict=True):
                if not data.papers[i].entities.get(pairs.get(thing.id), {}).get("optional"):
                    measures.append(row)
                    right.append(thing.id in pairs)
    weights, intercept = logistic(measures, right)
    entity = {"weights": weights, "intercept": [intercept]}
    print("entities", len(right), "right", np.mean(right), entity, flush=True)

    def sure(row):
        return float(sigmoid(np.array(intercept + np.dot(weights, row))))

    things = [tuple(replace(t, confidence=sure(m)) for t, m in zip(*found[i], strict=True)) for i in numbers]
    gold = [gold_things(paper, statistics.shipped()) for paper in data.papers]
    links = [match(paper, found_things) for paper, found_things in zip(data.papers, things, strict=True)]
    same = [{thing.id: thing.id for thing in row} for row in gold]
    tagged = list(map(relation_rows, data.papers, things, links))
    annotated = list(map(relation_rows, data.papers, gold, same))
    paper_model, held, held_gold = cross_fit(tagged, annotated, PAPER_C, 2)
    relation = calibrate_relations(tagged, held, relations.PAPER_RELATIONS)
    tagged = list(map(relation_rows, data.papers, things, links, map(relations.roles_of, things, held)))
    annotated = list(map(relation_rows, data.papers, gold, same, map(relations.roles_of, gold, held_gold)))
    pair_model, held, _ = cross_fit(tagged, annotated, PAIR_C, 3)
    relation |= calibrate_relations(tagged, held, relations.PAIR_RELATIONS)
    print(relation, flush=True)

    calibration = {"bias": BIAS, "entity": entity, "relation": relation}
    models = Models(data.tagger(numbers), paper_model, pair_model, calibration)
    args.out.write_bytes(linear.dump(models))
    sizes = [len(model.index) for model in (models.tagger, models.paper, models.pair)]
    print(args.out, args.out.stat().st_size, "features", sizes)


if __name__ == "__main__":
    main()
