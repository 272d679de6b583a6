from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from daogou.domain.errors import CorruptRelease, NotFound
from daogou.domain.ids import Instant
from daogou.training.releases import Manifest, Release, Releases


def made(releases: Releases, id: str, *, created: int = 1, files: dict[str, bytes] | None = None) -> Release:
    manifest = Manifest(id, Instant(created), "0", "hash", 7, 0.5, {}, {"ndcg@10": 0.1})
    with releases.writer(id) as draft:
        for name, content in (files or {"a/one.npy": b"one" * 100, "items.json": b'["p1"]'}).items():
            path = draft.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        return releases.finish(draft, manifest)


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "models")


def test_nothing_is_active_before_the_first_release(releases: Releases) -> None:
    assert releases.active() is None
    assert list(releases.list()) == []


def test_finished_is_listed_but_not_active(releases: Releases) -> None:
    made(releases, "r1")
    assert [manifest.id for manifest in releases.list()] == ["r1"]
    assert releases.active() is None


def test_activation_can_be_rolled_back(releases: Releases) -> None:
    made(releases, "r1")
    made(releases, "r2", created=2)
    releases.activate("r2")
    assert releases.active_id() == "r2"
    releases.activate("r1")
    active = releases.active()
    assert active is not None
    assert (active.id, active.items(), active.manifest.last_seq) == ("r1", ["p1"], 7)
    assert [manifest.id for manifest in releases.list()] == ["r1", "r2"]


def test_an_abandoned_draft_leaves_nothing(releases: Releases) -> None:
    with releases.writer("r1") as draft:
        (draft.folder / "half").write_bytes(b"half")
    assert list((releases.folder / "releases").iterdir()) == []


def test_an_unknown_release_is_named_with_those_there_are(releases: Releases) -> None:
    made(releases, "r1")
    with pytest.raises(NotFound, match="'r9'; there are: r1"):
        releases.open("r9")


@pytest.mark.parametrize("name", ["../releases/r1", "", ".", "..", "r1/", "0" * 300, "r1\0", "发布"])
def test_a_name_never_reaches_outside_the_releases(releases: Releases, name: str) -> None:
    made(releases, "r1")
    with pytest.raises(NotFound):
        releases.open(name)


def test_a_corrupt_release_is_refused_and_the_old_one_stays(releases: Releases) -> None:
    made(releases, "r1")
    releases.activate("r1")
    path = made(releases, "r2").path("a") / "one.npy"
    path.write_bytes(b"two" * 100)
    with pytest.raises(CorruptRelease, match=r"a/one.npy: content"):
        releases.activate("r2")
    assert releases.active_id() == "r1"


def test_a_missing_and_an_added_file_are_named(releases: Releases) -> None:
    release = made(releases, "r1")
    (release.folder / "stray").write_bytes(b"")
    with pytest.raises(CorruptRelease, match="stray: not in the manifest"):
        releases.open("r1")
    (release.folder / "stray").unlink()
    (release.folder / "items.json").unlink()
    with pytest.raises(CorruptRelease, match=r"items.json: missing"):
        releases.open("r1")


def test_another_schema_is_refused_by_name(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    made(releases, "r1")
    monkeypatch.setattr("daogou.training.releases.SCHEMA", 2)
    with pytest.raises(CorruptRelease, match="release schema 1, this code reads 2") as caught:
        releases.open("r1")
    assert caught.value.where == "schema"


def test_no_bit_flip_and_no_truncation_goes_undetected(releases: Releases, tmp_path: Path) -> None:
    files = {f"part{n}/data.npy": random.Random(n).randbytes(60 + n) for n in range(10)}
    release = made(releases, "r1", files=files)
    whole = tmp_path / "whole"
    shutil.copytree(release.folder, whole)
    chance = random.Random(0)
    paths = sorted(path for path in whole.rglob("*") if path.is_file())
    undetected = []
    for trial in range(350):
        path = paths[trial % len(paths)]
        content = bytearray(path.read_bytes())
        if trial < 300:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        else:
            del content[chance.randrange(len(content)) :]
        target = release.folder / path.relative_to(whole)
        target.write_bytes(content)
        try:
            releases.open("r1")
            undetected.append((trial, path.name))
        except CorruptRelease:
            pass
        target.write_bytes(path.read_bytes())
    assert undetected == []
    assert releases.open("r1").id == "r1"
