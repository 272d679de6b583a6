"""An answer before it has been verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.assistant.intents import Turn
    from daogou.assistant.records import Records
    from daogou.assistant.say import Said
    from daogou.assistant.state import State
    from daogou.assistant.tools import Tools
    from daogou.domain.conversation import Action
    from daogou.domain.hit import Hit


@dataclass(frozen=True, slots=True)
class Desk:
    """What an act works with: the turn, the state before it, the tools and the records."""

    turn: Turn
    state: State
    tools: Tools
    records: Records


@dataclass(frozen=True, slots=True)
class Draft:
    """Sentences, cards and buttons, and the state after the turn."""

    said: list[Said]
    state: State
    hits: tuple[Hit, ...] = ()
    actions: tuple[Action, ...] = ()
    degraded: str | None = None
    """What the engine said was missing from its answer."""
