"""Every word of the report, in Chinese and in English."""

from __future__ import annotations

import re

from daogou.domain.text import Language, Text

WORDS = {
    "title": Text(zh="推荐效果评估", en="How well this shop recommends"),
    "what": Text(
        zh="本报告把时间拨回到 {moment}：只用此前的记录训练，再看顾客此后真正选择了什么。",
        en="This report turns the clock back to {moment}: it trains on what came before alone, then looks at what "
        "shoppers really turned to afterwards.",
    ),
    "what-one": Text(
        zh="本报告藏起每位顾客最新的一件商品，用其余记录训练，再看推荐能否找到它。",
        en="This report hides each shopper's newest product, trains on the rest, and looks whether it is found again.",
    ),
    "what-next": Text(
        zh="本报告只用 {moment} 之前的记录训练，再从每位顾客此后的足迹里随机抽一步："
        "推荐像营业中的商店一样知道那一刻之前发生的事，看它能否找到这一步。",
        en="This report trains on what came before {moment} alone and asks about one later step of each shopper, drawn "
        "by chance: the shop knows what happened until then, as it does while it is open, and is to find that step.",
    ),
    "one-note": Text(
        zh="这种切分把每次光顾的结尾（多是与购物篮相配的商品）也从用来调校的记录里拿走了，因此本店的综合列表可能落后于只看「接着看什么」的来源；"
        "每位顾客抽一步（--split next-step）或按时间切分（--split time）更接近真实的商店。",
        en="This split also takes the ends of visits, often what goes with the basket, out of what the shop tunes "
        "itself on, so its list may fall behind a source that knows only what comes next; steps drawn by chance "
        "(--split next-step) or a split by time (--split time) are closer to a real shop.",
    ),
    "facts": Text(
        zh="{products} 件商品；用于训练的事件 {past} 个，留作检验的 {future} 个；"
        "检验了 {n} 位顾客（随机种子 {seed}）。导购 {code}，数据 {data}。",
        en="{products} products; {past} events to learn from, {future} held out; {n} shoppers asked "
        "about (seed {seed}). Daogou {code}, data {data}.",
    ),
    "simulated": Text(
        zh="这是模拟数据：商店、商品和顾客均为虚构。",
        en="This is a simulation: the shop, its products and its shoppers are invented.",
    ),
    "in-short": Text(zh="一句话结论", en="In short"),
    "short": Text(
        zh="每 1,000 位后来选了新商品的顾客中，约有 {ours} 位会在本店推荐的前 {k} 件里看到其中一件；"
        "只推最热门的商品是 {popular} 位，随机是 {random} 位。",
        en="Of 1,000 shoppers who turned to something new later, {ours} would have found some of it among the first "
        "{k} products. Showing everybody the most popular products: {popular}. By chance: {random}.",
    ),
    "better": Text(
        zh="比最好的基线「{name}」明显更好：NDCG@{k} 高 {gap}（95% 区间 {low} 至 {high}，p {p}）。",
        en="Clearly better than the best baseline, {name}: NDCG@{k} higher by {gap} (95% interval {low} to {high}, "
        "p {p}).",
    ),
    "worse": Text(
        zh="比最好的基线「{name}」明显更差：NDCG@{k} 相差 {gap}（95% 区间 {low} 至 {high}，p {p}）。",
        en="Clearly worse than the best baseline, {name}: NDCG@{k} differs by {gap} (95% interval {low} to {high}, "
        "p {p}).",
    ),
    "unclear": Text(
        zh="与最好的基线「{name}」看不出明显差别：NDCG@{k} 相差 {gap}（95% 区间 {low} 至 {high}，p {p}）。",
        en="No clear difference from the best baseline, {name}: NDCG@{k} differs by {gap} (95% interval {low} to "
        "{high}, p {p}).",
    ),
    "source-ahead": Text(
        zh="只用它自己的来源「{name}」排序反而更好：NDCG@{k} 高 {gap}（95% 区间 {low} 至 {high}，p {p}）。",
        en="One of its own sources does better by itself: {name}, by {gap} of NDCG@{k} (95% interval {low} to {high}, "
        "p {p}).",
    ),
    "tasteful": Text(
        zh="按模拟顾客的真实口味打分，本店 {ours}，基线中最好的是「{name}」{theirs}。",
        en="By the true taste of these simulated shoppers this shop has {ours}; of the baselines the best is {name} "
        "with {theirs}.",
    ),
    "trade-off": Text(
        zh="也就是说，本店更会猜中顾客下一步选什么，却不比对方更合口味：顾客选的，多是当时看得到的。",
        en="So this shop is better at what shoppers turn to next and no better at what they like: they choose among "
        "what they happen to be shown.",
    ),
    "new products": Text(zh="新商品：顾客从未碰过的", en="New products: those a shopper had never touched"),
    "all products": Text(zh="全部商品：碰过的也算", en="All products: those touched before count too"),
    "new-note": Text(
        zh="碰过的商品既不展示也不计分。每个方法都对全部在售商品排序，从不抽样。",
        en="What was touched before is neither shown nor counted. Every method ranks every product on sale, never a "
        "sample.",
    ),
    "all-note": Text(
        zh="顾客常回头看同一件商品，所以「个人常选」在这里很强；它先列出顾客选过的，不够才补最热门的。"
        "本店不展示刚买过或不喜欢的商品，基线没有这条规矩。",
        en="Shoppers often come back to the same product, so “personal frequency” is strong here; it shows what "
        "somebody chose before, and only then what is popular. This shop leaves out what was just bought or "
        "disliked, as it does in its lists; the baselines keep no such rule.",
    ),
    "difference": Text(zh="本店的 NDCG 高出", en="NDCG this shop has over it"),
    "method": Text(zh="方法", en="method"),
    "more": Text(zh="其他准确度指标", en="More measures of accuracy"),
    "beyond": Text(
        zh="准确之外：覆盖、新颖、惊喜、多样、口味（前 {k} 件）",
        en="Beyond accuracy: coverage, novelty, serendipity, variety, taste (first {k})",
    ),
    "quality": Text(
        zh="排序质量（NDCG@{k}，线为 95% 区间）", en="Quality of the order (NDCG@{k}; lines are 95% intervals)"
    ),
    "time": Text(zh="质量与训练时间", en="Quality against training time"),
    "time-axis": Text(zh="训练所用 CPU 秒数（对数刻度）", en="CPU seconds to train (logarithmic)"),
    "time-note": Text(
        zh="本店每次回答用 {ms} 毫秒 CPU 时间，含 {depth} 件商品的排序与理由。",
        en="One answer of this shop takes {ms} ms of CPU, with {depth} products in order and their reasons.",
    ),
    "exposure": Text(zh="热门程度与曝光", en="Popularity against exposure"),
    "exposure-axis": Text(
        zh="商品按热门程度分成十等份，左边最热门", en="products in ten equal parts, the most popular on the left"
    ),
    "exposure-note": Text(
        zh="线越平，冷门商品越有机会被看到；左端越高，说明只推热门。",
        en="The flatter the line, the better the chance of a product few know. High on the left: only what is popular "
        "is shown.",
    ),
    "slices": Text(zh="分组来看（召回率@{k}）", en="By group (recall@{k})"),
    "slices-note": Text(
        zh="平均数会掩盖差别：新顾客和新商品最难，也最值得看。",
        en="An average hides much: new shoppers and new products are the hardest, and the ones to watch.",
    ),
    "shoppers": Text(zh="顾客", en="shoppers"),
    "products": Text(zh="商品", en="products"),
    "no history": Text(zh="没有历史", en="no history"),
    "1 to 4 products": Text(zh="看过 1–4 件", en="1 to 4 products"),
    "5 to 19 products": Text(zh="看过 5–19 件", en="5 to 19 products"),
    "20 or more": Text(zh="看过 20 件以上", en="20 or more"),
    "no events yet": Text(zh="从未有人碰过", en="no events yet"),
    "little known": Text(zh="少有人知", en="little known"),
    "well known": Text(zh="众所周知（不逊于最热门的五分之一）", en="well known (no less than the top fifth)"),
    "satisfaction": Text(zh="顾客满意吗", en="Were shoppers glad of it"),
    "satisfaction-note": Text(
        zh="满意：后来买下并留下、评 4 星以上、点赞，或细看 30 秒以上。后悔：退货、评 2 星以下或点踩。"
        "数字是前 {k} 件里出现过这种商品的顾客比例。",
        en="Glad: bought and kept, rated 4 or more, thumbed up, or read for 30 seconds. Regretted: sent back, rated 2 "
        "or less, or thumbed down. The figures are the part of shoppers with such a product among the first {k}.",
    ),
    "signs": Text(
        zh="这些顾客在此之后留下信号的商品数：{signs}。",
        en="Products these shoppers left a sign of afterwards: {signs}.",
    ),
    "no-signs": Text(zh="没有记录，因此看不出来：{signs}。", en="Not logged, and so not to be seen here: {signs}."),
    "sign-purchase": Text(zh="购买", en="purchases"),
    "sign-return": Text(zh="退货", en="returns"),
    "sign-rating": Text(zh="评分", en="ratings"),
    "sign-thumb": Text(zh="点赞或点踩", en="thumbs"),
    "sign-reading": Text(zh="浏览时长", en="time read"),
    "comma": Text(zh="、", en=", "),
    "glad": Text(zh="满意", en="glad"),
    "regretted": Text(zh="后悔", en="regretted"),
    "truth": Text(zh="真实口味得分", en="true taste"),
    "truth-note": Text(
        zh="因为是模拟商店，每位顾客的真实口味已知：1 表示最好的列表，0 表示没有一件会被点开。"
        "「对比胜负」把本店与另一方法的列表交错给同一位顾客看，按真实口味点击。",
        en="As this shop is simulated, every shopper's true taste is known: 1 is the best list there could be, 0 one "
        "where nothing would be clicked. “Duel” mixes this shop's list with the other one (team-draft interleaving) "
        "and lets true taste click.",
    ),
    "duel": Text(zh="对比胜负（本店 : 对方）", en="duel (this shop : other)"),
    "baskets": Text(zh="下一次购物篮", en="The next basket"),
    "baskets-text": Text(
        zh="{n} 位顾客在检验期又来购物，篮中 {repeated} 是以前买过的。本店前 20 件找到了篮中的 {ours}，"
        "「个人常买」找到 {theirs}；相差 {gap}（95% 区间 {low} 至 {high}，p {p}）。",
        en="{n} shoppers came to buy again; {repeated} of their baskets they had bought before. This shop's first 20 "
        "hold {ours} of the basket, what they buy most often {theirs}: a difference of {gap} (95% interval {low} to "
        "{high}, p {p}).",
    ),
    "no-baskets": Text(
        zh="两边都有购买记录的顾客太少，无法比较。", en="Too few shoppers bought on both sides of the split to compare."
    ),
    "logged": Text(zh="若当时就这样推荐", en="Had these lists been shown"),
    "logged-text": Text(
        zh="根据 {n} 次带概率记录的展示（有效 {effective} 次）估计「为你推荐」每个位置的点击率：当时 {logged}；"
        "换成本店现在的前 10 件，IPS {ips}、SNIPS {snips}、DR {dr}。",
        en="From {n} showings logged with their probability ({effective} effective), clicks on a place of “for "
        "you”: {logged} as it was; with this shop's first 10 there, IPS {ips}, SNIPS {snips}, DR {dr}.",
    ),
    "no-logged": Text(zh="没有估计：{reason}。", en="No estimate: {reason}."),
    "examples": Text(zh="例子", en="Examples"),
    "examples-note": Text(
        zh="随机抽取，不论结果好坏。✓ 表示顾客后来真的选择了它。",
        en="Drawn at random, whether they turned out well or not. ✓: the shopper really turned to it later.",
    ),
    "example": Text(zh="顾客 {n}", en="Shopper {n}"),
    "before": Text(zh="此前（最近的在前）", en="Before, newest first"),
    "after": Text(zh="此后选择的新商品", en="New products turned to later"),
    "would": Text(zh="会展示", en="would show"),
    "meaning": Text(zh="这些数字是什么意思", en="What the numbers mean"),
    "skipped": Text(zh="未参与：", en="Not part of it: "),
}

