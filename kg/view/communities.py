"""What draws entities together on a page, and the communities that this makes (Louvain, seeded).

Relations weigh most. Shared papers weigh less and only place entities: a line on the page is always a relation.
Blondel et al. 2008 describe the method; NetworkX runs it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from kg.model import Entity, Relation

#: The communities are the same on every run.
SEED = 7

#: Companions by shared papers that draw at an entity: more of them would draw everything together.
COMPANIONS = 3
#: A paper that names more of the entities than this says little about which belong together.
CROWD = 60
#: Entities that name a community.
NAMED_BY = 3

#: How strongly pairs of entities, by number, are drawn together; the lower number first.
Weights = dict[tuple[int, int], float]

Numbers = NDArray[np.int64]


def weigh(entities: Sequence[Entity], links: Iterable[Relation], papers_of: Mapping[str, Sequence[str]]) -> Weights:
    """Weigh pairs of entities by their relations, and by the papers that closest companions share."""
    place = {entity.id: number for number, entity in enumerate(entities)}
    weights: Weights = defaultdict(float)
    for link in links:
        a, b = sorted((place[link.head], place[link.tail]))
        if a != b and link.confidence > 0:
            weights[a, b] += 2.0 + sqrt(link.support)
    for pair, likeness in _companions(entities, papers_of).items():
        weights[pair] += likeness
    return dict(sorted(weights.items()))


def _companions(entities: Sequence[Entity], papers_of: Mapping[str, Sequence[str]]) -> Weights:
    """Weigh each entity and those that share most of its papers: their likeness, at most 1."""
    first, second, shared = _together(entities, papers_of)
    papers = np.array([max(entity.support, 1) for entity in entities], dtype=np.int64)
    likeness = shared / np.sqrt(papers[first] * papers[second])
    # Each pair seen from both of its ends, the closest companions of an entity first.
    one, other = np.concatenate((first, second)), np.concatenate((second, first))
    order = np.lexsort((other, -np.concatenate((likeness, likeness)), one))
    start = np.searchsorted(one[order], np.arange(len(entities)))
    best = order[np.arange(len(order)) - start[one[order]] < COMPANIONS] % max(len(first), 1)
    ends = zip(first[best].tolist(), second[best].tolist(), strict=True)
    return dict(zip(ends, np.minimum(likeness[best], 1.0).tolist(), strict=True))


def _together(entities: Sequence[Entity], papers_of: Mapping[str, Sequence[str]]) -> tuple[Numbers, ...]:
    """Count the papers that two entities share: the lower numbers of the pairs, the higher ones, and the counts."""
    named: dict[str, list[int]] = defaultdict(list)
    for number, entity in enumerate(entities):
        for paper in papers_of.get(entity.id, ()):
            named[paper].append(number)
    alike: dict[int, list[list[int]]] = defaultdict(list)
    for numbers in named.values():
        if len(numbers) <= CROWD:
            alike[len(numbers)].append(numbers)
    pairs = [np.zeros(0, dtype=np.int64)]
    for size, papers in alike.items():
        crowds = np.array(papers, dtype=np.int64)
        low, high = np.triu_indices(size, 1)
        pairs.append((crowds[:, low] * len(entities) + crowds[:, high]).ravel())
    found, counts = np.unique(np.concatenate(pairs), return_counts=True)
    return (*np.divmod(found, max(len(entities), 1)), counts)


def divide(members: Sequence[int], weights: Weights) -> list[list[int]]:
    """Divide some of the numbered entities into communities, the largest first; each lists its members in order.

    >>> divide(range(5), {(0, 1): 1.0, (2, 3): 1.0, (3, 4): 1.0})
    [[2, 3, 4], [0, 1]]
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(members)
    graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in weights.items())
    found = nx.community.louvain_communities(graph, seed=SEED) if graph.number_of_edges() else [{n} for n in members]
    return sorted((sorted(part) for part in found), key=lambda part: (-len(part), part))


def communities(entities: Sequence[Entity], weights: Weights) -> list[list[int]]:
    """Divide the entities of a page, with those that nothing draws anywhere as the last community."""
    parts = divide(range(len(entities)), weights)
    alone = sorted(number for part in parts if len(part) == 1 for number in part)
    parts = [part for part in parts if len(part) > 1]
    return [*parts, alone] if alone else parts


def tops(parts: Sequence[Sequence[int]], entities: Sequence[Entity], weights: Weights) -> list[list[int]]:
    """Give for each community the entities that stand for it: of many papers, and bound to it rather than to others."""
    home = {member: number for number, part in enumerate(parts) for member in part}
    inside, whole = [0.0] * len(entities), [0.0] * len(entities)
    for (a, b), weight in weights.items():
        for end in (a, b):
            whole[end] += weight
            inside[end] += weight if home[a] == home[b] else 0.0
    scores = [
        round(sqrt(max(entity.support, 1)) * (inside[number] / whole[number] if whole[number] else 0.0), 6)
        for number, entity in enumerate(entities)
    ]
    return [sorted(part, key=lambda number: (-scores[number], number))[:NAMED_BY] for part in parts]
