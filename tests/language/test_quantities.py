import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.money import Money
from daogou.language.normalise import plain
from daogou.language.numerals import number
from daogou.language.quantities import prices


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("两百", 200), ("一千五", 1500), ("一百二十三", 123), ("一万二", 12000), ("十五", 15), ("两千零五", 2005),
        ("3,000", 3000), ("1.5k", 1500), ("3万", 30000),
        ("fifty", 50), ("two hundred", 200), ("a thousand", 1000), ("two hundred and fifty", 250), ("twenty-five", 25),
    ],
)  # fmt: skip
def test_reads_numbers_as_they_are_written_and_spoken(text: str, value: int) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500元以下", "..500 CNY"), ("under $80", "..80 USD"), ("两百到四百", "200..400 CNY"),
        ("两到四百", "200..400 CNY"),
        ("between 100 and 200", "100..200 CNY"), ("200块左右", "160..240 CNY"), ("不超过三千", "..3000 CNY"),
        ("100元以上", "100.. CNY"), ("¥100-¥200", "100..200 CNY"), ("预算1000", "..1000 CNY"),
        ("80 euros or less", "..80 EUR"),
        ("over 50 dollars", "50.. USD"), ("less than 1.5k", "..1500 CNY"),
        ("三五百块", "300..500 CNY"), ("两三百", "200..300 CNY"), ("几百块", "100..1000 CNY"),
        ("三百多", "300..400 CNY"), ("350多块", "350..360 CNY"), ("预算一千左右", "800..1200 CNY"),
        ("不到三百", "..300 CNY"), ("1k以内", "..1000 CNY"),
        ("跑鞋，500元以下", "..500 CNY"), ("under fifty dollars", "..50 USD"), ("under two hundred yuan", "..200 CNY"),
        ("100 bucks tops", "..100 USD"), ("500块起", "500.. CNY"), ("200ish yuan", "160..240 CNY"),
    ],
)  # fmt: skip
def test_reads_prices(text: str, value: str) -> None:
    assert [wish.value for wish in prices(plain(text), "CNY")] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "42码",
        "3到6岁",
        "under 500g",
        "within 3 days",
        "iphone 15 pro",
        "10-20cm",
        "万用表",
        "5000mah",
        "under 3 stars",
        "7折",
        "三五个",
        "两三百克",
        "300多页",
    ],
)
def test_other_numbers_are_no_prices(text: str) -> None:
    assert prices(plain(text), "CNY") == []


def test_a_dollar_is_the_shops_own_where_the_shop_has_dollars() -> None:
    assert prices("under $80", "CAD")[0].high == Money(8000, "CAD")
    assert prices("under 80元", "USD")[0].high == Money(8000, "USD")


def test_a_foreign_price_is_converted_only_with_a_rate() -> None:
    (wish,) = prices("under $80", "CNY")
    assert wish.converted("CNY", {}) is None
    converted = wish.converted("CNY", {"USD": 7.2})
    assert converted is not None
    assert converted.high == Money(57600, "CNY")


@given(st.text(alphabet="0123456789,.$¥€元块百千万两三到至-~ underabov以下左右kw"))
def test_spans_lie_in_the_text_without_overlaps(text: str) -> None:
    normal = plain(text)
    end = 0
    for wish in prices(normal, "CNY"):
        assert end <= wish.start < wish.end <= len(normal)
        end = wish.end
        assert wish.low is None or wish.high is None or wish.low <= wish.high
