import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from daogou.language.classify import Classifier

_EXAMPLES = {
    "returns": [
        "can I send it back",
        "I want my money back",
        "how do returns work",
        "it is broken, can I return it",
        "怎么退货",
    ],
    "delivery": [
        "when does it arrive",
        "how long does delivery take",
        "is delivery free",
        "when will it be sent",
        "几天能到",
    ],
}
_TEXTS = [text for texts in _EXAMPLES.values() for text in texts]
_LABELS = [label for label, texts in _EXAMPLES.items() for _ in texts]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("may I return this?", "returns"),
        ("free delivery?", "delivery"),
        ("可以退货吗", "returns"),
        ("要几天", "delivery"),
    ],
)
def test_tells_labels_from_examples_in_both_languages(text: str, label: str) -> None:
    assert Classifier.fit(_TEXTS, _LABELS).label(text) == label


def test_likelihoods_of_a_sentence_sum_to_one_and_nothing_known_is_a_tie() -> None:
    shares = Classifier.fit(_TEXTS, _LABELS).scores(["when does it arrive", "zzz"])
    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert shares[1].max() < 0.6 < shares[0].max()


def test_a_guarded_classifier_refuses_what_it_has_no_example_of() -> None:
    guarded = Classifier.fit(_TEXTS, _LABELS).guarded(_TEXTS, _LABELS)
    assert guarded.label("zzz") is None
    assert guarded.label("can I send it back") == "returns"


def test_one_label_is_no_choice() -> None:
    with pytest.raises(ValueError, match="two labels or more"):
        Classifier.fit(["a", "b"], ["same", "same"])


def meanings(texts: Sequence[str]) -> NDArray[np.float32]:
    """An encoder that knows what sentences are about, whatever their words."""
    about = {"back": 0, "退货": 0, "refund": 0, "arrive": 1, "deliver": 1, "sent": 1, "几天": 1, "parcel": 1}
    rows = np.full((len(texts), 3), 0.1, np.float32)
    for row, text in enumerate(texts):
        for word, place in about.items():
            rows[row, place] += word in text
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_what_an_encoder_makes_of_words_that_were_not_learnt_is_counted() -> None:
    by_words, by_meaning = (Classifier.fit(_TEXTS, _LABELS, encode=each) for each in (None, meanings))
    for text, label in (("refund please", "returns"), ("parcel status", "delivery")):
        ((found, sure),) = by_meaning.judged([text])
        assert found == label
        assert sure > by_words.judged([text])[0][1] + 0.3


def test_an_answer_is_surer_the_nearer_its_nearest_example_is() -> None:
    model = Classifier.fit(_TEXTS, _LABELS)
    text = "can I send it back"
    ((label, sure),) = model.judged([text])
    assert label == "returns"
    assert sure == pytest.approx(math.log(model.scores([text]).max()) + 2)  # it is an example itself
    ((label, less),) = model.judged([f"{text} quickly, zebra and giraffe"])
    assert label == "returns"
    assert less < sure


def test_the_examples_are_encoded_once() -> None:
    asked: list[str] = []

    def counted(texts: Sequence[str]) -> NDArray[np.float32]:
        asked.extend(texts)
        return meanings(texts)

    guarded = Classifier.fit(_TEXTS, _LABELS, encode=counted).guarded(_TEXTS, _LABELS)
    assert sorted(asked) == sorted(_TEXTS)
    guarded.label("refund please")
    assert asked[len(_TEXTS) :] == ["refund please"]
