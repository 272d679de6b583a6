from __future__ import annotations

import stat

import pytest
from fake_shop import Served

from daogou.domain.errors import BadRequest
from daogou.server.keys import create_key, role_of
from daogou.server.tokens import Identity, Tokens, open_tokens


def test_without_a_key_nothing_is_answered(served: Served) -> None:
    answer = served.http.get("/v1/search?q=a")
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorised")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "credential",
    ["", "Basic abc", "Bearer", "Bearer nonsense", "Bearer dk_service.00", "Bearer dk_nobody.", "Bearer st_a.b"],
)  # fmt: skip
def test_a_wrong_credential_is_unknown(served: Served, credential: str) -> None:
    served.key("service")
    assert served.http.get("/v1/search?q=a", headers={"Authorization": credential}).status_code == 401


def test_the_shop_keeps_no_key(served: Served) -> None:
    key = create_key(served.shop.stores, "service", "web")
    ((name, entry),) = served.shop.stores.ledger.of("key")
    assert name == "web"
    assert key.partition(".")[2] not in str(entry)
    assert role_of(served.shop.stores, key) == ("web", "service")


def test_a_new_key_replaces_the_old_one_of_the_name(served: Served) -> None:
    old = create_key(served.shop.stores, "service", "web")
    create_key(served.shop.stores, "admin", "web")
    assert role_of(served.shop.stores, old) is None


@pytest.mark.parametrize(
    ("role", "name"), [("root", "web"), ("service", "a.b"), ("service", ""), ("service", "x" * 65)]
)
def test_keys_have_a_known_role_and_a_plain_name(served: Served, role: str, name: str) -> None:
    with pytest.raises(BadRequest):
        create_key(served.shop.stores, role, name)


def test_a_token_expires(served: Served) -> None:
    headers = served.token("u1")
    assert served.http.get("/v1/search?q=a", headers=headers).status_code == 200
    served.shop.now += 24 * 3600 * 1000
    assert served.http.get("/v1/search?q=a", headers=headers).status_code == 401


def test_a_token_acts_as_its_shopper_only(served: Served) -> None:
    assert served.http.get("/v1/recommend?shopper=u1", headers=served.token("u1")).status_code == 200
    assert served.shop.asked["shopper"] == "u1"
    answer = served.http.get("/v1/recommend?shopper=u2", headers=served.token("u1"))
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


def test_a_key_acts_for_whom_it_names(served: Served) -> None:
    served.http.get("/v1/recommend?shopper=u2", headers=served.key("service"))
    assert served.shop.asked["shopper"] == "u2"


@pytest.mark.parametrize("at", range(0, 60, 3))
def test_a_changed_token_does_not_hold(at: int) -> None:
    tokens = Tokens(b"s" * 32)
    token = tokens.sign(Identity("u1", None, 10))
    assert tokens.read(token, at=0) == Identity("u1", None, 10)
    changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    assert tokens.read(changed, at=0) is None
    assert Tokens(b"t" * 32).read(token, at=0) is None


def test_the_secret_is_the_shops_and_nobody_elses(served: Served) -> None:
    path = served.shop.folder / "token.secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_tokens(served.shop.folder) == open_tokens(served.shop.folder)


def test_a_short_secret_is_refused(served: Served) -> None:
    (served.shop.folder / "token.secret").write_bytes(b"")
    with pytest.raises(ValueError, match="delete it"):
        open_tokens(served.shop.folder)


def test_a_proof_holds_for_its_purpose_and_subject() -> None:
    tokens = Tokens(b"s" * 32)
    assert tokens.proves(tokens.proof("form", "s1"), "form", "s1")
    assert not tokens.proves(tokens.proof("form", "s1"), "form", "s2")
    assert not tokens.proves("", "form", "s1")
