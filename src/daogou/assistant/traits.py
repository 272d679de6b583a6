"""What a product is or has: whether the record lists what is named, and what it says on what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.assistant.phrases import phrases
from daogou.assistant.say import Said, every, fields_of, first, say

if TYPE_CHECKING:
    from daogou.assistant.drafts import Desk
    from daogou.domain.ids import ProductId
    from daogou.domain.query import Slot
    from daogou.opinions.topics import Topic

_TOPICS = 2
"""Topics of one question that are answered."""


def traits(desk: Desk, id: ProductId) -> list[Said]:
    """Whether it has what is named; where the record does not say so, what it says on that topic."""
    if _has_all(desk, id):
        return _named_traits(desk, id)
    said = [one for topic in desk.turn.topics[:_TOPICS] for one in _topic(desk, id, topic)]
    return said or _named_traits(desk, id) or _nothing_on(desk, id)


def _topic(desk: Desk, id: ProductId, topic: Topic) -> list[Said]:
    product = desk.tools.product(id)
    said: list[Said] = []
    for reply in desk.tools.shop.replies(topic.id, product) if product else ():
        match reply.kind:
            case "attribute":
                label = topic.label.show(desk.turn.language) if reply.name in topic.attributes else reply.name
                name = phrases(desk.turn.language).attributes.get(reply.name, label)
                said += every(say(desk.records, "attribute", name=name, value=reply.source))
            case "description":
                said += every(say(desk.records, "described", quote=f"product:{id}#description:{topic.id}"))
            case "page":
                cited = {field: f"{reply.source}#{field}" for field in ("title", "extract")}
                said += every(say(desk.records, "policy", **cited))
            case "reviews" if topic.aspect:
                said += opinions_on(desk, id, topic.aspect)
    return [*every(say(desk.records, "details", **fields_of(id, "title"))), *said] if said else []


def _nothing_on(desk: Desk, id: ProductId) -> list[Said]:
    names = [topic.label.show(desk.turn.language).lower() for topic in desk.turn.topics[:_TOPICS]]
    return every(*(say(desk.records, "topic_unknown", name=name, **fields_of(id, "title")) for name in names))


def _has_all(desk: Desk, id: ProductId) -> bool:
    asked = _asked(desk)
    return bool(asked) and all(_has(desk, id, slot.name, slot.value) for slot in asked)


def _has(desk: Desk, id: ProductId, name: str, value: str) -> bool:
    product = desk.tools.product(id)
    return product is not None and value in {known.key for known in product.attributes.get(name, ())}


def _asked(desk: Desk) -> list[Slot]:
    """The attribute values that the message names."""
    return [slot for slot in desk.turn.understood.slots if slot.kind == "attribute" and slot.name != "words"]


def _named_traits(desk: Desk, id: ProductId) -> list[Said]:
    names, said = phrases(desk.turn.language).attributes, []
    for name, value in dict.fromkeys((slot.name, slot.value) for slot in _asked(desk)):
        has = _has(desk, id, name, value)
        recorded = {**fields_of(id, "title"), "value": f"product:{id}#attribute:{name}"}
        said += first(
            say(desk.records, "trait_yes" if has else "trait_other", name=names.get(name, name), **recorded),
            say(desk.records, "trait_unknown", name=names.get(name, name), **fields_of(id, "title")),
        )
    return said


def opinions_on(desk: Desk, id: ProductId, side: str) -> list[Said]:
    """What reviewers say of one side, with a quote; nothing where too few speak of it."""
    source = f"aspect:{id}/{side}#"
    counted = say(desk.records, "side", said=source + "said")
    return every(counted, say(desk.records, "quote", quote=source + "quote") if counted else None)
