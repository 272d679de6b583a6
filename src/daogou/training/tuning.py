"""A text encoder for a shop: tuned, perhaps distilled, kept if it surely beats the present one on held-back queries.

Surely: the 95 % interval of what it gains, over families of queries, does not reach down to 0.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from daogou.language.goods import goods
from daogou.retrieval.encoding.e5 import E5
from daogou.retrieval.encoding.tuned import TuningConfig, save_tuned
from daogou.training.exam import Exam
from daogou.training.lesson import Skip
from daogou.training.pairs import held_back, read_behaviour
from daogou.training.recipes.encoder import Pairs, Tuned, tune
from daogou.training.recipes.pretraining import pretrain, texts_of
from daogou.training.recipes.static import distil

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.domain.text import Text
    from daogou.ports.dictionary import Dictionary
    from daogou.ports.encoder import Encoder
    from daogou.ports.stores import Stores
    from daogou.retrieval.encoding.weights import Model


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a tuning is given."""

    model: Model
    current: Encoder
    """The encoder that is in use: the packaged one, or one tuned before."""
    config: TuningConfig
    seed: int
    kept: Path
    """A folder from which an interrupted tuning goes on."""
    tell: Callable[[str], None]
    dictionary: Dictionary
    """Names goods in general where the tuned encoder is distilled."""
    taxonomy: Sequence[Text] = ()
    """Kinds of goods in both languages, for queries that are put into the other one."""


def learn(folder: Path, products: Sequence[Product], stores: Stores, tuning: Tuning) -> dict[str, float]:
    """Tune and write the encoder into the folder; returns its metrics.

    Raises Skip, with the reason, where it cannot be tuned, or is not better than the current one; the folder is then
    as it was.
    """
    if find_spec("torch") is None:
        raise Skip("torch not installed: pip install 'daogou[train]'")
    config, model = tuning.config, tuning.model
    behaviour = read_behaviour(stores.events, {product.id: row for row, product in enumerate(products)})
    learnt, judged = held_back(behaviour.wanted)
    asked = len(behaviour.wanted)
    if asked < config.least_queries or not learnt or not judged:
        raise Skip(f"{asked} different queries with a click, fewer than least_queries = {config.least_queries}")
    exam = Exam.of(products, judged, most=config.most_judged, seed=tuning.seed)
    present = exam.recalls(tuning.current)
    before = float(present.mean())
    tuning.tell(f"encoder: recall@10 {before:.4f} on held-back queries before")
    pairs = Pairs(
        products, behaviour, learnt,
        encoder=tuning.current, config=config, random=Random(tuning.seed), taxonomy=tuning.taxonomy,
    )  # fmt: skip
    tuned, pretraining = _tuned(pairs, exam, tuning, lambda: texts_of(products, stores.reviews.scan()))
    static, offered = None, tuned.recalls
    if config.static.serve:
        teacher, general = E5(model, "tuned", lambda: tuned.graph, dim=config.dim), goods(tuning.dictionary)
        options: Mapping[str, Any] = {"config": config, "seed": tuning.seed, "tell": tuning.tell}
        static = distil(model, teacher, products, learnt, goods=general, **options)
        offered = exam.recalls(static)
    shutil.rmtree(tuning.kept, ignore_errors=True)
    recall = float(offered.mean())
    low, high = exam.interval(offered - present, seed=tuning.seed)
    if low <= 0:
        raise Skip(
            f"recall@10 {recall:.4f} on held-back queries, not surely above the {before:.4f} of {tuning.current.name}: "
            f"the 95 % interval of the gain is {low:+.4f} to {high:+.4f}"
        )
    save_tuned(folder, tuned.graph, dim=config.dim, static=static)
    return {
        "recall@10": recall,
        "recall@10.before": before,
        "recall@10.gain.low": low,
        "recall@10.gain.high": high,
        **pretraining,
        "steps": float(tuned.steps),
        "cpu_s": round(tuned.seconds, 1),
    }


def _tuned(
    pairs: Pairs, exam: Exam, tuning: Tuning, texts: Callable[[], Sequence[str]]
) -> tuple[Tuned, dict[str, float]]:
    """The packaged encoder tuned, or pre-trained on the texts and tuned, where that is asked for and finds more; and
    what either of the two found."""
    config, seed, tell = tuning.config, tuning.seed, tuning.tell
    tuned = tune(tuning.model, pairs, exam, config=config, seed=seed, kept=tuning.kept / "tuned", tell=tell)
    if not config.pretraining.enabled:
        return tuned, {}
    begun = pretrain(tuning.model, texts(), config=config, seed=seed, kept=tuning.kept / "pretrained", tell=tell)
    kept = tuning.kept / "pretrained-tuned"
    after = tune(tuning.model, pairs, exam, config=config, seed=seed, kept=kept, tell=tell, weights=begun)
    found = {"recall@10.pretrained": after.recall, "recall@10.not_pretrained": tuned.recall}
    return max(tuned, after, key=lambda each: each.recall), found
