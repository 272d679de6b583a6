"""Amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.money import Money
from daogou.ingest.records.amounts import written
from daogou.ingest.records.fields import FieldError, money


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("1.299,00", "EUR", "1299.00 EUR"), ("1,299.00", "USD", "1299.00 USD"), ("49,90 €", "USD", "49.90 EUR"),
        ("€ 5", "EUR", "5 EUR"), ("$1,299", "CAD", "1299 CAD"), ("￥99.5", "CNY", "99.50 CNY"),
        ("1 299,5 zł", "EUR", "1299.50 PLN"),
        ("CHF 1'299.00", "EUR", "1299 CHF"), ("12.345.678", "EUR", "12345678 EUR"), ("79,99", "EUR", "79.99 EUR"),
        ("299元", "CNY", "299 CNY"), ("1,299", "EUR", "1299 EUR"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_they_are_written(text: str, currency: str, amount: str) -> None:
    figure, code = amount.split()
    assert money({"price": text}, "price", currency) == Money.of(figure, code)


@pytest.mark.parametrize("text", ["abc", "12.34.56", "1,23,4", "¥9", "€5€", "1,2.3,4", "5 or 6", "€"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="expected an amount of EUR"):
        money({"price": text}, "price", "EUR")


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["{:,.2f}", "{:.2f}"]), st.booleans())
def test_either_way_to_write_it_is_the_same_amount(amount: Decimal, form: str, swapped: bool) -> None:
    text = form.format(amount)
    text = text.translate(str.maketrans(",.", ".,")) if swapped else text
    found = written(f"{text} €")
    assert found is not None
    assert (Decimal(found[0]), found[1]) == (amount, "EUR")
