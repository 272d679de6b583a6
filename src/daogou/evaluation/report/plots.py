"""Plots as inline SVG: no script, no file beside the page. Colours come from the page's style."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from daogou.evaluation.offline.bootstrap import Interval

WIDTH = 640
_ROW = 26
_LABEL = 230
_VALUE = 62


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its interval."""

    label: str
    value: Interval
    style: str = "other"
    """A class of the page's style: "ours", "second", "third" or "other"."""


def bars(rows: Sequence[Bar]) -> str:
    """Horizontal bars from 0, each with its interval and its figure."""
    top = max((bar.value.high for bar in rows), default=0.0) or 1.0
    scale = (WIDTH - _LABEL - _VALUE) / top
    parts = []
    for place, bar in enumerate(rows):
        y = place * _ROW
        low, high = _LABEL + bar.value.low * scale, _LABEL + bar.value.high * scale
        parts.append(
            f'<text class="label {bar.style}" x="{_LABEL - 8}" y="{y + 17}" text-anchor="end">'
            f"{escape(bar.label)}</text>"
            f'<rect class="{bar.style}" x="{_LABEL}" y="{y + 5}" width="{max(bar.value.mean * scale, 1):.1f}" '
            'height="16" rx="2"/>'
            f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="{y + 13}" y2="{y + 13}"/>'
            f'<text class="figure" x="{max(high, _LABEL) + 6:.1f}" y="{y + 17}">{bar.value.mean:.4f}</text>'
        )
    return _svg("".join(parts), len(rows) * _ROW + 4)


def grouped(groups: Mapping[str, Sequence[Bar]]) -> str:
    """Bars under headings, all on one scale."""
    top = max((bar.value.high for group in groups.values() for bar in group), default=0.0) or 1.0
    scale = (WIDTH - _VALUE) / top
    parts, y = [], 0.0
    for heading, group in groups.items():
        parts.append(f'<text class="label" x="0" y="{y + 16:.0f}">{escape(heading)}</text>')
        y += 24
        for bar in group:
            low, high = bar.value.low * scale, bar.value.high * scale
            parts.append(
                f'<rect class="{bar.style}" x="0" y="{y + 2:.0f}" '
                f'width="{max(bar.value.mean * scale, 1):.1f}" height="11" rx="2"/>'
                f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="{y + 7.5}" y2="{y + 7.5}"/>'
                f'<text class="figure small" x="{high + 6:.1f}" y="{y + 12:.0f}">{bar.value.mean:.3f}</text>'
            )
            y += 14
        y += 12
    return _svg("".join(parts), y)


@dataclass(frozen=True, slots=True)
class Point:
    """One system in a scatter plot."""

    label: str
    x: float
    y: float
    style: str = "other"


def scatter(points: Sequence[Point], *, x_label: str, y_label: str, height: int = 300) -> str:
    """Points over a logarithmic x, each with its name; a name that would meet another, or a point, is moved up or down
    and a line leads to it."""
    left, right, bottom, head = 56, WIDTH - 150, height - 62, 34
    low = math.floor(math.log10(max(min((p.x for p in points), default=1.0), 1e-4)))
    high = max(math.ceil(math.log10(max((p.x for p in points), default=1.0))), low + 1)
    top = max((p.y for p in points), default=0.0) * 1.1 or 1.0

    def at(x: float, y: float) -> tuple[float, float]:
        part = (math.log10(max(x, 10.0**low)) - low) / (high - low)
        return left + part * (right - left), bottom - y / top * (bottom - head)

    parts = [f'<text class="figure" x="0" y="12">{escape(y_label)}</text>']
    for power in range(low, high + 1):
        x, _ = at(10.0**power, 0)
        parts.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{head}" y2="{bottom}"/>'
            f'<text class="figure" x="{x:.1f}" y="{bottom + 22}" text-anchor="middle">{10.0**power:g}</text>'
        )
    for quarter in range(5):
        _, y = at(1.0, top * quarter / 4)
        parts.append(
            f'<line class="grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="figure" x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{top * quarter / 4:.3f}</text>'
        )
    parts.append(f'<text class="figure" x="{left}" y="{height - 8}">{escape(x_label)}</text>')
    placed = [(point, *at(point.x, point.y)) for point in sorted(points, key=lambda point: -point.y)]
    taken = [_Box(x - 5, y - 5, x + 5, y + 5) for _, x, y in placed]
    for point, x, y in placed:
        box = _free(_Box(x + 9, y - 8, x + 9 + _width(point.label), y + 8), taken)
        taken.append(box)
        if box.top != y - 8:
            line = f'x1="{x:.1f}" y1="{y:.1f}" x2="{box.left - 2:.1f}" y2="{box.top + 8:.1f}"'
            parts.append(f'<line class="leader" {line}/>')
        parts.append(
            f'<circle class="{point.style}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
            f'<text class="label {point.style}" x="{box.left:.1f}" y="{box.top + 12:.1f}">{escape(point.label)}</text>'
        )
    return _svg("".join(parts), height)


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def _free(box: _Box, taken: Sequence[_Box]) -> _Box:
    """The nearest place above or below where it meets nothing."""
    moves = (sign * 4.0 * step for step in itertools.count() for sign in (-1, 1))
    tried = (box._replace(top=box.top + move, bottom=box.bottom + move) for move in moves)
    return next(here for here in tried if not any(here.meets(other) for other in taken))


def _width(text: str) -> float:
    """About so wide a name is."""
    return sum(17.0 if ord(char) > 0x2E80 else 9.0 for char in text)


def lines(series: Mapping[str, tuple[Sequence[float], str]], *, x_label: str, height: int = 280) -> str:
    """Lines over ten equal parts: name to (values, style); values are parts of 1."""
    left, right, bottom, head = 58, WIDTH - 16, height - 44, 34
    top = max((value for values, _ in series.values() for value in values), default=0.0) or 1.0
    parts = []
    for quarter in range(5):
        y = bottom - quarter / 4 * (bottom - head)
        parts.append(
            f'<line class="grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="figure" x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{top * quarter / 4:.0%}</text>'
        )
    legend = left
    for name, (values, style) in series.items():
        step = (right - left) / max(len(values) - 1, 1)
        places = [(left + n * step, bottom - value / top * (bottom - head)) for n, value in enumerate(values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline class="{style}" points="{path}"/>')
        parts.append(
            f'<rect class="{style}" x="{legend}" y="8" width="12" height="12" rx="2"/>'
            f'<text class="label" x="{legend + 17}" y="19">{escape(name)}</text>'
        )
        legend += 44 + sum(19 if ord(char) > 0x2E80 else 10 for char in name)
    parts.append(f'<text class="figure" x="{left}" y="{height - 8}">{escape(x_label)}</text>')
    return _svg("".join(parts), height)


def _svg(body: str, height: float) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img">{body}</svg>'
