from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest

from daogou.adapters.group_commit import LARGEST_COMMIT, GroupCommit
from daogou.adapters.memory.events import MemoryEvents
from daogou.domain.errors import Overloaded, StorageFull
from daogou.domain.event import Event
from daogou.domain.ids import EventId
from daogou.ports.stores import Appended
from daogou.testing.builders import event


class GatedEvents(MemoryEvents):
    """A log whose disk waits for `gate`, refuses the product "poison", and is full while `full`."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.started = threading.Event()
        self.full = False
        self.commits: list[list[int]] = []

    def append(self, events: Sequence[Event]) -> Appended:
        return self.append_each([events])[0]

    def append_each(self, batches: Sequence[Sequence[Event]]) -> list[Appended]:
        self.started.set()
        assert self.gate.wait(10)
        if self.full:
            raise StorageFull("no room")
        if any(one.product == "poison" for batch in batches for one in batch):
            raise ValueError("poison")
        self.commits.append([len(batch) for batch in batches])
        return [MemoryEvents.append(self, batch) for batch in batches]


@pytest.fixture
def log() -> GatedEvents:
    return GatedEvents()


@pytest.fixture
def group(log: GatedEvents) -> Iterator[GroupCommit]:
    group = GroupCommit(log, max_waiting=10)
    yield group
    log.gate.set()
    group.close()


def blocked(log: GatedEvents, group: GroupCommit) -> Future[Appended]:
    """Send one event, and wait until the writer is busy with it."""
    first = group.submit([event(at=0)])
    assert log.started.wait(10)
    return first


def test_answer_waits_for_the_commit(log: GatedEvents, group: GroupCommit) -> None:
    first = blocked(log, group)
    assert not first.done()
    log.gate.set()
    assert first.result(10) == Appended(1, 0)
    assert log.head() == 1


def test_batches_that_wait_share_one_commit(log: GatedEvents, group: GroupCommit) -> None:
    blocked(log, group)
    waiting = [group.submit([event(at=n), event(at=n + 1)]) for n in (1, 2, 3)]
    log.gate.set()
    assert [one.result(10) for one in waiting] == [Appended(2, 0), Appended(1, 1), Appended(1, 1)]
    assert log.commits == [[1], [2, 2, 2]]


def test_full_queue_is_refused_and_frees_again(log: GatedEvents, group: GroupCommit) -> None:
    first = blocked(log, group)
    group.submit([event(at=n) for n in range(1, 10)])
    with pytest.raises(Overloaded, match="10 events are waiting"):
        group.submit([event(at=99)])
    log.gate.set()
    assert first.result(10)
    group.submit([event(at=100)]).result(10)
    assert log.head() == 11


def test_batch_larger_than_the_queue_passes_when_nothing_waits(log: GatedEvents, group: GroupCommit) -> None:
    log.gate.set()
    assert group.submit([event(at=n) for n in range(50)]).result(10) == Appended(50, 0)


def test_poison_fails_alone(log: GatedEvents, group: GroupCommit) -> None:
    blocked(log, group)
    good, bad, also = (group.submit([event(product=id, at=1)]) for id in ("good", "poison", "also"))
    log.gate.set()
    assert good.result(10) == also.result(10) == Appended(1, 0)
    with pytest.raises(ValueError, match="poison"):
        bad.result(10)


def test_full_disk_reaches_the_caller_and_passes(log: GatedEvents, group: GroupCommit) -> None:
    log.gate.set()
    log.full = True
    with pytest.raises(StorageFull):
        group.submit([event(at=1)]).result(10)
    log.full = False
    assert group.submit([event(at=1)]).result(10) == Appended(1, 0)


def test_close_writes_what_waits_and_refuses_more(log: GatedEvents, group: GroupCommit) -> None:
    blocked(log, group)
    waiting = group.submit([event(at=1)])
    log.gate.set()
    group.close()
    group.close()
    assert waiting.done()
    assert log.head() == 2
    with pytest.raises(Overloaded, match="closing"):
        group.submit([event(at=2)])


def test_cancelled_batch_is_not_written(log: GatedEvents, group: GroupCommit) -> None:
    blocked(log, group)
    assert group.submit([event(at=1)]).cancel()
    kept = group.submit([event(at=2)])
    log.gate.set()
    kept.result(10)
    assert [one.event.at for one in log.since(0)] == [0, 2]


def test_commits_stay_small_enough_to_wait_for(log: GatedEvents) -> None:
    group = GroupCommit(log, max_waiting=10**6)
    blocked(log, group)
    half = [event(at=n) for n in range(LARGEST_COMMIT // 2 + 1)]
    waiting = [group.submit(half) for _ in range(2)]
    log.gate.set()
    wait(waiting, 10)
    group.close()
    assert log.commits == [[1], [len(half)], [len(half)]]


def test_each_event_is_written_once_over_threads_and_retries() -> None:
    log = MemoryEvents()
    group = GroupCommit(log, max_waiting=100_000)
    batches = [[event(at=n, id=EventId(f"e{n}"))] for n in range(500)] * 3
    with ThreadPoolExecutor(4) as pool:
        answers = [one.result(10) for one in pool.map(group.submit, batches)]
    group.close()
    assert sum(answer.new for answer in answers) == 500
    assert sorted(one.event.at for one in log.since(0)) == list(range(500))
