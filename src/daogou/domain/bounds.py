"""Bounds of settings and fields: what lies outside is refused where it is read, with the name of the setting."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Count = Annotated[int, Meta(ge=1)]
Natural = Annotated[int, Meta(ge=0)]
Part = Annotated[float, Meta(ge=0, le=1)]
Weight = Annotated[float, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0)]
Parts = Annotated[tuple[Part, ...], Meta(min_length=1)]
Weights = Annotated[tuple[Weight, ...], Meta(min_length=1)]
