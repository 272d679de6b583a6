"""RecTools: SASRec with a softmax over sampled products, and eSASRec put together from RecTools' parts.

eSASRec is SASRec with LiGR layers and that softmax (Tikhonovich et al., RecSys 2025). On a processor a softmax over all
products takes three times as long, and one over 256 sampled products twice. Both stop after a budget of processor time
and go back to the epoch with the lowest loss on the newest product of 1,500 shoppers' training histories, which is kept
out of the training for that.
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
from harness import NOTES, K, Lists, Method, Rows, Task, main
from pytorch_lightning import Callback, Trainer, seed_everything
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import SASRecModel
from rectools.models.nn.transformers.ligr import LiGRLayers

BUDGET_CPU_S = 360
HELD_BACK = 1_500


class Budget(Callback):
    """Stops when the processor time is used up, or five epochs brought nothing; keeps the best weights."""

    def __init__(self) -> None:
        self.until = time.process_time() + BUDGET_CPU_S
        self.best, self.kept, self.done, self.weights = float("inf"), 0, 0, {}

    def on_validation_end(self, trainer: Trainer, module: Any) -> None:
        loss = float(trainer.callback_metrics["val_loss"])
        self.done += 1
        if loss < self.best:
            self.best, self.kept = loss, trainer.current_epoch
            self.weights = {name: value.clone() for name, value in module.state_dict().items()}
        if time.process_time() > self.until or trainer.current_epoch - self.kept >= 5:
            trainer.should_stop = True

    def on_train_end(self, trainer: Trainer, module: Any) -> None:
        NOTES.update(epochs=self.done, kept_epoch=self.kept + 1)
        module.load_state_dict(self.weights)


def trainer() -> Trainer:
    """Lightning without files, bars and devices."""
    return Trainer(
        max_epochs=100, accelerator="cpu", devices=1, logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=0, callbacks=[Budget()],
    )  # fmt: skip


def held_back(interactions: pd.DataFrame) -> np.ndarray:
    """The newest interaction of some shoppers."""
    users = interactions[Columns.User].to_numpy()
    drawn = np.random.default_rng(0).permutation(np.unique(users))[:HELD_BACK]
    newest = ~interactions.duplicated(Columns.User, keep="last").to_numpy()
    return newest & np.isin(users, drawn)


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


def sasrec(task: Task, setting: dict[str, Any]) -> Lists:
    """Train, and answer through the model's own `recommend`."""
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    seed_everything(0, verbose=False)
    layers = {"transformer_layers_type": LiGRLayers} if setting.get("ligr") else {}
    model = SASRecModel(
        n_blocks=2, n_heads=2, n_factors=64, dropout_rate=0.3, session_max_len=20, batch_size=128,
        loss="sampled_softmax", n_negatives=64, get_trainer_func=trainer,
        get_val_mask_func=held_back, **layers,
    )  # fmt: skip
    model.fit(Dataset.construct(frame(range(len(task.train)), task.train)))

    def lists(users: Sequence[int], histories: Sequence[Rows]) -> np.ndarray:
        data = Dataset.construct(frame(users, histories))
        shown = model.recommend(list(users), data, k=K, filter_viewed=True, on_unsupported_targets="ignore")
        place = {user: number for number, user in enumerate(users)}
        found = np.full((len(users), K), -1)
        found[shown[Columns.User].map(place), shown[Columns.Rank] - 1] = shown[Columns.Item]
        return found

    return lists


if __name__ == "__main__":
    main(
        {
            "SASRec": Method(sasrec, one_by_one=20),
            "eSASRec": Method(sasrec, ({"ligr": True},), one_by_one=20),
        }
    )
