"""Common names to give simulated shoppers; any likeness is chance."""

_FAMILY = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗"
_GIVEN = "伟 芳 娜 敏 静 丽 强 磊 洋 艳 勇 杰 娟 涛 明 超 雨欣 子涵 思远 嘉怡 浩然 梓萱 一诺 若曦"
_FIRST = "Olivia Liam Emma Noah Ava Oliver Mia Lucas Sofia Ethan Isla Leo Grace Jack Chloe Henry Ruby Oscar Nora"
_LAST = "Smith Jones Brown Taylor Wilson Evans Walker Wright Green Hall Clarke Baker Young King Moore Reed Cook"

NAMES = {"zh": (_FAMILY.split(), _GIVEN.split()), "en": (_FIRST.split(), _LAST.split())}
"""Language to the words of a name, in the order they are said."""
