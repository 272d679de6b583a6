"""Titles and descriptions that say what a product's attributes say, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from daogou.domain.text import Text
from daogou.evaluation.showcase.vocabulary import Brand, Kind, Vocabulary


@dataclass(frozen=True, slots=True)
class Draft:
    """What was chosen for a product before words are put to it."""

    kind: Kind
    brand: Brand
    colors: tuple[str, ...]
    features: tuple[str, ...]
    material: str | None = None
    who: str | None = None
    season: str | None = None
    specs: Mapping[str, Any] | None = None
    sizes: tuple[str, ...] = ()


def title_of(draft: Draft, words: Vocabulary, rng: Random) -> tuple[Text, Text | None]:
    """Compose a title; for books the author comes with it."""
    names = words.names[words.drawers[draft.kind.id]]
    if draft.kind.style == "model":
        return _model(draft, words, rng.choice(names["series"]), rng), None
    if draft.kind.style == "plain":
        return _model(draft, words, None, rng), None
    author = rng.choice(names["authors"])
    book = _book(draft.kind.style, names, rng)
    kind = draft.kind.name
    return Text(f"《{book.zh}》{author.zh} 著 {kind.zh}", f"{book.en} – {kind.en} by {author.en}"), author


def _model(draft: Draft, words: Vocabulary, series: Text | None, rng: Random) -> Text:
    number = rng.choice(("", "2", "3", "S", "Pro", "Lite"))
    model = Text(f" {series.zh}{number}", f" {series.en} {number}".rstrip()) if series else Text()
    who = words.audiences[draft.who].title if draft.who else Text()
    labels = [words.features[name].text for name in draft.features[: rng.choice((1, 1, 2))]]
    if draft.material and rng.random() < 0.4:
        labels.append(words.materials[draft.material])
    noun = draft.kind.name
    labels = [each for each in labels if each.zh not in noun.zh and each.en not in noun.en.lower()]
    zh = "".join((draft.brand.text.zh, model.zh, " ", who.zh, *(each.zh for each in labels), noun.zh))
    adjectives = [headline(each.en) for each in labels]
    en = " ".join(filter(None, (draft.brand.text.en + model.en, who.en, *adjectives, noun.en)))
    return Text(zh, en)


def headline(words: str) -> str:
    """Capitalise a label for a title: `quick-dry` is Quick-Dry, `gps` is GPS."""
    return {"gps": "GPS", "bpa-free": "BPA-Free"}.get(words) or words.title()


def _book(style: str, names: Mapping[str, Sequence[Text]], rng: Random) -> Text:
    if style == "story":
        first, second = rng.choice(names["first"]), rng.choice(names["second"])
        return Text(first.zh + second.zh, f"{first.en} {second.en}")
    if style == "cooking":
        dish, number = rng.choice(names["dishes"]), rng.choice((30, 50, 80, 100))
        return Text(f"{dish.zh}：{number}道", f"{dish.en}: {number} Dishes")
    if style == "travel":
        place, days = rng.choice(names["places"]), rng.choice((3, 5, 7, 10))
        return Text(f"{place.zh}{days}日慢行", f"{place.en} in {days} Slow Days")
    subject, other = rng.sample(list(names["subjects"]), 2)
    zh, en = rng.choice((
        (f"{subject.zh}的来历", f"Where {subject.en} Came From"),
        (f"{subject.zh}与{other.zh}", f"On {subject.en} and {other.en}"),
        (f"重新认识{subject.zh}", f"{subject.en}, Seen Again"),
        (f"给所有人的{subject.zh}课", f"{subject.en} for Everyone"),
    ))  # fmt: skip
    return Text(zh, en[0].upper() + en[1:])


def description_of(draft: Draft, words: Vocabulary) -> Text:
    """Describe a product in sentences, each of which an attribute bears out."""
    sentences = [draft.kind.about, *(words.features[name].sentence for name in draft.features)]
    if draft.material:
        material = words.materials[draft.material]
        sentences.append(Text(f"主要材质为{material.zh}。", f"The main material is {material.en}."))
    if draft.specs:
        clauses = [(words.measures[name].clause, value) for name, value in draft.specs.items()]
        zh = "，".join(clause.zh.format(value) for clause, value in clauses)
        en = listed([clause.en.format(value) for clause, value in clauses])
        sentences.append(Text(f"规格：{zh}。", f"It has {en}."))
    colors = [words.colors[name].text for name in draft.colors]
    if not draft.kind.tinted:
        sentences.append(
            Text(
                f"提供{'、'.join(each.zh for each in colors)}{'可选' if len(colors) > 1 else '款'}。",
                f"It comes in {listed([each.en for each in colors])}.",
            )
        )
    if draft.season:
        season = words.seasons[draft.season]
        sentences.append(Text(f"适合{season.zh}。", f"Best in {season.en}."))
    return Text("".join(each.zh for each in sentences), " ".join(each.en for each in sentences))


def listed(words: Sequence[str]) -> str:
    """Join as English does: a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
