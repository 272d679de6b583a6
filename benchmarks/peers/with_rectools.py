"""RecTools: SASRec with a softmax over sampled products, and eSASRec put together from RecTools' parts.

eSASRec is SASRec with LiGR layers and that softmax (Tikhonovich et al., RecSys 2025). Settings are those its authors
chose for these data (blondered/transformer_benchmark). As there, the epoch is kept whose lists are best for the
held-back products; they train up to 200 epochs on a graphics card, here a budget of processor time ends it.

What is ours makes an epoch cheaper and changes nothing that is learnt: the loss is computed where a step has a next
one, not for padding too, and candidates are fetched by `embedding`, which adds up their gradients faster.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from harness import NOTES, K, Lists, Method, Rows, Task, held_back, main, ndcg
from pytorch_lightning import seed_everything
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import SASRecModel
from rectools.models.nn.transformers.lightning import TransformerLightningModule
from rectools.models.nn.transformers.ligr import LiGRLayers
from rectools.models.nn.transformers.negative_sampler import CatalogUniformSampler
from rectools.models.nn.transformers.similarity import DistanceSimilarityModule

PUBLISHED = {
    "n_factors": 64,
    "n_blocks": 1,
    "n_heads": 1,
    "dropout_rate": 0.2,
    "session_max_len": 50,
    "loss": "sampled_softmax",
    "n_negatives": 256,
    "lr": 0.001,
    "batch_size": 128,
}
LIGR = {
    "transformer_layers_type": LiGRLayers,
    "transformer_layers_kwargs": {"ff_factors_multiplier": 4},
    "use_key_padding_mask": True,
}
BUDGET_CPU_S = 960
EPOCHS, PATIENCE = 200, 10
"""Their README waits 50 epochs for better lists, their code 5."""


class Negatives(CatalogUniformSampler):
    """Drawn for the steps that have a next one: (steps, negatives)."""

    def get_negatives(self, batch_dict: Any, lowest_id: int, highest_id: int, **options: Any) -> torch.Tensor:
        n_steps = int((batch_dict["y"] != 0).sum())
        return torch.randint(lowest_id, highest_id, (n_steps, self.n_negatives))


class Similarity(DistanceSimilarityModule):
    """RecTools' dot product of steps and candidates, picked out of that with all products."""

    def _get_pos_neg_logits(self, session_embs: Any, item_embs: Any, candidate_item_ids: Any) -> torch.Tensor:
        return self._get_full_catalog_logits(session_embs, item_embs).gather(-1, candidate_item_ids)


class Steps(TransformerLightningModule):
    """RecTools' training step and loss, over the steps that have a next one."""

    def training_step(self, batch: dict[str, torch.Tensor], batch_idx: int) -> torch.Tensor:
        there = batch["y"] != 0
        items = self.torch_model.item_model.get_all_embeddings()
        steps = self.torch_model.encode_sessions(batch, items)[there]  # (steps, factors)
        candidates = torch.cat([batch["y"][there][:, None], batch["negatives"]], dim=1)  # (steps, 1 + negatives)
        logits = self.torch_model.similarity_module(steps[None], items, candidates[None])
        return self.loss_calculator(logits, batch["y"][there][None], batch["yw"][there][None])


def frame(users: Sequence[int], histories: Sequence[Rows]) -> pd.DataFrame:
    """RecTools' table of interactions, one a day."""
    places = np.concatenate([np.arange(len(rows)) for rows in histories])
    return pd.DataFrame(
        {
            Columns.User: np.repeat(users, [len(rows) for rows in histories]),
            Columns.Item: np.concatenate(histories),
            Columns.Weight: 1.0,
            Columns.Datetime: pd.Timestamp("2014-01-01") + pd.to_timedelta(places, unit="D"),
        }
    )


def from_history(model: SASRecModel) -> Lists:
    """The model's own `recommend`, over the histories that are given."""

    def lists(users: Sequence[int], histories: Sequence[Rows]) -> np.ndarray:
        data = Dataset.construct(frame(users, histories))
        shown = model.recommend(list(users), data, k=K, filter_viewed=True, on_unsupported_targets="ignore")
        place = {user: number for number, user in enumerate(users)}
        found = np.full((len(users), K), -1)
        found[shown[Columns.User].map(place), shown[Columns.Rank] - 1] = shown[Columns.Item]
        return found

    return lists


def sasrec(task: Task, setting: dict[str, Any]) -> Lists:
    """Train epoch by epoch until the budget is used up, and answer with the weights of the best epoch."""
    quiet()
    started, budget_s = time.process_time(), setting.get("cpu_s", BUDGET_CPU_S)
    chosen = {name: value for name, value in setting.items() if name not in {"cpu_s", "ligr"}}
    model = SASRecModel(
        **{**PUBLISHED, **(LIGR if setting.get("ligr") else {}), **chosen},
        negative_sampler_type=Negatives, similarity_module_type=Similarity, lightning_module_type=Steps,
    )  # fmt: skip
    data = Dataset.construct(frame(range(len(task.train)), task.train))
    users, wanted = held_back(task)
    histories = [task.train[user] for user in users]
    lists, curve, weights = from_history(model), [], {}
    for epoch in range(1, EPOCHS + 1):
        model.fit_partial(data, min_epochs=1, max_epochs=1)
        curve.append(ndcg(lists(users, histories), wanted))
        if curve[-1] == max(curve):
            kept, weights = epoch, {name: value.clone() for name, value in model.torch_model.state_dict().items()}
        if time.process_time() - started > budget_s or epoch - kept >= PATIENCE:
            break
    model.torch_model.load_state_dict(weights)
    NOTES.update(epochs=epoch, kept_epoch=kept, validation_ndcg=max(curve), curve=[round(each, 4) for each in curve])
    return lists


def quiet() -> None:
    """One thread, one seed, no chatter."""
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    seed_everything(0, verbose=False)


if __name__ == "__main__":
    main(
        {
            "SASRec": Method(sasrec, one_by_one=20),
            "eSASRec": Method(sasrec, ({"ligr": True},), one_by_one=20),
        }
    )
