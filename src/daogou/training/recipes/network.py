"""The network of the packaged text encoder in torch, to learn in: all of its matrices, or low-rank additions to them.

The additions are LoRA's (Hu et al. 2021, https://arxiv.org/abs/2106.09685); they are merged into the matrices when the
weights are read, so that what is served is the same graph either way. The vectors of the word pieces stay as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from daogou.retrieval.encoding.graph import Weights
    from daogou.retrieval.encoding.weights import Model, Shape

LONGEST = 32
"""Pieces of a text that are looked at while learning."""
_TOGETHER = 16
"""Texts that are padded to one length."""


def halved(device: str) -> AbstractContextManager[Any]:
    """Where products of matrices are taken in 16 bits, if the device is made for that: a step then takes half as long.

    bfloat16 has the range of 32 bits, so that no loss need be scaled. Weights and their changes stay in 32.
    """
    import torch

    if device == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device == "cpu":
        can = torch.cpu.get_capabilities()
        fast = can.get("avx512_bf16", False) or can.get("amx_bf16", False)
    else:
        fast = False
    return torch.autocast(device, torch.bfloat16) if fast else nullcontext()


class Network:
    """Weights as tensors, all or low-rank additions of which learn."""

    def __init__(self, model: Model, weights: Weights, *, rank: int, device: str) -> None:
        """`rank`: of the additions; 0: everything learns."""
        import torch

        self.model, self.device = model, device
        self._weights = {name: torch.tensor(array, device=device) for name, array in weights.items()}
        self._added: dict[str, tuple[Any, Any]] = {}
        if rank:
            for name, weight in self._weights.items():
                if weight.ndim == 2 and name != "places":
                    down = torch.randn(rank, weight.shape[1], device=device) / rank
                    up = torch.zeros(weight.shape[0], rank, device=device)
                    self._added[name] = (down.requires_grad_(), up.requires_grad_())
        else:
            for name, weight in self._weights.items():
                weight.requires_grad_(name != "places")

    @property
    def parameters(self) -> list[Any]:
        if self._added:
            return [part for parts in self._added.values() for part in parts]
        return [weight for weight in self._weights.values() if weight.requires_grad]

    def merged(self) -> dict[str, Any]:
        """The weights with what was added."""
        return self._weights | {name: self._weights[name] + up @ down for name, (down, up) in self._added.items()}

    def weights(self) -> Weights:
        """As a graph is built from."""
        return {name: weight.detach().cpu().numpy() for name, weight in self.merged().items()}

    def encode(self, texts: Sequence[str]) -> Any:
        """(texts, dim), not yet of unit length. Texts of like length go together, for padding costs as much."""
        import torch

        merged = self.merged()
        ids = [self.model.pieces.framed(text, LONGEST) for text in texts]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        parts = [order[low : low + _TOGETHER] for low in range(0, len(order), _TOGETHER)]
        found = torch.cat([self._pooled(merged, [ids[place] for place in part]) for part in parts])
        return found[torch.tensor(np.argsort(order), device=self.device)]

    def words(self, ids: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """Vectors of the pieces (texts, length, dim), and which of them are no padding (texts, length)."""
        import torch

        lengths = np.array([len(each) for each in ids])
        padded = np.zeros((len(ids), lengths.max()), np.int64)
        for row, each in enumerate(ids):
            padded[row, : len(each)] = each
        different, place = np.unique(padded, return_inverse=True)
        vectors = torch.tensor(self.model.table[different][place.reshape(padded.shape)], device=self.device)
        return vectors, torch.tensor(np.arange(padded.shape[1])[None] < lengths[:, None], device=self.device)

    def states(self, merged: Mapping[str, Any], words: Any, real: Any) -> Any:
        """(texts, length, dim) of vectors of the pieces."""
        with halved(self.device):
            return forward(merged, self.model.shape, words, real).float()

    def _pooled(self, merged: Mapping[str, Any], ids: Sequence[Sequence[int]]) -> Any:
        words, real = self.words(ids)
        states = self.states(merged, words, real)  # (texts, length, dim)
        return (states * real[..., None]).sum(1) / real.sum(1, keepdim=True)


def forward(weights: Mapping[str, Any], shape: Shape, words: Any, real: Any) -> Any:
    """(texts, length, dim) of word vectors to states; the graph of `daogou.retrieval.encoding.graph` in torch."""
    from torch.nn import functional as F

    texts, length, dim = words.shape

    def norm(x: Any, name: str) -> Any:
        return F.layer_norm(x, (dim,), weights[f"{name}.w"], weights[f"{name}.b"], shape.epsilon)

    def matrix(x: Any, name: str) -> Any:
        return F.linear(x, weights[f"{name}.w"], weights[f"{name}.b"])

    def heads(x: Any) -> Any:
        return x.view(texts, length, shape.heads, -1).transpose(1, 2)  # (texts, heads, length, dim / heads)

    x = norm(words + weights["places"][:length], "norm")
    for layer in range(shape.layers):
        q, k, v = (heads(matrix(x, f"{layer}.{name}")) for name in "qkv")
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=real[:, None, None, :])
        mixed = mixed.transpose(1, 2).reshape(texts, length, dim)
        x = norm(x + matrix(mixed, f"{layer}.ao"), f"{layer}.aln")
        x = norm(x + matrix(F.gelu(matrix(x, f"{layer}.fi")), f"{layer}.fo"), f"{layer}.oln")
    return x


def digest(weights: Weights) -> str:
    """Tells weights from others."""
    found = hashlib.sha256()
    for name in sorted(weights):
        found.update(np.ascontiguousarray(weights[name]).tobytes())
    return found.hexdigest()[:16]
