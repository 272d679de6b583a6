"""The dictionary that the package ships, as it is."""

from __future__ import annotations

import pytest

from daogou.adapters import cedict
from daogou.adapters.cedict import Cedict, _written
from daogou.language.glossing import phrases


def test_it_has_the_words_of_shoppers_in_simplified_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cedict, "_written", _written)
    entries = list(Cedict().entries())
    said = {word: list(phrases(meanings[0])) for word, meanings in entries}
    assert len(entries) > 100_000
    assert (said["沙发"], said["键盘"], said["充电宝"]) == (["sofa"], ["keyboard"], ["power bank"])
    assert "tablet computer (abbr. for 平板电脑)" in dict(entries)["平板"]
