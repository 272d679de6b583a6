"""What shoppers' labels are called, in both languages: nobody reads "budget=middle" on a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from daogou.domain.text import Text

_NAMES = {
    "gender": ("性别", "Gender"), "sex": ("性别", "Gender"), "age": ("年龄", "Age"),
    "age_group": ("年龄段", "Age group"), "budget": ("预算", "Budget"), "likes": ("喜欢", "Likes"),
    "segment": ("顾客群", "Customer group"), "group": ("顾客群", "Customer group"), "size": ("尺码", "Size"),
    "language": ("语言", "Language"), "country": ("国家或地区", "Country"), "region": ("地区", "Region"),
    "city": ("城市", "City"), "device": ("设备", "Device"), "channel": ("渠道", "Channel"),
    "campaign": ("活动", "Campaign"), "campaigns": ("活动", "Campaigns"), "category": ("类目", "Category"),
    "occupation": ("职业", "Occupation"), "income": ("收入", "Income"), "household": ("家庭", "Household"),
    "household_size": ("家庭人数", "Household size"), "household_comp": ("家庭构成", "Household"),
    "kids_count": ("孩子数", "Children"), "marital_status": ("婚姻状况", "Marital status"),
    "home_ownership": ("住房", "Home"), "demo": ("演示顾客", "Demonstration"),
    "simulated": ("模拟顾客", "Simulated"),
}  # fmt: skip
_VALUES = {
    "true": ("是", "yes"), "false": ("否", "no"), "women": ("女士", "women"), "female": ("女士", "women"),
    "men": ("男士", "men"), "male": ("男士", "men"), "careful": ("精打细算", "careful"), "middle": ("中等", "medium"),
    "generous": ("宽裕", "generous"), "low": ("低", "low"), "medium": ("中等", "medium"), "high": ("高", "high"),
    "mobile": ("手机", "phone"), "phone": ("手机", "phone"), "desktop": ("电脑", "computer"),
    "tablet": ("平板", "tablet"), "zh": ("中文", "Chinese"), "en": ("英文", "English"), "student": ("学生", "student"),
    "single": ("单身", "single"), "married": ("已婚", "married"), "homeowner": ("自有住房", "home owner"),
    "renter": ("租房", "renter"),
}  # fmt: skip
_JOINED = re.compile(r"(?<=\w)[_-](?=[^\W\d])")


def _unnamed(value: str) -> Text | None:
    return None


@dataclass(frozen=True, slots=True)
class LabelNames:
    """The shop's own names, then those of common labels, then what the catalogue calls such a kind of goods."""

    own: Mapping[str, Text] = field(default_factory=dict)
    """By name ("budget"), or name and value ("budget=middle")."""
    goods: Callable[[str], Text | None] = _unnamed
    """What a kind of goods is called, by its key; None where there is none."""

    def name(self, name: str) -> Text:
        """What a label is called."""
        return self.own.get(name) or _known(_NAMES, name) or _plain(name)

    def value(self, name: str, value: str) -> Text:
        """What a value of it is called; each of several that stand behind commas."""
        own = self.own.get(f"{name}={value}")
        if own:
            return own
        parts = [self._part(name, part) for part in value.split(", ")]
        return Text(zh="、".join(part.show("zh") for part in parts), en=", ".join(part.show("en") for part in parts))

    def _part(self, name: str, value: str) -> Text:
        known = self.own.get(f"{name}={value}") or _known(_VALUES, value)
        return known or self.goods(_JOINED.sub(" ", value).casefold()) or _plain(value)


def _known(table: Mapping[str, tuple[str, str]], key: str) -> Text | None:
    return Text(*table[found]) if (found := key.casefold()) in table else None


def _plain(key: str) -> Text:
    return Text.of(_JOINED.sub(" ", key).strip() or key)
