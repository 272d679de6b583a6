"""Common names to give simulated shoppers; any likeness is chance."""

_FAMILY = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
_GIVEN = tuple("伟 芳 娜 敏 静 丽 强 磊 洋 艳 勇 杰 娟 涛 明 超 雨欣 子涵 思远 嘉怡 浩然 梓萱 一诺 若曦".split())
_FIRST = tuple(
    "Olivia Liam Emma Noah Ava Oliver Mia Lucas Sofia Ethan Isla Leo Grace Jack Chloe Henry Ruby Oscar Nora".split()
)
_LAST = tuple(
    "Smith Jones Brown Taylor Wilson Evans Walker Wright Green Hall Clarke Baker Young King Moore Reed Cook".split()
)
NAMES = {"zh": (_FAMILY, _GIVEN), "en": (_FIRST, _LAST)}
"""Language to the words of a name, in the order they are said."""
