"""The words around the wish: fillers, negators, connectives, and how shoppers ask for an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daogou.domain.query import Sort

FILLERS = frozenset({
    "pair", "pairs", "about", "year", "years", "yr", "old", "month", "months", "idea", "ideas", "least", "guys",
    "牌子", "买条", "那么", "我", "我们", "想", "想要", "要", "找", "找找", "买", "来", "看", "看看", "看一下", "给",
    "给我", "帮", "帮我", "请", "请问", "推荐", "推荐一下", "有", "有没有", "有没", "一款", "一双", "一个", "一件",
    "一条", "一部", "一台", "一只", "一些", "几款", "几个", "款", "双", "个", "件", "条", "台", "部", "只", "些",
    "的", "地", "得", "了", "吗", "呢", "吧", "啊", "呀", "哦", "么", "可以", "能", "能不能", "适合", "适合于",
    "需要", "什么", "哪些", "哪个", "好", "点", "一点", "一下", "那种", "这种", "这个", "那个", "用", "用的", "穿",
    "穿的", "送", "送给", "是", "在", "和", "与", "以及", "或", "或者", "也", "就", "都", "还", "最好", "带", "带有",
    "具有", "功能", "款式", "类", "价格", "价位", "预算", "之间", "左右", "元", "块", "商品", "东西", "产品", "我想",
    "我要", "想买", "买个", "比较", "一", "i", "i'm", "im", "me", "my", "we", "us", "a", "an", "the", "some", "any",
    "please", "show", "find", "get", "give", "want", "need", "looking", "look", "for", "to", "of", "with", "in", "on",
    "and", "or", "is", "are", "be", "do", "does", "you", "have", "has", "that", "which", "it", "this", "these",
    "those", "can", "could", "would", "like", "buy", "am", "something", "thing", "good", "nice", "new", "recommend",
    "suggestion", "help", "shop", "product", "item", "one", "from", "at", "by", "as", "there", "what", "search",
    "budget", "price", "all", "also", "another", "anybody", "anyone", "anything", "around", "because", "been",
    "being", "both", "but", "came", "cant", "choose", "come", "comes", "did", "didn't", "done", "each", "either",
    "else", "ever", "every", "everything", "few", "filled", "fine", "first", "fits", "go", "goes", "going", "got",
    "great", "had", "he", "hello", "here", "hey", "hi", "his", "hoping", "how", "hunting", "i'd", "i'll", "i've",
    "id", "if", "ill", "into", "its", "it's", "ive", "just", "keep", "kind", "kinda", "know", "last", "lets", "let's",
    "list", "little", "looks", "lot", "lots", "made", "make", "many", "may", "maybe", "mean", "might", "mind", "more",
    "most", "much", "must", "myself", "needs", "next", "now", "ok", "okay", "once", "ones", "only", "option",
    "options", "other", "others", "ought", "our", "out", "over", "own", "pick", "possible", "possibly", "prefer",
    "preferably", "prefers", "pretty", "purchase", "put", "quite", "rather", "really", "right", "same", "see",
    "seeking", "sell", "selling", "she", "should", "shopping", "so", "somebody", "someone", "sort", "sorted",
    "sorting", "still", "stuff", "such", "suggest", "suitable", "sure", "take", "tell", "than", "thank", "thanks",
    "thats", "that's", "their", "them", "then", "they", "things", "think", "though", "till", "too", "try", "trying",
    "type", "under", "until", "up", "use", "used", "using", "very", "via", "wanna", "wanted", "wants", "was", "way",
    "well", "were", "whatever", "whats", "what's", "when", "where", "whether", "while", "who", "whole", "whose",
    "why", "will", "wish", "worth", "yes", "yet", "your", "u", "pls", "plz", "gonna", "gotta", "wear", "wearing",
    "available", "currently", "today", "asap", "ideally", "actually", "basically", "decent", "anyway", "real",
    "sort of", "hmm", "hm", "um", "umm", "uh", "er", "erm", "oh", "ah", "aha", "wow", "lol", "haha", "hehe", "hiya",
    "howdy", "yo", "yeah", "yep", "nope", "huh", "oops", "btw", "tbh", "imo", "thx", "ty", "cheers", "fyi",
    "都行", "也行", "行", "就行", "即可", "可", "都可以", "也可以", "就好", "就可以", "的话", "如果", "因为", "所以",
    "但", "但是", "不过", "而且", "并且", "或是", "还是", "还要", "另外", "然后", "先", "再", "又", "很", "非常",
    "特别", "挺", "太", "有点", "稍微", "大概", "左右手", "您", "你", "你们", "咱", "咱们", "它", "他们", "谁", "哪",
    "哪里", "哪款", "哪种", "怎么", "怎样", "如何", "多少", "几", "这", "那", "这款", "那款", "这些", "那些", "某",
    "每", "各", "各种", "所有", "全部", "任何", "别的", "其他", "其它", "别人", "自己", "大家", "人", "时候", "时",
    "里", "里面", "上", "下", "中", "内", "外", "前", "后", "之", "对", "对于", "关于", "从", "到", "把", "被", "让",
    "叫", "使", "着", "过", "啦", "呗", "嘛", "哈", "嗯", "诶", "喂", "亲", "麻烦", "谢谢", "帮忙", "求", "求推荐",
    "介绍", "有什么", "有啥", "啥", "搜", "搜索", "搜一下", "查", "查找", "查一下", "挑", "选", "选购", "选一款",
    "挑一款", "入手", "购买", "购", "想买个", "买点", "来点", "来个", "来款", "要个", "要买", "打算", "准备", "希望",
    "喜欢", "觉得", "考虑", "用来", "用于", "拿来", "当", "做", "放", "放在", "戴", "带的", "背", "背的", "吃", "喝",
    "玩", "玩的", "看的", "睡", "使用", "类型", "种", "样", "那样", "这样", "样子", "式", "版", "用品", "物品",
    "物件", "货", "店里", "店", "你家", "家里", "家", "本店", "贵店", "卖", "卖的", "不错", "好的", "好点", "好看",
    "好用", "实用", "合适", "适合的", "推荐款", "必须", "一定", "一定要", "尽量", "优先", "只要", "只看", "就要",
    "限", "要求", "不限", "随便", "均可", "排序", "排列", "排", "按", "按照", "以", "为", "让我", "给您", "岁", "年",
    "你好", "您好", "哈喽", "嗨", "哎", "哎呀", "唉", "额", "呃", "在吗", "有货", "问下", "问一下", "请教",
    "号", "日", "月", "一套", "一对", "一副", "一把", "一张", "一本", "一瓶", "一盒", "一顶", "一辆", "一份", "一种",
    "一下子", "两", "钱",
})  # fmt: skip
"""Words that say nothing about the product."""

NEGATORS = frozenset({
    "不要", "不", "别", "非", "没有", "无需", "除了", "除去", "排除", "不是", "不想要", "不想", "不含", "不带",
    "别要", "不用", "not", "no", "without", "except", "excluding", "exclude", "non", "don't", "dont", "isn't",
    "never", "avoid", "besides", "minus", "isnt", "arent", "doesnt", "nothing", "neither", "nor", "skip", "hate",
    "other than", "apart from", "aside from", "anything but", "rather than", "instead of", "free of", "free from",
    "anything except", "no more", "无", "勿", "拒绝", "讨厌", "避开", "排斥", "不喜欢", "不想买", "不需要", "不买",
    "不考虑", "不选", "并非", "除", "别给我", "别推荐", "不可以有", "千万别", "以外", "之外", "除外", "不行",
})  # fmt: skip
"""Words before what the shopper does not want."""

ONLY_TRAILING = frozenset({"除外", "以外", "之外"})
"""Words that stand only behind what is not wanted: 除塑料以外."""

TRAILING_NEGATORS = frozenset({"不要", "不行", "不考虑", "不喜欢", "excluded"})
"""Words that may also stand behind it: 皮的不要, 耐克除外."""

CONNECTIVES = frozenset({
    "和", "或", "或者", "以及", "与", "还有", "及", "也", "牌", "品牌", "类", "色", "and", "or", "nor", "any",
    "the", "a", "an", "made", "of", "from", "brand", "be", "want",
})  # fmt: skip
"""Words over which a negation carries: not leather or suede; 不要耐克和阿迪达斯的."""

_SORTS = """
price_asc: 便宜, 最便宜, 低价, 最低价, 实惠, 最实惠, 经济实惠, 价格最低, 价格从低到高, 从低到高, 低到高, 从便宜到贵
price_asc: 按价格从低到高, 价格升序, 平价
price_asc: cheap, cheapest, cheapest first, lowest price, lowest priced, lowest price first, lowest first, inexpensive
price_asc: not too expensive, not expensive, nothing too expensive, not too pricey, not pricey, 别太贵, 不要太贵
price_asc: 不太贵, 不贵, 不是很贵, 别太贵了, 不能太贵
price_asc: affordable, most affordable, least expensive, budget friendly, budget-friendly, low cost
price_asc: low to high, price low to high, by price low to high, sorted by price, price ascending
price_desc: 最贵, 高档, 高端, 价格从高到低, 从高到低, 高到低, 从贵到便宜, 价格最高, 价格降序, most expensive, priciest
price_desc: most expensive first, highest price, highest priced, highest price first, high to low, price high to low
price_desc: by price high to low, price descending, high-end
newest: 最新, 最新款, 新款, 当季新款, 新品, 新到, 新到货, 刚到, 上新, 刚上市, 新上市, 最近上架, 新上架, 最新上架, 刚出
newest: newest, newest first, latest, new arrival, just in, just arrived, brand new, most recent, new in, new release
newest: just released, recently added
rating: 评分最高, 评分高, 评分从高到低, 按评分, 按评分排序, 高分, 评价最好, 评价好, 评价高, 评价最高
rating: 好评, 好评最多, 好评多, 按好评
rating: 好评率高, 好评率最高, 口碑好, 口碑最好, best rated, best-rated, top rated, top-rated, highest rated
rating: highest rated first, highly rated, well rated, well reviewed, best reviewed, highest rating, best rating
rating: best review, good review, great review, by rating, sorted by rating
popularity: 热销, 畅销, 最畅销, 最火, 热门, 最热门, 爆款, 销量最高, 销量最好, 销量高, 销量好, 销量优先, 按销量, 销量排序
popularity: 按销量排序, 卖得最好, 卖的最好, 卖得好, 受欢迎, 最受欢迎, 人气, 人气最高, 人气高, 大家都买, 买的人最多
popularity: popular, most popular, by popularity, sorted by popularity, best selling, best-selling, bestselling
popularity: best seller, best-seller, bestseller, top selling, top-selling, top seller, hottest, trending, most bought
popularity: most sold
value: 性价比, 性价比高, 性价比最高, 高性价比, 划算, 最划算, 超值, 物超所值, 物有所值, best value, good value
value: great value, value for money, good value for money, best value for money, great value for money, worth the money
value: bang for the buck, best bang for the buck
"""


def sorts() -> Iterator[tuple[str, Sort]]:
    """Phrases that ask for an order, with the order."""
    for line in _SORTS.strip().splitlines():
        sort, _, phrases = line.partition(": ")
        for phrase in phrases.split(", "):
            yield phrase, cast("Sort", sort)


ON_SALE = frozenset({
    "打折", "特价", "促销", "折扣", "有折扣", "优惠", "有优惠", "降价", "在打折", "搞活动", "有活动", "减价", "清仓",
    "甩卖", "特惠", "on sale", "discounted", "discount", "reduced", "on offer", "on discount", "on special",
    "marked down", "clearance", "special offer", "deal", "on promotion",
})  # fmt: skip
"""Phrases that ask for products below their list price."""
