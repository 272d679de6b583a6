"""What the stores of conversations, graph edges and the shop's own notes promise."""

from __future__ import annotations

from daogou.domain.conversation import Action, Answer, Claim
from daogou.domain.edge import Edge
from daogou.domain.hit import Hit, Reason
from daogou.domain.ids import ConversationId, ProductId
from daogou.domain.text import Text
from daogou.ports.stores import Stores
from daogou.testing.builders import message


class ConversationsContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_message_comes_back_with_what_it_rests_on(self, stores: Stores) -> None:
        reason = Reason("words", Text("词", "words"), share=0.5, products=(ProductId("p2"),))
        answer = Answer(
            "399元", "zh", "find", slots={"color": "红", "max": 500}, products=(Hit(ProductId("p1"), 1.5, (reason,)),),
            claims=(Claim("399元", "price", "39900 CNY", "product:p1#price"),),
            actions=(Action("open", "看看", {"product": "p1"}),),
        )  # fmt: skip
        said = message("c1", "多少钱")
        told = message("c1", "399元", role="assistant", answer=answer)
        stores.conversations.append(said)
        stores.conversations.append(told)
        assert stores.conversations.of(ConversationId("c1")) == [said, told]

    def test_newest_messages_oldest_first(self, stores: Stores) -> None:
        for n in range(5):
            stores.conversations.append(message("c1", str(n)))
            stores.conversations.append(message("c2", str(n)))
        assert [found.text for found in stores.conversations.of(ConversationId("c1"), limit=2)] == ["3", "4"]

    def test_messages_of_all_conversations_in_the_order_in_which_they_were_kept(self, stores: Stores) -> None:
        assert stores.conversations.since(0) == []
        for n in range(3):
            stores.conversations.append(message(f"c{n % 2}", str(n)))
        first = stores.conversations.since(0, limit=2)
        rest = stores.conversations.since(first[-1].number)
        assert [kept.message.text for kept in (*first, *rest)] == ["0", "1", "2"]
        assert stores.conversations.since(rest[-1].number) == []

    def test_count_counts_conversations(self, stores: Stores) -> None:
        for id in ("c1", "c1", "c2"):
            stores.conversations.append(message(id))
        assert stores.conversations.count() == 2
        assert stores.conversations.of(ConversationId("no")) == []


class EdgesContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_replace_leaves_other_sources(self, stores: Stores) -> None:
        stores.edges.replace("b", [Edge("p1", "brand", "nike"), Edge("p2", "brand", "nike")])
        stores.edges.replace("a", [Edge("p1", "color", "red")])
        assert stores.edges.replace("b", [Edge("p3", "brand", "nike", 0.5)]) == 1
        assert list(stores.edges.scan()) == [
            Edge("p1", "color", "red", 1.0, "a"),
            Edge("p3", "brand", "nike", 0.5, "b"),
        ]
        assert stores.edges.count() == 2

    def test_fact_said_twice_keeps_its_last_weight(self, stores: Stores) -> None:
        assert stores.edges.replace("a", [Edge("p", "r", "q", 1.0), Edge("p", "r", "q", 2.0)]) == 1
        assert [edge.weight for edge in stores.edges.scan()] == [2.0]

    def test_replaced_again_what_is_said_now_holds(self, stores: Stores) -> None:
        stores.edges.replace("a", [Edge("p", "r", tail, 1.0) for tail in "abc"])
        now = [Edge("p", "r", "b", 1.0), Edge("p", "r", "c", 3.0), Edge("p", "r", "c", 1.0), Edge("p", "r", "d", 2.0)]
        assert stores.edges.replace("a", now) == 3
        assert {edge.tail: edge.weight for edge in stores.edges.scan()} == {"b": 1.0, "c": 1.0, "d": 2.0}
        assert stores.edges.replace("a", []) == 0

    def test_of_a_node_heaviest_first(self, stores: Stores) -> None:
        facts = [Edge("p", "r", "a", 1.0), Edge("b", "r", "p", 3.0), Edge("p", "r", "c", 2.0), Edge("x", "r", "y")]
        stores.edges.replace("s", facts)
        assert [edge.weight for edge in stores.edges.of("p")] == [3.0, 2.0, 1.0]
        assert [edge.weight for edge in stores.edges.of("p", limit=1)] == [3.0]


class LedgerContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_note_comes_back_and_is_replaced(self, stores: Stores) -> None:
        stores.ledger.put("import", "a.csv", {"n": 3, "names": ["鞋"], "nested": {"x": None}})
        assert stores.ledger.get("import", "a.csv") == {"n": 3, "names": ["鞋"], "nested": {"x": None}}
        stores.ledger.put("import", "a.csv", {"n": 4})
        assert stores.ledger.get("import", "a.csv") == {"n": 4}
        assert stores.ledger.get("import", "no") is None

    def test_of_a_kind_in_order_of_key(self, stores: Stores) -> None:
        for kind, key in (("k", "b"), ("k", "a"), ("other", "z")):
            stores.ledger.put(kind, key, {"key": key})
        assert stores.ledger.of("k") == [("a", {"key": "a"}), ("b", {"key": "b"})]
