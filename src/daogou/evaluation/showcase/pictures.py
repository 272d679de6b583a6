"""Pictures of the goods: a drawing for each kind of thing, painted in the product's colour."""

from __future__ import annotations

from functools import cache

from daogou.evaluation.showcase.vocabulary import table

SHEETS = ("wear", "outdoor", "tech", "house", "small")
_INK, _PAPER, _METAL = "#4a4e57", "#fbf8f2", "#d0a867"


def draw(picture: str, fill: str) -> str:
    """Return an SVG of the drawing named `picture` in the colour `fill` (#rrggbb). Raises KeyError."""
    shades = {
        "$m": fill,
        "$d": mix(fill, "#1d2230", 0.24),
        "$l": mix(fill, "#ffffff", 0.42),
        "$i": _INK,
        "$p": _PAPER,
        "$a": _METAL,
    }
    shapes = drawings()[picture]
    for token, shade in shades.items():
        shapes = shapes.replace(token, shade)
    pale = min(bytes.fromhex(fill[1:])) > 0xE0
    back, pool = ("#e3e9f0", "#cdd8e4") if pale else (mix(fill, "#f6f3ee", 0.88), mix(fill, "#e9e4dc", 0.72))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" stroke-linecap="round" stroke-linejoin="round">'
        f'<rect width="400" height="400" fill="{back}"/><circle cx="200" cy="196" r="162" fill="{pool}" opacity=".45"/>'
        f'<ellipse cx="200" cy="314" rx="128" ry="12" fill="{_INK}" opacity=".13"/>{shapes}</svg>'
    )


def mix(color: str, other: str, share: float) -> str:
    """Blend two #rrggbb colours, `share` of the other."""
    channels = zip(bytes.fromhex(color[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


@cache
def drawings() -> dict[str, str]:
    """Every drawing by name, its shapes on one line."""
    return {name: shapes.replace("\n", "") for sheet in SHEETS for name, shapes in table(f"pictures/{sheet}").items()}
