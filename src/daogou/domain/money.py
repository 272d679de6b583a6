"""Money as whole minor units, so that no price is ever a rounded float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip
_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$"}
_LARGEST = 2**53


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in the currency's minor unit (cents, fen; none for yen)."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: str | int | float | Decimal, currency: str) -> Money:
        """Read a decimal amount of major units; halves round up.

        Raises ValueError for anything that is not a finite number or does not fit 2**53 minor units.
        """
        try:
            major = Decimal(str(amount).strip())
            minor = (major * 10 ** exponent(currency)).to_integral_value(ROUND_HALF_UP)
        except InvalidOperation:
            raise ValueError(f"{amount!r} is not an amount of {currency}") from None
        if not minor.is_finite() or abs(minor) > _LARGEST:
            raise ValueError(f"{amount!r} is not an amount of {currency} that fits {_LARGEST} minor units")
        return cls(int(minor), currency.upper())

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        sign = _SIGNS.get(self.currency)
        figure = f"{abs(self.major):,.{exponent(self.currency)}f}"
        minus = "-" if self.minor < 0 else ""
        return f"{minus}{sign}{figure}" if sign else f"{minus}{figure} {self.currency}"


def exponent(currency: str) -> int:
    """How many decimal places the currency has (ISO 4217); two where it is not listed."""
    return _EXPONENTS.get(currency.upper(), 2)
