"""Arithmetic over star ratings that every store shares."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum

from daogou.domain.review import RatingSummary


def summarise(stars: Mapping[float, int]) -> RatingSummary:
    """Summarise how often each number of stars was given; a half star counts for the bar above it."""
    n = sum(stars.values())
    bars = [0, 0, 0, 0, 0]
    for rating, times in stars.items():
        bars[min(5, max(1, int(rating + 0.5))) - 1] += times
    mean = fsum(rating * times for rating, times in stars.items()) / n
    return RatingSummary(n, mean, (bars[0], bars[1], bars[2], bars[3], bars[4]))
