"""Nothing false leaves: claims are proved again, stray figures removed, and a lying phraser gets nowhere."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from assistant_world import NOW, World, talk

from daogou.assistant.phrasing import Refused, accept
from daogou.assistant.records import Records
from daogou.assistant.say import Said, say
from daogou.assistant.verify import figures, holds, verified, without
from daogou.domain.conversation import Claim
from daogou.domain.ids import ShopperId
from daogou.domain.money import Money
from daogou.domain.text import Language
from daogou.domain.zones import zone_of

QUESTIONS = (
    "I'm looking for running shoes", "how much is the first one", "is it in stock", "what do the reviews say",
    "compare the first and the second", "any coupons?", "where is my order", "returns?", "has it been cheaper?",
    "我想找一款运动鞋", "便宜点的", "第二个多少钱", "有货吗", "评价怎么样",
    "买三双多少钱", "有优惠吗", "我的订单到哪了", "多久到",
)  # fmt: skip


def records(language: Language = "en", shopper: str | None = "ann") -> Records:
    who = None if shopper is None else ShopperId(shopper)
    return Records(World().toolbox().for_shopper(who, at=NOW), language)


def stated(source: str) -> Claim:
    claim = records().claim(source)
    assert claim is not None
    return claim


SOURCES = (
    "product:p1#price", "product:p1#list_price", "product:p2#stock", "product:p1#rating", "product:p1#n_reviews",
    "product:p1#lowest_price", "product:p1#lowest_price_at", "product:p1#brand", "product:p1#attribute:material",
    "variant:p6/p6-42#stock", "basket:p5*3#total", "order:A-1001#status", "order:A-1001#at", "order:A-1001#total",
    "shipment:A-1001/s1#expected", "promotion:summer#benefit", "promotion:summer#ends", "article:returns#extract",
    "compare:p1|p2#cheapest", "review:p1/r2#text",
)  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_a_claim_is_proved_by_its_record_and_by_nothing_else(source: str) -> None:
    claim = stated(source)
    assert records().proves(claim)
    for lie in (
        replace(claim, text=claim.text + "1"),
        replace(claim, value="0"),
        replace(claim, source="product:p9#price"),
    ):
        assert not records().proves(lie)


@pytest.mark.parametrize(
    "source",
    ["product:x1#price", "order:B-2002#status", "shipment:B-2002/s2#tracking",
     "promotion:vip#benefit", "promotion:past#title",
     "nonsense", "product:p1#secret", "product:#price", "order:A-1001#9/title"],
)  # fmt: skip
def test_what_the_shopper_may_not_see_cannot_be_claimed(source: str) -> None:
    assert records().claim(source) is None


def test_a_sentence_with_a_figure_of_its_own_is_removed() -> None:
    claim = stated("product:p1#price")
    good = Said("It costs $89.00.", (claim,))
    bad = [
        Said("It costs $89.00, or 3 for $200.", (claim,)),
        Said("仅需五十元", ()),
        Said("It costs $79.00.", (claim,)),
    ]
    assert verified([good, *bad], records(), shopper_text="how much") == [good]


def test_the_shoppers_own_figures_may_be_repeated() -> None:
    said = Said("Under 80, as you asked.")
    assert holds(said, records(), shopper_text="under $80")
    assert not holds(said, records(), shopper_text="under $90")


def test_nothing_is_half_said() -> None:
    rated = {name: f"product:p2#{name}" for name in ("title", "price", "stock", "rating")}
    assert say(records(), "item_rated", **rated, n="product:p2#n_reviews") is None


def test_every_figure_of_an_answer_belongs_to_a_claim() -> None:
    for question, answer in zip(QUESTIONS, talk(World().assistant(), *QUESTIONS, shopper="ann"), strict=True):
        assert figures(without_all(answer.text, answer.claims)) <= figures(question), answer.text
        proof = records(answer.language)
        assert all(proof.proves(claim) for claim in answer.claims)


def without_all(text: str, claims: Sequence[Claim]) -> str:
    for claim in sorted(claims, key=lambda claim: -len(claim.text)):
        text = text.replace(claim.text, " ")
    return without(text, ())


class Scripted:
    """A phraser that says what it was told to."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)

    async def phrase(self, facts: Sequence[str], *, question: str, language: Language) -> str:
        return self.lines.pop(0) if self.lines else " ".join(f"{{{n + 1}}}" for n in range(len(facts)))


