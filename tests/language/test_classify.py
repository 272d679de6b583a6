import pytest

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