SYSTEMS = {
    "this shop": Text(zh="本店", en="this shop"),
    "most popular": Text(zh="最热门", en="most popular"),
    "popular recently": Text(zh="近期热门", en="popular recently"),
    "item-kNN": Text(zh="相似商品 kNN", en="item-kNN"),
    "personal frequency": Text(zh="个人常选", en="personal frequency"),
    "random": Text(zh="随机", en="random"),
    "sequential": Text(zh="接着看什么", en="sequential"),
    "followed": Text(zh="可信顾客接着看什么", en="next for believed shoppers"),
    "content": Text(zh="文字相似", en="content"),
    "popularity": Text(zh="热度", en="popularity"),
    "segment": Text(zh="同类顾客", en="segment"),
    "ease": Text(zh="线性模型", en="linear model"),
    "als": Text(zh="矩阵分解", en="matrix factors"),
    "repeat": Text(zh="买过的", en="own purchases"),
    "session_knn": Text(zh="相似的浏览", en="similar sessions"),
    "item_knn": Text(zh="同一批顾客", en="same shoppers"),
    "attributes": Text(zh="属性相似", en="attributes"),
    "walks": Text(zh="图上游走", en="walks over the graph"),
    "texts": Text(zh="含义相似", en="meaning"),
    "transformer": Text(zh="序列模型", en="transformer"),
    "ranking": Text(zh="排序树", en="ranker"),
    "habits": Text(zh="复购排序树", en="ranker of what is bought again"),
    "completing": Text(zh="配篮排序树", en="ranker of what completes a basket"),
    "chance": Text(zh="选中概率", en="chances"),
    "sated": Text(zh="已有同类", en="has one of the kind"),
}

