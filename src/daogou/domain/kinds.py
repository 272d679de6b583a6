"""The kinds of lists of recommendations: every other place that names them takes them from here."""

from __future__ import annotations

from typing import Literal

Kind = Literal["for-you", "similar", "because", "together", "complete", "next-basket", "trending", "new", "group"]
