"""Write a trained encoder the way kg runs it: a quantised ONNX graph, its heads as arrays, its tokenizer.

usage: python export.py TRAINED.pt FOLDER
"""

import argparse
import shutil
import warnings
from pathlib import Path

import numpy as np
import torch
from encoder import pretrained
from network import Network
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from torch.nn.functional import gelu

#: Parameters that stay outside the graph.
HEADS = ("width", "measure", "kind", "role", "pair_head", "pair_tail", "distance", "link")


class Graph(torch.nn.Module):
    """The encoder of one unpadded pass, spelt out so that the optimiser knows its parts."""

    def __init__(self, net: Network):
        super().__init__()
        self.net = net

    def forward(self, ids, marks):
        """Map piece ids (1 x pieces) and marks (1 x pieces x marks) to the parts of the heads."""
        net, config = self.net, self.net.encoder.config
        words = net.encoder.embeddings.word_embeddings(ids)
        for number, table in enumerate(net.marks):
            words = words + table(marks[..., number])
        embeddings = net.encoder.embeddings
        places = embeddings.position_embeddings.weight[: ids.shape[1]]
        hidden = embeddings.LayerNorm(words + places + embeddings.token_type_embeddings.weight[0])
        heads = config.num_attention_heads
        for layer in net.encoder.encoder.layer:
            attention = layer.attention.self
            batch, length, width = hidden.shape

            def split(values, shape=(batch, length, heads, width // heads)):
                return values.view(shape).transpose(1, 2)

            query, key = split(attention.query(hidden)), split(attention.key(hidden))
            weights = torch.softmax(query @ key.transpose(-1, -2) / (width // heads) ** 0.5, -1)
            mixed = (weights @ split(attention.value(hidden))).transpose(1, 2).reshape(batch, length, width)
            hidden = layer.attention.output.LayerNorm(layer.attention.output.dense(mixed) + hidden)
            inner = gelu(layer.intermediate.dense(hidden))
            hidden = layer.output.LayerNorm(layer.output.dense(inner) + hidden)
        return net.heads(hidden)[0]


def write_graph(net: Network, folder: Path) -> None:
    """Write ``encoder.onnx``: fused, then quantised to eight bits, weights by channel."""
    raw, fused = folder / "raw.onnx", folder / "fused.onnx"
    config = net.encoder.config
    example = (torch.randint(1000, 2000, (1, 40)), torch.zeros(1, 40, len(net.marks), dtype=torch.long))
    with warnings.catch_warnings(action="ignore"):
        torch.onnx.export(
            Graph(net).eval(),
            example,
            raw,
            input_names=["ids", "marks"],
            output_names=["parts"],
            dynamic_axes={"ids": {1: "pieces"}, "marks": {1: "pieces"}, "parts": {0: "pieces"}},
            opset_version=17,
            dynamo=False,
        )
    model = optimizer.optimize_model(
        str(raw), "bert", num_heads=config.num_attention_heads, hidden_size=config.hidden_size, opt_level=0
    )
    model.save_model_to_file(str(fused))
    quantize_dynamic(
        fused,
        folder / "encoder.onnx",
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": 1},
    )
    raw.unlink()
    fused.unlink()


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("trained", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int)
    args = parser.parse_args()
    net = Network(pretrained(), args.layers)
    net.load_state_dict(torch.load(args.trained))
    net.eval()
    args.folder.mkdir(parents=True, exist_ok=True)
    write_graph(net, args.folder)
    state = {name: value.numpy().astype(np.float16) for name, value in net.state_dict().items()}
    np.savez_compressed(args.folder / "heads.npz", **{n: v for n, v in state.items() if n.partition(".")[0] in HEADS})
    shutil.copy(pretrained() / "tokenizer.json", args.folder / "tokenizer.json")


if __name__ == "__main__":
    main()
