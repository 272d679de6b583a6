"""What `ports.stores.Events` promises, but for surviving a power cut, which takes a machine to show."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from daogou.domain.event import EVENT_TYPES, Event, EventType, plain
from daogou.domain.ids import EventId, Instant, OrderId, ProductId, SessionId, ShopperId, VariantId
from daogou.domain.money import Money
from daogou.ports.stores import Appended, Asked, Clicked, Offered, Place, Stores, Typed
from daogou.testing.builders import event


class EventsContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_event_comes_back_as_it_was_written(self, stores: Stores) -> None:
        full = Event(
            "click", event().at, EventId("e1"), ShopperId("s1"), SessionId("x"), product=event().product,
            variant=VariantId("v"), quantity=2, price=Money(399, "USD"), value=4.5, query="红鞋", list="home",
            position=0, propensity=0.25, order=OrderId("o"),
        )  # fmt: skip
        stores.events.append([full])
        assert [found.event for found in stores.events.since(0)] == [full]

    def test_every_type_comes_back(self, stores: Stores) -> None:
        stores.events.append([event(type) for type in EVENT_TYPES])
        assert tuple(found.event.type for found in stores.events.since(0)) == EVENT_TYPES
        assert stores.events.counts() == dict.fromkeys(EVENT_TYPES, 1)

    def test_id_on_record_is_a_duplicate(self, stores: Stores) -> None:
        first = event(at=1, id=EventId("e1"))
        assert stores.events.append([first, event(at=2, id=EventId("e2"))]) == Appended(new=2, duplicate=0)
        assert stores.events.append([replace(first, at=event().at)]) == Appended(new=0, duplicate=1)
        assert [found.event.at for found in stores.events.since(0)] == [1, 2]

    def test_same_fact_without_id_is_one_event(self, stores: Stores) -> None:
        assert stores.events.append([event(value=5), event(value=5.0), event(value=4)]) == Appended(2, 1)

    def test_derived_id_comes_back_and_is_known_again(self, stores: Stores) -> None:
        stores.events.append([event(), event(id=EventId("sixteen-letters!"))])
        back = [found.event for found in stores.events.since(0)]
        assert len(back[0].id) == 32
        assert back[1].id == "sixteen-letters!"
        assert stores.events.append(back) == Appended(new=0, duplicate=2)

    def test_plain_rows_are_the_same_events(self, stores: Stores) -> None:
        given = [
            event(session="x", price=Money(399, "USD"), value=5, propensity=1),
            event("search", None, session="x", query="红鞋"),
            event(id=EventId("e1")),
        ]
        assert stores.plain_events.append_plain(list(map(plain, given))) == Appended(new=3, duplicate=0)
        assert stores.events.append(given) == Appended(new=0, duplicate=3)
        back = [replace(found.event, id=one.id) for found, one in zip(stores.events.since(0), given, strict=True)]
        assert back == given

    def test_nothing_is_appended_of_nothing(self, stores: Stores) -> None:
        assert stores.events.append([]) == Appended(0, 0)
        assert stores.events.head() == 0

    def test_each_batch_hears_its_own_share(self, stores: Stores) -> None:
        one, two = event(at=1), event(at=2)
        stores.events.append([one])
        assert stores.events.append_each([[one, two], [], [two]]) == [Appended(1, 1), Appended(0, 0), Appended(0, 1)]

    def test_since_goes_on_where_it_stopped(self, stores: Stores) -> None:
        stores.events.append([event(at=at) for at in (30, 10, 20)])
        first = stores.events.since(0, limit=2)
        rest = stores.events.since(first[-1].seq)
        assert [found.event.at for found in (*first, *rest)] == [30, 10, 20]
        assert stores.events.head() == rest[-1].seq
        assert stores.events.since(stores.events.head()) == []

    def test_head_rises_only_with_new_events(self, stores: Stores) -> None:
        stores.events.append([event(at=1)])
        head = stores.events.head()
        stores.events.append([event(at=1)])
        assert stores.events.head() == head
        stores.events.append([event(at=2)])
        assert stores.events.head() > head

    def test_of_gives_the_newest_oldest_first(self, stores: Stores) -> None:
        stores.events.append([event(at=at) for at in (5, 1, 9, 3)] + [event(shopper="other", at=7)])
        found = stores.events.of(shopper=ShopperId("s1"), limit=3)
        assert [one.event.at for one in found] == [3, 5, 9]

    def test_of_the_same_moment_keeps_log_order(self, stores: Stores) -> None:
        stores.events.append([event(product=id, at=1) for id in ("c", "a", "b")])
        found = stores.events.of(shopper=ShopperId("s1"), limit=2)
        assert [one.event.product for one in found] == ["a", "b"]

    def test_of_a_session_and_of_either(self, stores: Stores) -> None:
        stores.events.append([event(session="x", at=1), event(shopper="s1", at=2), event(shopper="session:x", at=3)])
        x, s1 = SessionId("x"), ShopperId("s1")
        assert [one.event.at for one in stores.events.of(session=x)] == [1]
        assert [one.event.at for one in stores.events.of(session=x, shopper=s1)] == [1, 2]
        assert stores.events.of() == []

    def test_deeds_are_the_newest_of_some_types_whatever_else_there_is(self, stores: Stores) -> None:
        stores.events.append([
            event("view", "a", at=9), event("purchase", "b", at=5, value=2), event("search", None, at=6, query="shoes"),
            event("view", "b", at=9), event("impression", "c", at=7), event("view", "other", shopper="s2", at=8),
        ])  # fmt: skip
        found = [tuple(deed) for deed in stores.followed.deeds(["view", "purchase"], shopper=ShopperId("s1"), limit=3)]
        assert found == [(5, 2, "purchase", "b", 2.0), (9, 1, "view", "a", None), (9, 4, "view", "b", None)]
        one = stores.followed.deeds(["impression", "search"], shopper=ShopperId("s1"), limit=1)
        assert [deed.product for deed in one] == ["c"]
        newest = stores.followed.deeds(["view", "purchase"], shopper=ShopperId("s1"), limit=2)
        assert [deed.seq for deed in newest] == [1, 4]
        assert stores.followed.deeds([], shopper=ShopperId("s1"), limit=3) == []

    def test_deeds_of_a_session_are_those_before_anybody_signed_in(self, stores: Stores) -> None:
        stores.events.append([
            event(shopper=None, session="x", at=1), event(shopper="s1", session="x", at=2),
            event(shopper="session:x", at=3),
        ])  # fmt: skip
        x, s1 = SessionId("x"), ShopperId("s1")
        assert [deed.at for deed in stores.followed.deeds(["view"], session=x, limit=1)] == [1]
        assert [deed.at for deed in stores.followed.deeds(["view"], shopper=s1, session=x, limit=9)] == [2]
        assert stores.followed.deeds(["view"], limit=9) == []

    def test_columns_are_ordered_by_time_then_log(self, stores: Stores) -> None:
        stores.events.append([
            event("purchase", "b", shopper="s2", at=20, list="for-you", position=0),
            event("rating", "a", shopper="s1", at=10, value=4.5),
            event("purchase", "a", session="x", at=20, list="search", position=0, query="shoes"),
            event("purchase", "a", shopper="s1", session="x", at=30),
            event("view", "never", shopper="s1", at=5),
            event("search", None, shopper="s1", at=5, query="shoes"),
        ])  # fmt: skip
        columns = stores.events.columns(["purchase", "rating", "search"])
        assert columns.shoppers == ("s1", "s2", "session:x")
        assert columns.products == ("a", "b")
        assert [columns.types[code] for code in columns.type] == ["rating", "purchase", "purchase", "purchase"]
        assert columns.shopper.tolist() == [0, 1, 2, 0]
        assert columns.product.tolist() == [0, 1, 0, 0]
        assert columns.at.tolist() == [10, 20, 20, 30]
        np.testing.assert_array_equal(columns.value, np.array([4.5, np.nan, np.nan, np.nan], np.float32))
        assert columns.offered.tolist() == [False, True, False, False]
        assert columns.last_seq == stores.events.head()
        dtypes = [column.dtype for column in (columns.shopper, columns.product, columns.type, columns.at)]
        assert dtypes == [np.int32, np.int32, np.int8, np.int64]

    def test_columns_of_an_empty_log(self, stores: Stores) -> None:
        columns = stores.events.columns(["view"])
        assert (columns.shoppers, columns.products, len(columns.at), columns.last_seq) == ((), (), 0, 0)

    def test_threads_that_retry_write_each_event_once(self, stores: Stores) -> None:
        batches = [[event(at=n, id=EventId(f"e{n}")) for n in range(start, start + 20)] for start in range(0, 200, 10)]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(stores.events.append, batches * 3))
        assert sum(answer.new for answer in answers) == 210
        assert sorted(found.event.at for found in stores.events.since(0)) == list(range(210))

    def test_most_typed_queries_are_those_of_several_people(self, stores: Stores) -> None:
        stores.events.append([
            *(event("search", None, shopper=f"s{n}", at=n, query="boots") for n in range(3)),
            *(event("search", None, session=f"x{n}", at=n, query="鞋") for n in range(4)),
            *(event("search", None, shopper="s1", at=n, query="my secret") for n in range(9)),
        ])  # fmt: skip
        assert list(stores.queries.most(10).items()) == [("鞋", 4), ("boots", 3)]
        assert list(stores.queries.most(1)) == ["鞋"]
        assert list(stores.queries.most(10, shoppers=1)) == ["my secret", "鞋", "boots"]

    def test_what_became_of_a_query_is_told_where_enough_people_asked_it(self, stores: Stores) -> None:
        stores.events.append([
            *(event("search", None, session=f"x{n}", at=n, query="鞋") for n in range(4)),
            *(event("impression", "a", session=f"x{n}", at=n, query="鞋", list="search", position=0) for n in range(4)),
            *(event("impression", "b", session=f"x{n}", at=n, query="鞋", list="search", position=1) for n in range(4)),
            *(event("click", "b", session=f"x{n}", at=9, query="鞋", list="search", position=1) for n in range(4)),
            event("click", "b", session="x1", at=9, list="home", position=1),
            *(event("search", None, shopper="s1", at=n, query="my secret") for n in range(9)),
            event("click", "c", shopper="s1", at=9, query="my secret", list="search", position=5),
        ])  # fmt: skip
        start = Instant(0)
        assert stores.queries.asked(9, since=start, shoppers=4) == [Asked("鞋", 4, 4, shown=8, clicks=4)]
        assert stores.queries.places(since=start, shoppers=4) == [Place(0, 4, 0), Place(1, 4, 4)]
        assert stores.queries.clicked(since=start, shoppers=4) == [Clicked("鞋", ProductId("b"), people=4)]
        assert stores.queries.asked(1, since=Instant(4), shoppers=1) == [Asked("my secret", 5, 1, shown=0, clicks=1)]
        assert stores.queries.asked(9, since=start) == []
        assert stores.queries.places(since=start) == []
        assert stores.queries.clicked(since=start) == []

    def test_clicks_where_no_showing_was_reported_are_none_of_the_place(self, stores: Stores) -> None:
        stores.events.append([
            *(event("impression", "a", session=f"x{n}", at=n, query="鞋", list="search", position=0) for n in range(4)),
            *(event("click", "a", session=f"x{n}", at=9, query="鞋", list="search", position=0) for n in range(2, 9)),
            *(event("click", "a", session=f"x{n}", at=9, query="靴", list="search", position=0) for n in range(4)),
        ])  # fmt: skip
        assert stores.queries.places(since=Instant(0), shoppers=2) == [Place(0, 4, 2)]

    def test_what_each_person_saw_after_a_query_is_told_once(self, stores: Stores) -> None:
        def at(type: EventType, product: str, place: int | None, **who: str) -> Event:
            return event(type, product, at=5, query="鞋", list="search", position=place, **who)

        stores.events.append([
            *(event("impression", "a", shopper="s1", at=n, query="鞋", list="search", position=0) for n in range(3)),
            at("click", "a", 0, shopper="s1"), at("impression", "a", 2, shopper="s1"),
            at("impression", "b", 1, session="s1"), at("click", "b", None, session="s1"),
            at("click", "never-shown", 4, session="s1"), at("impression", "a", None, session="x2"),
            event("impression", "a", session="x2", at=5, list="home", position=0),
        ])  # fmt: skip
        seen = stores.lists.seen(since=Instant(0), limit=9)
        assert len({one.who for one in seen}) == 2
        assert [(one.query, one.product, one.position, one.clicked) for one in seen] == [
            ("鞋", "a", 0, True), ("鞋", "a", 2, False), ("鞋", "b", 1, False),
        ]  # fmt: skip
        assert stores.lists.seen(since=Instant(6), limit=9) == []

    def test_of_too_much_that_people_saw_the_latest_is_told_whoever_saw_it(self, stores: Stores) -> None:
        who = ({"shopper": "s1"}, {"session": "x1"}, {"shopper": "s2"}, {"session": "x2"})
        for n, one in enumerate((*who, *who[:2])):
            stores.events.append([event("impression", "a", at=n, query="鞋", list="search", position=0, **one)])
        everyone = [one.who for one in stores.lists.seen(since=Instant(0), limit=9)]
        assert everyone == sorted(everyone)
        assert len(everyone) == 4
        told = [[one.who for one in stores.lists.seen(since=Instant(0), limit=n)] for n in (1, 2, 3)]
        s1, _, x1, x2 = everyone
        assert told == [[x1], [s1, x1], [s1, x1, x2]]

    def test_what_was_shown_long_before_so_many_others_is_not_looked_for(self, stores: Stores) -> None:
        for n, product in enumerate("abbbb"):
            shown = event("impression", product, shopper="s1", at=n, query="鞋", list="search", position=0)
            stores.events.append([shown])
        told = [[one.product for one in stores.lists.seen(since=Instant(0), limit=n)] for n in (1, 2, 3)]
        assert told == [["b"], ["b"], ["a", "b"]]

    def test_what_fewer_clicked_beside_a_shared_query_is_not_told(self, stores: Stores) -> None:
        def click(who: str, product: str, at: int) -> Event:
            return event("click", product, session=who, at=at, query="鞋", list="search", position=0)

        stores.events.append([
            *(event("search", None, session=f"x{n}", at=n, query="鞋") for n in range(4)),
            *(event("impression", "a", session=f"x{n}", at=n, query="鞋", list="search", position=0) for n in range(4)),
            event("impression", "a", session="x0", at=1, query="鞋", list="search", position=1),
            *(click("x1", "a", at) for at in range(40)),
        ])  # fmt: skip
        start = Instant(0)
        assert stores.queries.asked(9, since=start, shoppers=4) == [Asked("鞋", 4, 4, shown=5, clicks=None)]
        assert stores.queries.places(since=start, shoppers=4) == [Place(0, 4, None)]
        assert stores.queries.clicked(since=start, shoppers=4) == []
        stores.events.append([click(who, "b", 50) for who in ("x0", "x2", "x3")])
        assert stores.queries.clicked(since=start, shoppers=4) == [
            Clicked("鞋", ProductId("a"), people=1),
            Clicked("鞋", ProductId("b"), people=3),
        ]
        assert stores.queries.places(since=start, shoppers=4) == [Place(0, 4, 43)]

    def test_what_the_shop_chose_to_show_is_counted_by_place(self, stores: Stores) -> None:
        stores.events.append([
            *(event("impression", "b", session=f"x{n}", at=n, list="for-you", position=0) for n in range(3)),
            event("impression", "b", session="x0", at=3, list="home", position=0),
            event("impression", "a", session="x0", at=3, list="for-you", position=7),
            event("impression", "a", session="x0", at=3, list="search", position=7, query="shoes"),
            event("impression", "a", session="x0", at=3, list="for-you"),
            event("click", "a", session="x0", at=3, list="for-you", position=7),
        ])  # fmt: skip
        a, b = ProductId("a"), ProductId("b")
        assert stores.queries.offered(until=Instant(3)) == [Offered(a, 7, 1), Offered(b, 0, 4)]
        assert stores.queries.offered(until=Instant(1)) == [Offered(b, 0, 2)]

    def test_single_searches_and_their_clicks_between_two_log_numbers(self, stores: Stores) -> None:
        stores.events.append([event("search", None, shopper="s1", at=1, query="鞋")])
        first = stores.events.head()
        stores.events.append([
            event("search", None, session="x", at=2, query="is it dry"),
            event("impression", "a", session="x", at=2, query="is it dry"),
            event("click", "a", session="x", at=3, query="is it dry", list="search", position=0),
            event("click", "a", session="x", at=4, list="home"),
            event("view", "a", session="x", at=4),
        ])  # fmt: skip
        head = stores.events.head()
        searched = Typed(Instant(2), "session:x", "is it dry", None)
        clicked = Typed(Instant(3), "session:x", "is it dry", ProductId("a"))
        assert stores.queries.typed(first, head) == [searched, clicked]
        assert stores.queries.typed(0, first) == [Typed(Instant(1), "s1", "鞋", None)]
        assert stores.queries.typed(head, head) == []

    def test_a_search_that_follows_another_without_a_click_reworded_it(self, stores: Stores) -> None:
        def visit(name: str, *acts: tuple[str | None, int]) -> list[Event]:
            return [
                event("search", None, session=name, at=at, query=query)
                if query
                else event("click", "a", session=name, at=at)
                for query, at in acts
            ]

        stores.events.append([
            *visit("x1", ("trainers", 0), ("running shoes", 9_000)),
            *visit("x2", ("trainers", 0), ("running shoes", 180_000), ("running shoes", 181_000)),
            *visit("x3", ("trainers", 0), ("running shoes", 180_001)),
            *visit("x4", ("trainers", 0), (None, 4), ("running shoes", 5)),
            *visit("x5", ("trainers", 0), ("mug", 5)),
        ])  # fmt: skip
        assert stores.queries.reworded(since=Instant(0), shoppers=2) == [("trainers", "running shoes", 2)]
        assert stores.queries.reworded(since=Instant(0)) == []

    def test_one_shopper_who_rewords_often_is_one(self, stores: Stores) -> None:
        stores.events.append([
            event("search", None, shopper="ann", session=f"s{visit}", at=place, query=query)
            for visit in range(10)
            for place, query in enumerate(("my own name", "mugs"))
        ])  # fmt: skip
        assert stores.queries.reworded(since=Instant(0), shoppers=2) == []
        assert stores.queries.reworded(since=Instant(0), shoppers=1) == [("my own name", "mugs", 1)]
