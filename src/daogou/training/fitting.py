"""Fits the components of a release: choices are made on those that have not seen the held-back steps, and what is
served is fitted on everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.chance import APART
from daogou.retrieval.completing import COMPLETING
from daogou.retrieval.fusion import Fusion
from daogou.training import retrievers
from daogou.training.lesson import Encode, Lesson
from daogou.training.recipes import (
    chance,
    completing,
    content,
    fusion,
    habits,
    hybrid,
    popularity,
    ranking,
    repeat,
    sated,
    sequential,
    together,
)
from daogou.training.validation import Case, cases

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.retrieval.content import ContentKnn
    from daogou.retrieval.neighbours import Neighbours
    from daogou.retrieval.popularity import Popularity
    from daogou.retrieval.repeat import Repeat
    from daogou.retrieval.retriever import Retriever
    from daogou.retrieval.sequential import SequentialKnn
    from daogou.training.config import TrainingConfig
    from daogou.training.data import TrainingData
    from daogou.training.recipes.together import Heard
    from daogou.training.run import Run


@dataclass(frozen=True, slots=True)
class FromSteps:
    """The components that are learnt from steps alone."""

    sequential: SequentialKnn
    popularity: Popularity
    alike: Neighbours
    """Products that the same shoppers turned to."""
    followed: Sequence[SequentialKnn]
    """What believed shoppers turned to next, see `_FOLLOWED`; none where nobody asks for it."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """What choices are made with: components that have not seen the held-back steps, and the questions these make."""

    fitted: FromSteps
    again: Repeat
    """How readily products are bought again."""
    questions: Sequence[Case]

    @property
    def firsts(self) -> list[Case]:
        """Questions after products that the shopper had not been at."""
        return [case for case in self.questions if not case.again]


class Fitting:
    """The recipes over the facts of one shop. What they make is written into a folder, each under its name."""

    def __init__(
        self, read: TrainingData, config: TrainingConfig, wanted: Collection[str], folder: Path, run: Run
    ) -> None:
        self._read = read
        self._config = config
        self._wanted = frozenset(wanted)
        self._folder = folder
        self._run = run
        self._held = read.steps.newest
        with run.spending("trust"):
            self._trusted = together.trust(read.lines, config)
            self._heard = self._hear(read.steps)

    def fit_and_save(self, encode: Encode | None) -> None:
        """Run what is wanted. `encode`: see `Lesson`."""
        wanted, run = self._wanted, self._run
        further = [name for name in retrievers.TABLE if wanted & {name, "fusion"}]
        choosing = wanted & {"hybrid", "fusion"}
        counting = wanted & {"sequential", "popularity", "hybrid", "together"}
        run.step("content")
        words = self._fit_words() if further or choosing or "content" in wanted else None
        run.step("held-back fit")
        learning = further or choosing or (counting and not self._config.refit)
        pairs = self._count_pairs(choosing=bool(learning), serving=bool(counting))
        fitted, learnt, alpha = self._choose(pairs, words, further, encode) if learning else (None, {}, 0.0)
        run.step("fit")
        if counting and self._config.refit:
            fitted = self._fit_behaviour(pairs["serving"], self._read.steps, self._heard, followed=_followed(pairs))
        del pairs  # of a large shop hundreds of megabytes, which what comes needs
        if counting and fitted is not None:
            self._save_behaviour(fitted, words, alpha)
        if words is not None:
            if "content" in wanted:
                words.save(self._made("content"))
            self._save_further(learnt, words)
        run.step("habits")
        if "fusion" in wanted:
            self._know_repeats()
        if "fusion" in wanted and words is not None:
            self._complete(words)
        run.step("together")
        if "together" in wanted:
            self._go_together()

    def _choose(
        self, pairs: dict[str, SequentialKnn], words: ContentKnn | None, further: Sequence[str], encode: Encode | None
    ) -> tuple[FromSteps | None, dict[str, Retriever], float]:
        """Fit without the held-back steps and make the choices. Returns what was fitted where it is to be served as it
        is, the components of the table, and the alpha; the rest is let go, with its part of the pairs."""
        run = self._run
        steps = self._read.steps.without(self._held)
        held_back = self._fit_held_back(pairs, steps)
        del pairs["choosing"]
        learnt: dict[str, Retriever] = {}
        alpha = 0.0
        if words is not None:
            lesson = Lesson(steps, self._read, words, held_back.firsts, None, self._config, run.tell, encode)
            learnt = self._fit_further(further, lesson)
            del steps, lesson  # not needed to weigh what they have taught
            run.step("choose")
            if "hybrid" in self._wanted:
                alpha = self._choose_alpha(held_back, words)
            if "fusion" in self._wanted:
                self._weigh(held_back, words, learnt)
        return None if self._config.refit else held_back.fitted, learnt, alpha

    def _fit_words(self) -> ContentKnn:
        with self._run.spending("content"):
            return content.fit(self._read.products, self._read.steps.without(self._held), self._config)

    def _count_pairs(self, *, choosing: bool, serving: bool) -> dict[str, SequentialKnn]:
        """What is needed of the pair counts without the held-back steps, of those of all steps, and of those that say
        what people turn to, in one go: looking at every pair is most of the work."""
        steps, n = self._read.steps, self._read.n
        every = np.ones(len(steps), np.bool_)
        kept = every.copy()
        kept[self._held] = False
        counted = {}
        if choosing:
            counted["choosing"] = kept
        if serving and self._config.refit:
            counted["serving"] = every
        if "together" in self._wanted:
            counted["followed"] = together.counted(steps, self._heard, n) & (every if self._config.refit else kept)
        if not counted:
            return {}
        with self._run.spending("sequential"):
            pairs = dict(zip(counted, sequential.fits(steps, list(counted.values()), n, self._config), strict=True))
        if "together" in self._wanted:
            with self._run.spending("together"):
                companions = together.accompany(
                    self._read.lines, self._read.products, self._config, trusted=self._trusted
                )
                companions.save(self._made("together/companions"))
                pairs["beside"] = together.beside(pairs["followed"], companions, self._config)
        return pairs

    def _fit_held_back(self, pairs: Mapping[str, SequentialKnn], steps: Sequences) -> Choosing:
        read, config = self._read, self._config
        questions = cases(read.steps, self._held, limit=config.validation_shoppers, seed=config.seed)
        heard = self._hear(steps)
        if config.refit:
            fitted = self._fit_behaviour(pairs["choosing"], steps, heard, only=hybrid.asked(questions))
        else:
            fitted = self._fit_behaviour(pairs["choosing"], steps, heard, followed=_followed(pairs))
        with self._run.spending("repeat"):
            again = repeat.fit_steps(steps, read.n, config)
        return Choosing(fitted, again, questions)

    def _fit_behaviour(
        self,
        pairs: SequentialKnn,
        steps: Sequences,
        heard: Heard,
        *,
        followed: Sequence[SequentialKnn] = (),
        only: NDArray[np.int64] | None = None,
    ) -> FromSteps:
        n, config = self._read.n, self._config
        with self._run.spending("popularity"):
            counted = popularity.fit(steps, n, self._read.labels, config)
        with self._run.spending("hybrid"):
            alike, followed = together.by_others(steps, heard, n, config, followed=followed, only=only)
        return FromSteps(pairs, counted, alike, followed)

    def _fit_further(self, names: Sequence[str], lesson: Lesson) -> dict[str, Retriever]:
        """Fit the components of the table; what cannot be is skipped with its reason."""
        learnt: dict[str, Retriever] = {}
        for name in names:
            self._run.step(name)
            with self._run.spending(name):
                found = retrievers.fit(name, lesson)
            if isinstance(found, str):
                self._run.skip(name, found)
            else:
                learnt[name] = found
        return learnt

    def _choose_alpha(self, held_back: Choosing, words: ContentKnn) -> float:
        with self._run.spending("weights"):
            alpha = hybrid.choose_alpha(held_back.fitted.alike, words.table, held_back.firsts, self._config)
        self._run.metrics["alpha"] = alpha
        return alpha

    def _weigh(self, held_back: Choosing, words: ContentKnn, learnt: Mapping[str, Retriever]) -> None:
        """Choose the weights of all sources, and write them, the chances they tell, and the ranker that corrects them
        where there is one."""
        config, run, fitted, questions = self._config, self._run, held_back.fitted, held_back.questions
        folder, n = self._made("fusion"), self._read.n
        sources: dict[str, fusion.Source] = {
            "sequential": fitted.sequential, "content": words, "popularity": fitted.popularity, **learnt,
        }  # fmt: skip
        events = fitted.sequential.degree
        with run.spending("weights"):
            chosen, pool = fusion.fit(sources, questions, repeat=held_back.again, events=events, config=config)
        chosen.fusion.save(folder)
        run.metrics |= {"ndcg@10": chosen.ndcg, "recall@10": chosen.recall}
        run.step("chance")
        with run.trying("chance"):
            asked = {name: source for name, source in sources.items() if name not in APART}
            known = chance.Known(asked, chosen.fusion, held_back.again, fitted.popularity, events, n)
            chance.fit(known, questions, config=config.chance, seed=config.seed).save(folder)
        run.step("ranking")
        with run.trying("ranking"):
            held = ranking.HeldBack(pool, chosen.fusion, questions, self._read.products, events)
            ranker, gained = ranking.fit(held, config=config.ranking, seed=config.seed)
            ranker.save(folder / "ranking")
            run.metrics |= gained

    def _save_behaviour(self, fitted: FromSteps, words: ContentKnn | None, alpha: float) -> None:
        if "sequential" in self._wanted:
            fitted.sequential.save(self._made("sequential"))
        for name, pairs in zip(_FOLLOWED, fitted.followed, strict=False):
            pairs.save(self._made(f"together/{name}"))
        if "popularity" in self._wanted:
            fitted.popularity.save(self._made("popularity"))
        self._run.step("hybrid")
        if "hybrid" in self._wanted and words is not None:
            with self._run.spending("hybrid"):
                hybrid.mix(fitted.alike, words.table, alpha, self._config).save(self._made("hybrid"))

    def _save_further(self, learnt: dict[str, Retriever], words: ContentKnn) -> None:
        for name in list(learnt):
            retriever = learnt.pop(name)  # what is written is let go
            if name in self._wanted:
                with self._run.spending(name):
                    served = self._refitted(name, retriever, words) if self._config.refit else retriever
                    served.save(self._made(name))

    def _refitted(self, name: str, before: Retriever, words: ContentKnn) -> Retriever:
        """The component fitted on everything. Where that cannot be, the one that has not seen the held-back steps, and
        it is said."""
        everything = Lesson(self._read.steps, self._read, words, (), before, self._config, self._run.tell)
        found = retrievers.fit(name, everything)
        if not isinstance(found, str):
            return found
        self._run.metrics[f"{name}.not_refitted"] = 1.0
        self._run.tell(f"{name} does not know the held-back steps, since it could not be fitted again: {found}")
        return before

    def _know_repeats(self) -> None:
        """Write how readily products are bought again, the ranker of own purchases where there is one, and what others
        of a kind are worth to those who have bought of it."""
        read, run = self._read, self._run
        with run.spending("repeat"):
            repeat.fit(read.lines, read.n, self._config).save(self._made("repeat"))
        with run.trying("habits"):
            ranker, gained = habits.fit(read.steps, read.products, config=self._config)
            ranker.save(self._made("fusion/habits"))
            run.metrics |= gained
        with run.trying("sated"):
            known, found = sated.fit(read.steps, read.kinds, config=self._config.sated)
            known.save(self._made("fusion/sated"))
            run.metrics |= found

    def _complete(self, words: ContentKnn) -> None:
        """Write the ranker of what completes a basket, where there is one."""
        run = self._run
        learnt = Fusion.load(self._made("fusion"))
        with run.trying(COMPLETING):
            ranker, gained = completing.fit(self._read, words, learnt, trusted=self._trusted, config=self._config)
            ranker.save(self._made(f"fusion/{COMPLETING}"))
            run.metrics |= gained

    def _go_together(self) -> None:
        """Write what goes together by the acts of others, the part of the steps that counts there, and how many
        accounts were set aside."""
        read, config, folder = self._read, self._config, self._made("together")
        with self._run.spending("together"):
            together.fit(read.lines, read.n, config, trusted=self._trusted).save(folder)
        counted = self._heard.counted
        self._run.metrics |= {
            "together.believed": float(counted.mean()) if len(counted) else 1.0,
            "together.set_aside": float(self._trusted.aside.sum()),
        }

    def _hear(self, steps: Sequences) -> Heard:
        return together.hear(steps, self._read.n, self._config, trusted=self._trusted)

    def _made(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


_FOLLOWED = ("followed", "beside")
"""What shoppers turned to next, and the same as far as its category is bought with the product's."""


def _followed(pairs: Mapping[str, SequentialKnn]) -> list[SequentialKnn]:
    return [pairs[name] for name in _FOLLOWED if name in pairs]
