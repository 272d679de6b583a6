"""The words around the wish: fillers, negators, connectives, and how shoppers ask for an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.domain.query import Sort

FILLERS = frozenset({
    "我", "我们", "想", "想要", "要", "找", "找找", "买", "来", "看", "看看", "看一下", "给", "给我", "帮",
    "帮我", "请", "请问", "推荐", "推荐一下", "有", "有没有", "有没", "一款", "一双", "一个", "一件", "一条",
    "一部", "一台", "一只", "一些", "几款", "几个", "款", "双", "个", "件", "条", "台", "部", "只", "些", "的",
    "地", "得", "了", "吗", "呢", "吧", "啊", "呀", "哦", "么", "可以", "能", "能不能", "适合", "适合于",
    "需要", "什么", "哪些", "哪个", "好", "点", "一点", "一下", "那种", "这种", "这个", "那个", "用", "用的",
    "穿", "穿的", "送", "送给", "是", "在", "和", "与", "以及", "或", "或者", "也", "就", "都", "还", "最好",
    "带", "带有", "具有", "功能", "款式", "类", "价格", "价位", "预算", "之间", "左右", "元", "块", "商品",
    "东西", "产品", "我想", "我要", "想买", "买个", "比较", "一", "i", "i'm", "im", "me", "my", "we", "us", "a",
    "an", "the", "some", "any", "please", "show", "find", "get", "give", "want", "need", "looking", "look",
    "for", "to", "of", "with", "in", "on", "and", "or", "is", "are", "be", "do", "does", "you", "have", "has",
    "that", "which", "it", "this", "these", "those", "can", "could", "would", "like", "buy", "am", "something",
    "thing", "good", "nice", "recommend", "suggestion", "help", "shop", "product", "item", "one", "from", "at",
    "by", "as", "there", "what", "search", "budget", "price",
})  # fmt: skip
"""Words that say nothing about the product."""

NEGATORS = frozenset({
    "不要", "不", "别", "非", "没有", "无需", "除了", "除去", "排除", "不是", "不想要", "不想", "不含", "不带",
    "别要", "不用", "not", "no", "without", "except", "excluding", "exclude", "non", "don't", "dont", "isn't",
    "never", "avoid", "besides", "minus",
})  # fmt: skip
"""Words before what the shopper does not want."""

TRAILING_NEGATORS = frozenset({"不要", "除外", "不行", "excluded"})
"""Words that may also stand behind it: 皮的不要, 耐克除外."""

CONNECTIVES = frozenset({
    "和", "或", "或者", "以及", "与", "还有", "及", "也", "牌", "品牌", "类", "色", "and", "or", "nor", "any",
    "the", "a", "an", "made", "of", "from", "brand", "be", "want",
})  # fmt: skip
"""Words over which a negation carries: not leather or suede; 不要耐克和阿迪达斯的."""

SORTS: dict[str, Sort] = {
    **dict.fromkeys(
        ("便宜", "最便宜", "便宜点", "低价", "实惠", "价格最低", "价格从低到高", "平价", "性价比"), "price_asc"
    ),
    **dict.fromkeys(("cheap", "cheapest", "cheaper", "lowest price", "inexpensive", "affordable"), "price_asc"),
    **dict.fromkeys(("最贵", "高档", "高端", "价格从高到低", "most expensive", "highest price"), "price_desc"),
    **dict.fromkeys(("最新", "新款", "新品", "新到", "上新", "newest", "latest", "new arrival", "just in"), "newest"),
    **dict.fromkeys(("评分最高", "评价最好", "评价好", "好评", "口碑好", "口碑最好"), "rating"),
    **dict.fromkeys(("best rated", "top rated", "highest rated", "well reviewed", "best reviewed"), "rating"),
    **dict.fromkeys(
        ("热销", "畅销", "最火", "热门", "爆款", "销量最高", "卖得最好", "受欢迎", "最受欢迎"), "popularity"
    ),
    **dict.fromkeys(
        ("popular", "most popular", "best selling", "bestselling", "best-selling", "best seller"), "popularity"
    ),
}
"""Phrases that ask for an order."""

ON_SALE = frozenset({"打折", "特价", "促销", "折扣", "优惠", "降价", "on sale", "discounted", "discount", "reduced"})
"""Phrases that ask for products below their list price."""
