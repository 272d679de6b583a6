"""Content kNN: products whose words are alike, so that a product without a single event can be found and explained.

A product is its words with field weights (title, brand, category, attributes, description), weighed by TF-IDF and
scaled to unit length; the value of a neighbour is the cosine.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from daogou.domain.bounds import Count, Part, Weight
from daogou.retrieval.evidence import Evidence, Trail, gather
from daogou.retrieval.files import read_array, read_config, write_array, write_config
from daogou.retrieval.neighbours import Neighbours, stacked, strongest
from daogou.retrieval.word_vectors import WordVectors, read_words, svd, unit, write_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.domain.text import Text

Bag = Mapping[str, float]
"""Words with their weights before TF-IDF."""
Worth = Callable[[Any], "NDArray[np.float32] | None"]
"""From a TF-IDF matrix to what each word is multiplied with; None where it cannot say."""
_WORDS = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)?|[㐀-鿿豈-﫿]+")
_BLOCK_PRODUCTS = 1_000


@dataclass(frozen=True, slots=True)
class ContentConfig:
    """How products are compared by their words."""

    title: Weight = 1.0
    """Weight of each word of the title, in both languages; likewise for the other fields."""
    brand: Weight = 1.0
    category: Weight = 1.0
    attributes: Weight = 0.5
    description: Weight = 0.3
    recency: Part = 0.65
    """What each older step of a history leaves of its weight."""
    steps: Count = 6
    """How many of the newest steps speak."""
    neighbours: Count = 100
    """How many neighbours of each product are kept."""
    budget: Count = 500_000_000
    """Multiplications a fit may spend. Words are used rarest first until it is spent, so the cost of a large catalogue
    stays bounded; what is left out are the words that nearly all products share."""


class Postings(NamedTuple):
    """The products that have each word, and how much it says of them: word i has indptr[i] to indptr[i + 1]."""

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    data: NDArray[np.float32]


class ContentKnn:
    """Nearest products by words; products that arrive after the fit are placed among the fitted ones."""

    name = "content"

    def __init__(
        self,
        table: Neighbours,
        vocabulary: Mapping[str, int],
        idf: NDArray[np.float32],
        postings: Postings,
        config: ContentConfig,
    ) -> None:
        self.table = table
        self.config = config
        self._vocabulary = vocabulary
        self._idf = idf
        self._postings = postings
        self._placed: dict[int, list[tuple[int, float]]] = {}

    @classmethod
    def fit(cls, bags: Iterable[Bag], *, config: ContentConfig, worth: Worth | None = None) -> ContentKnn:
        """Weigh the words and find every product's neighbours, a block of products at a time.

        `worth`: given the TF-IDF matrix (products, words), what each word is multiplied with; None: rarity alone.
        """
        matrix, vocabulary, idf = _tf_idf(bags)
        factors = worth(matrix) if worth is not None else None
        if factors is not None:
            idf *= factors
            matrix.data *= factors[matrix.indices]
            _to_unit_length(matrix)
        spoken = _within_budget(matrix, config.budget)
        postings = spoken.T.tocsr()
        table = _nearest(spoken, postings, np.arange(matrix.shape[0]), config.neighbours)
        kept = Postings(postings.indptr, postings.indices, postings.data)
        return cls(table, vocabulary, idf, kept, config)

    def place(self, row: int, bag: Bag) -> None:
        """Make a product known that came after the fit; its neighbours learn of it too."""
        words, values = unit(bag, self._vocabulary, self._idf)
        here, word = gather(self._postings.indptr.astype(np.int64), words.astype(np.int32))
        rows = self._postings.indices[here].astype(np.int32)
        cosines = Evidence(rows, (self._postings.data[here] * values[word]).astype(np.float32), rows).best(
            self.config.neighbours
        )
        self._placed[row] = list(zip(cosines.rows.tolist(), cosines.scores.tolist(), strict=True))
        for other, cosine in self._placed[row]:
            self._placed.setdefault(other, []).append((row, cosine))

    def evidence(self, trail: Trail) -> Evidence:
        """Products whose words are like those of the newest steps."""
        trail = trail.newest(self.config.steps)
        fitted = self.table.spread(trail, recency=self.config.recency)
        if not self._placed:
            return fitted
        weights = trail.faded(self.config.recency).tolist()
        placed = [
            (to, cosine * weights[cause], cause)
            for cause, row in enumerate(trail.rows.tolist())
            for to, cosine in self._placed.get(row, ())
        ]
        if not placed:
            return fitted
        rows, values, causes = zip(*placed, strict=True)
        return Evidence.join(
            [fitted, Evidence(np.array(rows, np.int32), np.array(values, np.float32), np.array(causes, np.int32))]
        )

    def vectors(self, dim: int) -> tuple[NDArray[np.float32], WordVectors]:
        """Short vectors (products, dim) of the fitted products, and the way to those of later ones."""
        import scipy.sparse as sp

        indptr, indices, data = self._postings
        by_word = sp.csr_matrix((data, indices, indptr), shape=(len(self._vocabulary), len(self.table)))
        found, projection = svd(by_word.T.tocsr(), dim)
        return found, WordVectors(self._vocabulary, self._idf, projection)

    def save(self, folder: Path) -> None:
        """Write the neighbours, the vocabulary in order of column, and the postings."""
        self.table.save(folder)
        for name, values in self._postings._asdict().items():
            write_array(folder / f"postings_{name}.npy", values)
        write_array(folder / "idf.npy", self._idf)
        write_config(folder, self.config)
        write_words(folder / "words.txt", self._vocabulary)

    @classmethod
    def load(cls, folder: Path) -> ContentKnn:
        """Map what `save` wrote."""
        postings = Postings(*(read_array(folder / f"postings_{name}.npy") for name in Postings._fields))
        idf, config = read_array(folder / "idf.npy"), read_config(folder, ContentConfig)
        return cls(Neighbours.load(folder), read_words(folder / "words.txt"), idf, postings, config)


def words(text: str) -> list[str]:
    """Cut text without a dictionary: Latin words and numbers, and overlapping pairs of Han characters."""
    found = []
    for run in _WORDS.findall(text.casefold()):
        if run[0] < "㐀" or len(run) == 1:
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


def bag_of(product: Product, config: ContentConfig, cut: Callable[[str], Iterable[str]] = words) -> Bag:
    """The words of a product with the weights of the fields they stand in."""
    bag: Counter[str] = Counter()

    def add(text: Text, weight: float) -> None:
        for part in (text.zh, text.en):
            for word in cut(part) if part else ():
                bag[word] += weight  # type: ignore[assignment]  # Counter holds any number

    add(product.title, config.title)
    add(product.description, config.description)
    for step in product.category:
        add(step, config.category)
    for word in cut(product.brand or ""):
        bag[word] += config.brand  # type: ignore[assignment]
    for values in product.attributes.values():
        for value in values:
            add(value, config.attributes)
    return bag


def _tf_idf(bags: Iterable[Bag]) -> tuple[Any, dict[str, int], NDArray[np.float32]]:
    """Takes one bag after the other: a million of them at once would be gigabytes."""
    import scipy.sparse as sp

    vocabulary: dict[str, int] = {}
    indices, weights, ends = array("i"), array("f"), array("q", [0])
    for bag in bags:
        indices.extend([vocabulary.setdefault(word, len(vocabulary)) for word in bag])
        weights.extend(bag.values())
        ends.append(len(indices))
    n = len(ends) - 1
    values = np.log1p(np.array(weights, np.float32))
    matrix = sp.csr_matrix((values, np.array(indices, np.int32), np.array(ends)), (n, len(vocabulary)))
    documents = np.bincount(matrix.indices, minlength=len(vocabulary))
    idf = np.log((1 + n) / (1 + documents)).astype(np.float32)
    matrix.data *= idf[matrix.indices]
    _to_unit_length(matrix)
    return matrix, vocabulary, idf


def _to_unit_length(matrix: Any) -> None:
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1))).ravel()
    matrix.data /= np.repeat(np.maximum(length, 1e-9), np.diff(matrix.indptr)).astype(np.float32)


def nearest(matrix: Any, rows: NDArray[np.integer], *, config: ContentConfig) -> Neighbours:
    """The nearest products of some rows of a TF-IDF matrix (products, words), one entry for each row asked."""
    spoken = _within_budget(matrix, config.budget)
    return _nearest(spoken, spoken.T.tocsr(), rows, config.neighbours)


def _nearest(spoken: Any, postings: Any, rows: NDArray[np.integer], n: int) -> Neighbours:
    blocks = []
    for low in range(0, len(rows), _BLOCK_PRODUCTS):
        asked = rows[low : low + _BLOCK_PRODUCTS]
        cosines = (spoken[asked] @ postings).tocsr()
        cosines.data[cosines.indices == np.repeat(asked, np.diff(cosines.indptr))] = 0.0
        blocks.append(strongest(cosines, n))
    return stacked(blocks)


def _within_budget(matrix: Any, budget: int) -> Any:
    """Drop the most common words, as many as the budget asks for. A word in d products costs d * d."""
    documents = np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(np.int64)
    rarest_first = np.argsort(documents, kind="stable")
    affordable = np.cumsum(documents[rarest_first] ** 2) <= budget
    used = np.zeros(matrix.shape[1], bool)
    used[rarest_first[affordable]] = True
    kept = matrix.copy()
    kept.data[~used[kept.indices]] = 0
    kept.eliminate_zeros()
    return kept
