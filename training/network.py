"""The encoder with its three heads: what a span is, what the paper does with a thing, how two things relate."""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import relu
from transformers import AutoModel

from kg.extract.candidates import MAX_TOKENS
from kg.extract.encoder import DISTANCES, ROLE, SPAN, nearest
from kg.extract.inputs import MARKS, MEASURES, Inputs
from kg.extract.relations import PAIR_RELATIONS, PAPER_RELATIONS
from kg.extract.tagger import CLASSES


class Network(nn.Module):
    """A pretrained encoder that also reads the marks of tokens, and linear maps out of it.

    ``heads`` maps each piece to the start, end and inside parts of the span head and of the mention vectors.
    """

    def __init__(self, path: Path, layers: int | None = None, kinds: int = len(CLASSES)):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            path, add_pooling_layer=False, attn_implementation="sdpa", attention_probs_dropout_prob=0.0
        )
        if layers is not None:
            every = self.encoder.encoder.layer
            kept = np.linspace(0, len(every) - 1, layers).round().astype(int)
            self.encoder.encoder.layer = nn.ModuleList([every[i] for i in kept])
        width = self.encoder.config.hidden_size
        self.marks = nn.ModuleList([nn.Embedding(size, width) for size in (*MARKS, 2)])
        for table in self.marks:
            nn.init.zeros_(table.weight)
        self.drop = nn.Dropout(0.1)
        self.heads = nn.Linear(width, 3 * SPAN + 3 * ROLE)
        self.width = nn.Embedding(MAX_TOKENS + 1, SPAN)
        self.measure = nn.Linear(MEASURES, SPAN)
        self.kind = nn.Linear(SPAN, kinds)
        self.role = nn.Linear(ROLE, len(PAPER_RELATIONS))
        self.pair_head = nn.Linear(2 * ROLE, ROLE, bias=False)
        self.pair_tail = nn.Linear(2 * ROLE, ROLE)
        self.distance = nn.Embedding(len(DISTANCES) + 1, ROLE)
        self.link = nn.Linear(ROLE, len(PAIR_RELATIONS))

    def pieces(self, ids, marks, mask):
        """Encode a batch of passes: passes x pieces x all parts of the heads."""
        words = self.encoder.embeddings.word_embeddings(ids)
        for number, table in enumerate(self.marks):
            words = words + table(marks[..., number])
        hidden = self.encoder(inputs_embeds=words, attention_mask=mask).last_hidden_state
        return self.heads(self.drop(hidden))

    def spans(self, parts, first, last, spans, width: int, offset: int):
        """Combine the parts of spans: spans x width."""
        starts, ends = first[spans[:, 0]], last[spans[:, 1] - 1]
        left, right, inside = (parts[:, offset + i * width : offset + (i + 1) * width] for i in range(3))
        total = torch.cat([inside.new_zeros(1, width), inside.cumsum(0)])
        mean = (total[ends + 1] - total[starts]) / (ends + 1 - starts).unsqueeze(1)
        return left[starts] + right[ends] + mean

    def kinds(self, parts, read, spans, measures):
        """Score spans: spans x classes."""
        length = (spans[:, 1] - spans[:, 0]).clamp(max=MAX_TOKENS)
        rep = self.spans(parts, *read, spans, SPAN, 0) + self.width(length) + self.measure(measures)
        return self.kind(self.drop(relu(rep)))

    def mentions(self, parts, read, spans):
        """Give a vector for each mention: mentions x ROLE."""
        return relu(self.spans(parts, *read, spans, ROLE, 3 * SPAN))

    def roles(self, mentions, owner, count: int):
        """Score things for what the paper does with them, from the greatest of their mentions: also their vectors."""
        pooled = mentions.new_zeros(count, ROLE).scatter_reduce(
            0, owner.unsqueeze(1).expand(-1, ROLE), mentions, "amax", include_self=False
        )
        return self.role(self.drop(pooled)), pooled

    def links(self, pooled, mentions, pairs, nearest, distance):
        """Score pairs of things: pairs x pair relations."""
        heads = self.pair_head(torch.cat([pooled[pairs[:, 0]], mentions[nearest[:, 0]]], 1))
        tails = self.pair_tail(torch.cat([pooled[pairs[:, 1]], mentions[nearest[:, 1]]], 1))
        return self.link(self.drop(relu(heads + tails + self.distance(distance))))


def batch_passes(reads: list[Inputs], pad: int):
    """Pad the passes of papers: ids, marks, mask, and for each paper the numbers of its passes."""
    passes = [(ids, number) for number, read in enumerate(reads) for ids in read.passes]
    longest = max(len(ids) for ids, _ in passes)
    ids = np.full((len(passes), longest), pad, dtype=np.int64)
    marks = np.zeros((len(passes), longest, len(MARKS) + 1), dtype=np.int64)
    mask = np.zeros((len(passes), longest), dtype=np.int64)
    offset: dict[int, int] = {}
    owners: dict[int, list[tuple[int, int]]] = {}
    for row, (piece_ids, number) in enumerate(passes):
        size, start = len(piece_ids), offset.get(number, 0)
        ids[row, :size], mask[row, :size] = piece_ids, 1
        marks[row, :size] = reads[number].marks[start : start + size]
        offset[number] = start + size
        owners.setdefault(number, []).append((row, size))
    return torch.from_numpy(ids), torch.from_numpy(marks), torch.from_numpy(mask), owners


def nearest_mentions(things, pairs):
    """Give for each pair of things the numbers of their closest mentions, and the bin of their signed distance."""
    first = np.cumsum([0, *map(len, things)])
    found = [nearest(things[head], things[tail]) for head, tail in pairs]
    numbers = [(first[head] + i, first[tail] + j) for (head, tail), (i, j, _) in zip(pairs, found, strict=True)]
    return np.array(numbers, dtype=np.int64).reshape(-1, 2), np.array([b for _, _, b in found], dtype=np.int64)