REASONS = (
    (r"switched off: (.+)", r"已关闭：\1"),
    (r"(.+) not installed: (.+)", r"未安装 \1：\2"),
    (r"no steps to learn from", "没有可供学习的行为记录"),
    (r"(\d+) steps to learn from, fewer than (.+)", r"可供学习的行为只有 \1 步，少于 \2"),
    (r"(\d+) products, more than (.+)", r"商品有 \1 件，超过 \2"),
    (r"no text encoder is set: see (.+)", r"没有设置文本编码器：见 \1"),
    (
        r"(\d+) validation steps with the answer among the first (\d+), fewer than (\d+)",
        r"答案排在前 \2 件之内的检验步骤只有 \1 个，少于 \3 个",
    ),
    (r"(\d+) validation steps, fewer than (\d+)", r"检验步骤只有 \1 个，少于 \2 个"),
    (
        r"(\d+) held-back baskets with something that was bought before, fewer than (\d+)",
        r"留作检验、含有买过商品的购物篮只有 \1 个，少于 \2 个",
    ),
    (
        r"(\d+) held-back baskets of two products or more, fewer than (\d+)",
        r"留作检验、含两件以上商品的购物篮只有 \1 个，少于 \2 个",
    ),
    (
        r"(\d+) held-back baskets with any of the rest among the first (\d+), fewer than (\d+)",
        r"其余商品排在前 \2 件之内的检验购物篮只有 \1 个，少于 \3 个",
    ),
    (
        r"tried, not surely better: (\S+) for known shoppers (\S+) of the sources became (\S+) on held-back baskets, "
        r"the 95 % interval of the gain is (\S+) to (\S+)",
        r"试过，未见确实更好：留作检验的购物篮上，已知顾客的 \1 由 \2 变为 \3，增益的 95% 区间为 \4 至 \5",
    ),
    (
        r"tried, not surely better: (\S+) for nobody known (\S+) of the sources became (\S+) on held-back baskets, "
        r"the 95 % interval of the gain is (\S+) to (\S+)",
        r"试过，未见确实更好：留作检验的购物篮上，陌生顾客的 \1 由 \2 变为 \3，增益的 95% 区间为 \4 至 \5",
    ),
    (
        r"tried, not surely better: (\S+) (\S+) of (?:the fusion|repeats) became (\S+) on held-back "
        r"(?:steps|baskets), the 95 % interval of the gain is (\S+) to (\S+)",
        r"试过，未见确实更好：留作检验的数据上 \1 由 \2 变为 \3，增益的 95% 区间为 \4 至 \5",
    ),
    (
        r"people come back to what they have bought: of those who bought of a kind (\S+) turned to it in their next "
        r"visit, of those who only looked at it (\S+)",
        r"顾客会回来再看同类商品：买过某类的人中 \1 在下次来访时又看了该类，只看过的人中为 \2",
    ),
    (
        r"nothing to compare: nobody came again after buying, or nobody turned again to a kind only looked at",
        r"无从比较：没有人买后再来，或没有人回来看只看过的同类商品",
    ),
    (
        r"LightGBM does not load \((.*)\): install OpenMP, (?:.+)",
        r"LightGBM 无法加载（\1）：请安装 OpenMP，如 libgomp1",
    ),
)
"""Why a component was left out of a release, as the release says it, and the same in Chinese."""


