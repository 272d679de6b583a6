"""The recipes of further retrievers, one line each. What is not trained is named with its reason, never left silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from daogou.training.lesson import Lesson, Skip
from daogou.training.recipes import als, attributes, ease, item_knn, session_knn, texts, transformer, walks

if TYPE_CHECKING:
    from daogou.retrieval.retriever import Retriever
    from daogou.training.config import TrainingConfig


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one component is fitted."""

    fit: Callable[[Lesson], Retriever]
    """May raise Skip."""
    needs: tuple[str, ...] = ()
    """Modules it imports beyond the base install."""
    extra: str = "train"
    """The extra of Daogou that installs them."""


TABLE: Mapping[str, Recipe] = {
    "ease": Recipe(ease.fit),
    "als": Recipe(als.fit, needs=("implicit",), extra="factors"),
    "session_knn": Recipe(session_knn.fit),
    "item_knn": Recipe(item_knn.fit),
    "attributes": Recipe(attributes.fit),
    "walks": Recipe(walks.fit),
    "texts": Recipe(texts.fit),
    "transformer": Recipe(transformer.fit, needs=("torch",)),
}
"""By the component's name, which is also that of its config in TrainingConfig and of its folder in a release."""


def why_not(name: str, config: TrainingConfig) -> str | None:
    """The reason to leave a component out; None where it can be trained."""
    if not getattr(config, name).enabled:
        return f"switched off: [training.{name}] enabled = false"
    missing = [module for module in TABLE[name].needs if find_spec(module) is None]
    if missing:
        return f"{', '.join(missing)} not installed: pip install 'daogou[{TABLE[name].extra}]'"
    return None


def fit(name: str, lesson: Lesson) -> Retriever | str:
    """The fitted component, or the reason why there is none."""
    reason = why_not(name, lesson.config)
    if reason is not None:
        return reason
    try:
        return TABLE[name].fit(lesson)
    except Skip as skip:
        return str(skip)