def test_an_honest_phraser_may_connect_the_facts() -> None:
    assistant = World().assistant(phraser=Scripted("Sure, happy to help: {1} {2}\n{3}\n{4}\n{5}\nSee you. {6}"))
    (answer,) = talk(assistant, "running shoes")
    assert answer.degraded is None
    assert answer.text.startswith("Sure, happy to help: Here is what I found: · Breeze Runner: $89.00")


LIES_EN = """
It costs {money}.
Only {number} left!
It is sold out.
It is in stock.
Use code SAVE{number}.
{number}% off today!
Free shipping for you.
Rated {number} stars.
It arrives tomorrow.
Your order was cancelled.
Half price!
It is made of leather.
Try the Moonwalker instead.
Fleet makes it.
See https://evil.example
Only twenty dollars.
Buy one, get two.
最低价五十元
It is the cheapest.
Returns are always accepted.
“Zephyr” is nicer.
{money}
٣ dollars
Ⅳ left
""".strip().split("\n")
LIES_ZH = """
现在只要{number}元。
仅剩{number}件！
已经售罄。
有货哦。
今天{number}折！
包邮送到家。
评分{number}分。
明天就能送达。
您的订单已取消。
半价优惠。
它是皮革的。
推荐《飞天跑鞋》。
五十块就能拿下。
支持七天退货。
价格是{money}。
满三百减五十。
It is sold out.
运动鞋里销量第一。
优惠码 SAVE{number}
十二期分期
打八折
送您一张券
库存充足
保修三年
请看 www.evil.example
""".strip().split("\n")


def test_a_lying_phraser_never_gets_a_fact_through() -> None:
    dice = random.Random(7)
    world = World()
    plain = {text: talk(world.assistant(), text)[0] for text in ("running shoes", "我想找一款运动鞋")}
    tools = world.toolbox().for_shopper(None, at=NOW)
    proof = {language: Records(tools, language) for language in ("zh", "en")}
    through = []
    for n in range(1500):
        language: Language = "zh" if n % 2 else "en"
        question = "我想找一款运动鞋" if n % 2 else "running shoes"
        lie = dice.choice(LIES_ZH if n % 2 else LIES_EN)
        lie = lie.replace("{money}", str(Money(dice.randrange(1, 99999), "USD"))).replace(
            "{number}", str(dice.randrange(1, 99))
        )
        answer = plain[question]
        said = [Said(line, ()) for line in answer.text.split("\n")]
        marks = [f"{{{i + 1}}}" for i in range(len(said))]
        marks.insert(dice.randrange(len(marks) + 1), lie)
        try:
            through.append(accept("\n".join(marks), said, language=language, tools=proof[language].tools))
        except Refused:
            continue
    assert through == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{1}",
        "{1} {2} {3} {4} {5} {6} {7}",
        "{1} {1} {2} {3} {4} {5}",
        "It costs $5. {1} {2} {3} {4} {5} {6}",
        "ok" * 900,
    ],
)
def test_a_refused_phrasing_falls_back_to_the_composed_answer(text: str) -> None:
    composed = talk(World().assistant(), "running shoes")[0]
    (answer,) = talk(World().assistant(phraser=Scripted(text)), "running shoes")
    assert answer.text == composed.text
    assert (answer.degraded or "").startswith("phrasing refused")


class Broken:
    async def phrase(self, facts: Sequence[str], *, question: str, language: Language) -> str:
        raise ConnectionError("gone")


class Silent:
    async def phrase(self, facts: Sequence[str], *, question: str, language: Language) -> str:
        await asyncio.Event().wait()
        raise AssertionError("never")


@pytest.mark.parametrize("phraser", [Broken(), Silent()])
def test_a_dead_or_slow_phraser_costs_nothing_but_a_mark(phraser: Broken | Silent) -> None:
    composed = talk(World().assistant(), "running shoes")[0]
    (answer,) = talk(World().assistant(phraser=phraser, deadline_s=0.5), "running shoes")
    assert answer.text == composed.text
    assert (answer.degraded or "").startswith("phrasing failed")


def test_a_day_is_said_by_the_shops_clock() -> None:
    world = World()
    for zone, said in (("UTC", "2 Jun 2026"), ("Asia/Shanghai", "3 Jun 2026")):
        toolbox = replace(world.toolbox(), zone=zone_of(zone))
        claim = Records(toolbox.for_shopper(None, at=NOW), "en").claim("promotion:summer#ends")
        assert claim is not None
        assert claim.text == said
