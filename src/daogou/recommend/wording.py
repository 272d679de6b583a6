"""Reasons in words, in both languages. The facts come from the computation; here they only get their sentence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from daogou.domain.event import EventType
from daogou.domain.text import Text

POPULAR = Text(zh="近期热门", en="Popular right now")
TRENDING = Text(zh="热度正在上升", en="Rising right now")
NEW = Text(zh="新品上架", en="New in the shop")
GIVEN = Text(zh="按给定的顺序", en="In the order given")
TO_READ = Text(zh="新文章", en="New to read")
EXPOSURE = Text(zh="近期展示较多，排序靠后", en="Shown later, since it was shown to many already")
SUITED = Text(zh="在类似情形下，顾客常选这样的商品", en="Shoppers in a like situation often chose such a product")
LESS_SUITED = Text(
    zh="在类似情形下，顾客较少选这样的商品，排序靠后",
    en="Shown later, since shoppers in a like situation chose such a product less often",
)
LIKELY = Text(
    zh="按您和其他顾客购买它的次数和间隔，这次可能会买",
    en="Likely this time, going by how often and when you and others buy it",
)
UNLIKELY = Text(
    zh="按您和其他顾客购买它的次数和间隔，这次不大会买，排序靠后",
    en="Shown later, since it is less likely this time, going by how often and when you and others buy it",
)
SATED = Text(zh="您近期买过同类商品，排序靠后", en="Shown later, since you bought one of its kind lately")
VARIED = Text(zh="让列表更多样", en="Shown sooner, so that the list is varied")
EXPLORED = Text(zh="试着推荐，看看是否合您的心意", en="Shown to learn whether it is liked")
RECENT = Text(zh="根据您近期的浏览与购买", en="From your recent steps taken together")
_DID: Mapping[EventType, tuple[str, str]] = {
    "view": ("因为您看过「{zh}」", "Because you viewed “{en}”"),
    "click": ("因为您看过「{zh}」", "Because you viewed “{en}”"),
    "cart": ("因为您把「{zh}」加入了购物车", "Because you put “{en}” in the basket"),
    "purchase": ("因为您买过「{zh}」", "Because you bought “{en}”"),
    "rating": ("因为您给「{zh}」打了好评", "Because you rated “{en}”"),
    "thumb": ("因为您喜欢「{zh}」", "Because you like “{en}”"),
}


_DID_THIS: Mapping[EventType, Text] = {
    "view": Text(zh="您看过这款", en="You viewed this before"),
    "cart": Text(zh="您曾把这款加入购物车", en="You put this in the basket before"),
    "purchase": Text(zh="您买过这款", en="You bought this before"),
    "rating": Text(zh="您给这款打过好评", en="You rated this well"),
    "thumb": Text(zh="您喜欢这款", en="You like this"),
}


@lru_cache(maxsize=1024)
def bought(days: int) -> Text:
    """What the shopper buys again: on so many days until now."""
    if days < 2:
        return _DID_THIS["purchase"]
    return Text(zh=f"您买过 {days} 次", en=f"You bought this {days} times")


def because(type: EventType, title: Text) -> Text:
    """A step of the shopper's history."""
    zh, en = _DID.get(type, _DID["view"])
    return Text(zh=zh.format(zh=title.show("zh")), en=en.format(en=title.show("en")))


def again(type: EventType) -> Text:
    """A step on the product itself."""
    return _DID_THIS.get(type, _DID_THIS["view"])


def similar(title: Text) -> Text:
    """Likeness to a product."""
    return Text(zh=f"与「{title.show('zh')}」相似", en=f"Similar to “{title.show('en')}”")


def next_after(title: Text) -> Text:
    """What others turned to after a product."""
    return Text(zh=f"看过「{title.show('zh')}」的人接着看", en=f"Often next after “{title.show('en')}”")


def together(title: Text, shoppers: int) -> Text:
    """A pair that several shoppers bought in one go."""
    return Text(
        zh=f"{shoppers} 位顾客将它与「{title.show('zh')}」一起购买",
        en=f"{shoppers} shoppers bought it with “{title.show('en')}”",
    )


def goes_with(category: Text) -> Text:
    """What is bought with products of a category."""
    return Text(zh=f"常与「{category.show('zh')}」一起购买", en=f"Often bought with “{category.show('en')}”")


def stated(like: str) -> Text:
    """What the shopper said they like."""
    return Text(zh=f"因为您说喜欢「{like}」", en=f"Because you said you like “{like}”")


def named(like: str) -> Text:
    """What was said to be liked by those whom the list is for."""
    return Text(zh=f"符合您提到的「{like}」", en=f"Fits “{like}”, which you named")


def group(suited: int, people: int) -> Text:
    """How many people of a group a product suits."""
    if not suited:
        return Text(zh="综合大家的情况", en="Chosen with everyone in mind")
    if people == 1:
        return Text(zh="符合对方的喜好", en="Fits the taste of whom it is for")
    if suited == people:
        return Text(zh=f"符合全部 {people} 人的喜好", en=f"Fits the taste of all {people}")
    return Text(zh=f"符合其中 {suited} 人的喜好（共 {people} 人）", en=f"Fits the taste of {suited} of {people}")


def about(title: Text) -> Text:
    """An article about a product, or about its kind."""
    return Text(zh=f"与「{title.show('zh')}」有关", en=f"About “{title.show('en')}” and its kind")


def segment(name: Text, value: Text) -> Text:
    """Popularity among shoppers with one label."""
    return Text(
        zh=f"在「{name.show('zh')}：{value.show('zh')}」的顾客中热门",
        en=f"Popular with shoppers of “{name.show('en')}: {value.show('en')}”",
    )