def reason_in(language: Language, reason: str) -> str:
    """A reason of `Manifest.skipped` in a language; one that is not known stays as it is."""
    if language == "zh":
        for pattern, chinese in REASONS:
            if found := re.fullmatch(pattern, reason, re.DOTALL):
                return found.expand(chinese)
    return reason


MEASURES = {
    "precision": "精确率", "recall": "召回率", "hit rate": "命中率", "ndcg": "NDCG", "mrr": "MRR", "map": "MAP",
    "coverage": "覆盖率", "gini": "基尼系数", "popularity": "热门度", "popularity lift": "热门偏移",
    "novelty": "新颖度", "serendipity": "惊喜度", "variety": "多样性", "miscalibration": "口味偏差", "ties": "同分次序",
}  # fmt: skip
"""Chinese names of the measures."""

ENGLISH = {"ndcg": "NDCG", "mrr": "MRR", "map": "MAP"}
"""Measures that English writes in another way than the record does."""

MEANINGS = {
    "precision": Text(zh="前 k 件中有多少是顾客想要的。", en="Part of the first k products that were wanted."),
    "recall": Text(zh="顾客想要的商品有多少在前 k 件里。", en="Part of what was wanted that is among the first k."),
    "hit rate": Text(
        zh="前 k 件里至少有一件想要的顾客比例。",
        en="Part of shoppers with at least one wanted product among the first k.",
    ),
    "ndcg": Text(
        zh="与 recall 相似，但越靠前越值钱；1 为满分。", en="Like recall, but worth more the further up; 1 is perfect."
    ),
    "mrr": Text(
        zh="第一件想要的排在第几：第 1 为 1，第 2 为 1/2……", en="Place of the first wanted product: 1, 1/2, 1/3…"
    ),
    "map": Text(zh="每次命中时的准确率的平均。", en="Precision at each wanted product, averaged."),
    "coverage": Text(zh="有多少商品被展示给过至少一人。", en="Part of the products shown to anyone at all."),
    "gini": Text(zh="曝光的不平均：0 平均，1 全给一件。", en="Unevenness of exposure: 0 even, 1 all to one product."),
    "popularity": Text(
        zh="所展示的商品平均有多大比例的顾客碰过。", en="Part of all shoppers who knew a shown product, on average."
    ),
    "popularity lift": Text(
        zh="比顾客自己的口味更大众多少；0 为一样。",
        en="How much more mainstream than the shopper's own taste; 0 is alike.",
    ),
    "novelty": Text(zh="所展示的商品有多鲜为人知（比特）。", en="How little known the shown products are, in bits."),
    "serendipity": Text(
        zh="想要且不在最热门之列的位置比例。", en="Part of places that were wanted and not among the most popular."
    ),
    "variety": Text(
        zh="一个列表内商品彼此的差异；1 为毫无相同。", en="Difference between products of one list; 1: nothing shared."
    ),
    "miscalibration": Text(
        zh="列表的品类比例与顾客历史的差距；0 为一致（Steck 2018）。",
        en="How far a list's mix of categories is from the shopper's history; 0 is the same mix (Steck 2018).",
    ),
    "ties": Text(
        zh="前 100 件中的同分商品若按最坏/最好的次序排，NDCG 会是多少：差距大说明靠运气。",
        en="NDCG had products of equal score among the first 100 stood in the worst and the best order: a wide gap is "
        "luck.",
    ),
    "p": Text(
        zh="若两者其实一样好，仅凭运气出现这么大差别的可能性；不到 0.05 才算明显；"
        "若是从几个方法中挑出最好的来比，则要小到 0.05 除以方法的个数，才说本店不如它。",
        en="How often chance alone would make as large a difference between two that are alike; below 0.05 it is "
        "called clear; below 0.05 over their number where the best of several is said to be ahead of this shop.",
    ),
    "IPS": Text(
        zh="按当时展示的概率给每次点击加权；无偏，但波动大。",
        en="Clicks weighed by how rarely the shop showed what was clicked; right on average, and wild.",
    ),
    "SNIPS": Text(
        zh="同上，再除以权重之和；略有偏差，但稳得多。",
        en="The same over the sum of the weights; a little off, and much calmer.",
    ),
    "DR": Text(
        zh="先按热门程度猜点击率，再用加权后的误差修正。",
        en="A guess by how well known products are, corrected by what was weighed.",
    ),
}
