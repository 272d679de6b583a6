"""Amounts of money as people and shops write them: 1.299,00 €, $1,299.00, 49.90 EUR, ￥99."""

from __future__ import annotations

import re

_SIGNS = {
    "€": "EUR", "£": "GBP", "元": "CNY", "RMB": "CNY", "円": "JPY", "₩": "KRW", "₹": "INR", "₽": "RUB", "₺": "TRY",
    "₫": "VND", "฿": "THB", "zł": "PLN", "Kč": "CZK", "US$": "USD", "HK$": "HKD", "NT$": "TWD", "C$": "CAD",
    "A$": "AUD", "R$": "BRL", "S$": "SGD",
}  # fmt: skip
_DOLLARS = frozenset({"USD", "CAD", "AUD", "HKD", "TWD", "SGD", "NZD", "MXN", "CLP", "COP", "ARS"})
_YUAN = frozenset({"CNY", "JPY"})
_OPEN = {"$": _DOLLARS, "¥": _YUAN, "￥": _YUAN, "kr": frozenset({"SEK", "NOK", "DKK", "ISK"})}
"""Signs of several currencies: that of the record is meant, where it is one of them."""
_SIGN = "|".join(re.escape(sign) for sign in sorted((*_SIGNS, *_OPEN), key=len, reverse=True))
_FIGURE = r"-?\d[\d.,'’\s]*"
_WRITTEN = re.compile(rf"(?P<before>{_SIGN}|[A-Za-z]{{3}})?\s*(?P<figure>{_FIGURE})(?P<after>{_SIGN}|[A-Za-z]{{3}})?")


def written(text: str, currency: str | None = None) -> tuple[str, str | None] | None:
    """The figure with a decimal point, and the currency where the text says one; None for what is no amount, or for a
    sign that `currency` does not have.

    Of point and comma the later one is the decimal mark; a comma alone is one before one or two figures, and parts
    thousands before three. A point alone is one always: 1.299 is not taken for 1,299.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or (found["before"] and found["after"]):
        return None
    figure = decimal(re.sub(r"['’\s]", "", found["figure"]))
    said = found["before"] or found["after"]
    if figure is None or (said in _OPEN and currency is not None and currency not in _OPEN[said]):
        return None
    return figure, None if said is None or said in _OPEN else _SIGNS.get(said, said.upper())


def decimal(figure: str) -> str | None:
    """The figure with a decimal point and nothing between thousands; None for 12.34.56."""
    comma, point = figure.rfind(","), figure.rfind(".")
    if comma < 0:
        mark = "." if figure.count(".") == 1 else ""
    elif point < 0:
        mark = "," if figure.count(",") == 1 and re.search(r",\d{1,2}$", figure) else ""
    else:
        mark = "," if comma > point else "."
    whole, _, part = figure.partition(mark) if mark else (figure, "", "")
    if re.search("[.,]", part) or not re.fullmatch(r"-?\d+|-?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", whole):
        return None
    whole = re.sub("[.,]", "", whole)
    return f"{whole}.{part}" if part else whole
