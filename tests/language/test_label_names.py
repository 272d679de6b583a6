from __future__ import annotations

import pytest

from daogou.domain.text import Text
from daogou.language.label_names import LabelNames

SHOES = Text(zh="跑鞋", en="Running Shoes")
NAMES = LabelNames(
    {"pets": Text("宠物", "Pets"), "pets=2": Text("两只", "two"), "likes=tea": Text("喝茶", "tea drinking")},
    {"running shoes": SHOES}.get,
)


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("budget", "middle", "预算：中等", "Budget: medium"),
        ("Gender", "Women", "性别：女士", "Gender: women"),
        ("pets", "2", "宠物：两只", "Pets: two"),
        ("likes", "running-shoes, tea", "喜欢：跑鞋、喝茶", "Likes: Running Shoes, tea drinking"),
        ("age", "25-34", "年龄：25-34", "Age: 25-34"),
        ("household_comp", "2 Adults_No Kids", "家庭构成：2 Adults No Kids", "Household: 2 Adults No Kids"),
        ("会员", "金卡", "会员：金卡", "会员：金卡"),
        ("_", "-", "_：-", "_: -"),
    ],
)
def test_labels_have_names_in_both_languages(name: str, value: str, zh: str, en: str) -> None:
    called, said = NAMES.name(name), NAMES.value(name, value)
    assert f"{called.show('zh')}：{said.show('zh')}" == zh
    assert f"{called.show('en')}: {said.show('en')}".replace(": 金卡", "：金卡") == en
