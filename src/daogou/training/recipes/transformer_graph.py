"""The transformer as it is served: an ONNX graph that computes what comes after the newest step and nothing else.

The same numbers as the modules of the recipe in half the nodes and, for long histories, half the time: in the last
block only the newest step asks, there is no batch, and what rests on no step (the bias of each distance, the scales)
is a constant. A test holds the two against each other.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from daogou.retrieval.transformer import TransformerConfig


def graph(models: Sequence[Any], config: TransformerConfig) -> bytes:
    """ONNX: `steps` (1, length, models * dim), oldest first, to `next` (1, models * dim), divided by their number."""
    import torch
    from torch import Tensor, nn
    from torch.nn import functional as F

    dim, heads = config.dim, config.heads
    part = dim // heads

    def gated(block: Any, x: Tensor) -> Tensor:
        y = block.before_gate(x)
        return x + block.down(F.silu(block.gate(y)) * block.up(y))

    class Newest(nn.Module):
        """One model, for one history."""

        def __init__(self, model: Any) -> None:
            super().__init__()
            self.model = model
            places = torch.arange(config.length)
            apart = places[:, None] - places[None, :]  # negative: in the future
            *self.earlier, self.last = model.blocks
            self.biases = [
                block.distance[:, apart.clamp(min=0)].masked_fill(apart < 0, -1e9) for block in self.earlier
            ]  # (heads, length, length) each
            self.newest = self.last.distance.flip(1)[:, None]  # (heads, 1, length)

        def forward(self, x: Tensor) -> Tensor:
            """(steps, dim) -> (1, dim)"""
            x = self.model.enter(x)
            for block, bias in zip(self.earlier, self.biases, strict=True):
                x = gated(block, self.all_ask(block, bias, x))
            y = self.model.leave(gated(self.last, self.newest_asks(x)))
            return y * (config.scale / len(models)) / (y * y).sum(-1, keepdim=True).sqrt()

        def all_ask(self, block: Any, bias: Tensor, x: Tensor) -> Tensor:
            n = x.shape[0]
            asked = block.to_qkv(block.before_attention(x)).reshape(-1, 3 * heads, part).transpose(0, 1)
            q, k, v = asked[:heads], asked[heads : 2 * heads], asked[2 * heads :]  # (heads, steps, part)
            weights = (q @ k.transpose(1, 2) / part**0.5 + bias[:, :n, :n]).softmax(-1)
            return x + block.from_heads((weights @ v).transpose(0, 1).reshape(-1, dim))

        def newest_asks(self, x: Tensor) -> Tensor:
            block, n = self.last, x.shape[0]
            y = block.before_attention(x)
            weight, bias = block.to_qkv.weight, block.to_qkv.bias
            q = F.linear(y[-1:], weight[:dim] / part**0.5, bias[:dim] / part**0.5).reshape(heads, 1, part)
            found = F.linear(y, weight[dim:], bias[dim:]).reshape(-1, 2 * heads, part).transpose(0, 1)
            k, v = found[:heads], found[heads:]  # (heads, steps, part)
            weights = (q @ k.transpose(1, 2) + self.newest[..., config.length - n :]).softmax(-1)
            return x[-1:] + block.from_heads((weights @ v).reshape(1, dim))

    class Together(nn.Module):
        """All models side by side."""

        def __init__(self) -> None:
            super().__init__()
            self.models = nn.ModuleList([Newest(model) for model in models])

        def forward(self, steps: Tensor) -> Tensor:
            parts = steps[0].chunk(len(models), dim=-1)
            return torch.cat([model(part) for model, part in zip(self.models, parts, strict=True)], -1)

    file = io.BytesIO()
    with torch.no_grad(), warnings.catch_warnings():
        # The newer exporter needs onnxscript and takes seconds; torch says the older one is deprecated.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Together().eval(),
            (torch.zeros(1, 2, len(models) * dim),),
            file,  # the older exporter writes to files too
            dynamo=False,
            input_names=["steps"],
            output_names=["next"],
            dynamic_axes={"steps": {1: "length"}},
        )
    return file.getvalue()
