"""The choice model, stated once: what a shopper looks at, and what they do about it.

A shopper s is at position k of a list (from 0), the item there is i, at time t.

- They examine position k with probability (1 + k) ** -DECAY: the position bias.
- They click an examined item with probability sigmoid(u(s, i, t) - CLICK), where u is the utility of
  `daogou.evaluation.simulator.truth`. The click model is the position-based model of
  Richardson, Dominowska and Ragno, "Predicting clicks" (WWW 2007); the utility logit is McFadden's (1974).
- What goes with a thing in their basket (`World.companions`) is worth GOES_WITH more to them in that visit.
- In a list they asked for (a search, what goes with their basket, what they had before) u is ASKED higher.
- After a click they put it in the basket with probability sigmoid(u - CART), and buy a carted item with
  probability sigmoid(u - BUY). At most one item of a kind is carted in a visit.
- Having used it they learn its quality q. Satisfaction is 3.7 + 0.8 q + 0.25 (u - 1) + noise, read as stars;
  with probability MISHAP something goes wrong whatever the quality, and they give 1 or 2.
- A purchase of 1 or 2 stars is sent back with probability RETURN.
"""

from __future__ import annotations

from math import exp

import numpy as np

from daogou.evaluation.simulator.world import Floats

DECAY = 0.7
CLICK = 2.2
CART = 2.0
BUY = 0.8
ASKED = 0.6
GOES_WITH = 1.5
RETURN = 0.45
STARS_NOISE = 0.8
MISHAP = 0.06


def examination(n: int) -> Floats:
    """Probability of looking at each of the first `n` positions."""
    found: Floats = np.power(1.0 + np.arange(n), -DECAY)
    return found


def chance(utility: float, threshold: float) -> float:
    """The logit: how likely a shopper goes a step further."""
    return 1.0 / (1.0 + exp(threshold - utility))


def stars(utility: float, quality: float, *, noise: float, luck: float) -> int:
    """The rating given after use; `noise` is standard normal, `luck` uniform."""
    if luck < MISHAP:
        return 1 if luck < 0.6 * MISHAP else 2
    return min(5, max(1, round(3.7 + 0.8 * quality + 0.25 * (utility - 1.0) + STARS_NOISE * noise)))
