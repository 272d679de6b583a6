"""The kinds of lists of recommendations: every other place that names them takes them from here."""

from __future__ import annotations

from typing import Literal

PersonalKind = Literal["for-you", "similar", "because", "together", "complete", "next-basket", "trending", "new"]
"""For one shopper, or for nobody in particular."""
Kind = Literal[PersonalKind, "group"]
