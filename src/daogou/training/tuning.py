"""A text encoder for a shop: tuned, perhaps distilled, kept if it surely beats the present one on held-back queries.

Surely: the 95 % interval of what it gains, over families of queries, does not reach down to 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from daogou.language.also_called import also_called
from daogou.language.goods import goods
from daogou.retrieval.encoding.e5 import E5
from daogou.retrieval.encoding.tuned import TuningConfig, save_tuned
from daogou.training.exam import Exam
from daogou.training.lesson import Skip
from daogou.training.pairs import dealt, read_behaviour
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
    """A folder from which an interrupted tuning goes on; whoever gives it throws it away."""
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
    queries = dealt(behaviour.wanted)
    asked = len(behaviour.wanted)
    if asked < config.least_queries:
        raise Skip(f"{asked} different queries with a click, fewer than least_queries = {config.least_queries}")
    if not (queries.learnt and queries.stopping and queries.judged):
        raise Skip(f"{asked} different queries with a click, too much alike to hold some back to stop and judge by")
    stopping, exam = (
        Exam.of(products, each, most=config.most_judged, seed=tuning.seed)
        for each in (queries.stopping, queries.judged)
    )
    present = exam.recalls(tuning.current)
    before = float(present.mean())
    tuning.tell(f"encoder: recall@10 {before:.4f} on {len(present)} held-back queries before")
    pairs = Pairs(
        products, behaviour, queries.learnt,
        encoder=tuning.current, config=config, random=Random(tuning.seed), taxonomy=tuning.taxonomy,
        also=also_called((name for product in products for name in product.category[-1:]), tuning.dictionary),
    )  # fmt: skip
    tuned, pretraining = _tuned(pairs, stopping, tuning, lambda: texts_of(products, stores.reviews.scan()))
    offered: Encoder = E5(model, "tuned", lambda: tuned.graph, dim=config.dim)
    static = None
    if config.static.serve:
        options: Mapping[str, Any] = {"config": config, "seed": tuning.seed, "tell": tuning.tell}
        static = distil(model, offered, products, queries.learnt, goods=goods(tuning.dictionary), **options)
        offered = static
    found = exam.recalls(offered)
    recall = float(found.mean())
    low, high = exam.interval(found - present, seed=tuning.seed)
    said = f"recall@10 {recall:.4f} on {len(found)} held-back queries"
    gain = f"the 95 % interval of the gain is {low:+.4f} to {high:+.4f}"
    if low <= 0:
        raise Skip(f"{said}, not surely above the {before:.4f} of {tuning.current.name}: {gain}")
    tuning.tell(f"encoder: {said}, {before:.4f} before; {gain}")
    save_tuned(folder, tuned.graph, dim=config.dim, static=static)
    return {
        "recall@10": recall,
        "recall@10.before": before,
        "recall@10.gain.low": low,
        "recall@10.gain.high": high,
        **pretraining,
        "steps": float(tuned.steps),
        "spent_s": round(tuned.seconds, 1),
    }


def _tuned(
    pairs: Pairs, stopping: Exam, tuning: Tuning, texts: Callable[[], Sequence[str]]
) -> tuple[Tuned, dict[str, float]]:
    """The packaged encoder tuned, or pre-trained on the texts and tuned, where that is asked for and finds more for the
    queries it stops by; and what either of the two found for them."""
    config, seed, tell = tuning.config, tuning.seed, tuning.tell
    tuned = tune(tuning.model, pairs, stopping, config=config, seed=seed, kept=tuning.kept / "tuned", tell=tell)
    if not config.pretraining.enabled:
        return tuned, {}
    begun = pretrain(tuning.model, texts(), config=config, seed=seed, kept=tuning.kept / "pretrained", tell=tell)
    kept = tuning.kept / "pretrained-tuned"
    after = tune(tuning.model, pairs, stopping, config=config, seed=seed, kept=kept, tell=tell, weights=begun)
    found = {"recall@10.pretrained": after.recall, "recall@10.not_pretrained": tuned.recall}
    return max(tuned, after, key=lambda each: each.recall), found
