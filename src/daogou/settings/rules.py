"""Reads and writes rules.toml: what a shop wants shown first, later, at a place of its own, or not at all."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import msgspec

from daogou.domain.errors import BadSettings
from daogou.domain.rule import Action, Rule, RuledList
from daogou.domain.text import Text
from daogou.settings.files import demand_unchanged, put, text_of, writing
from daogou.settings.load import in_toml_words, refuse_unknown

FILE = "rules.toml"
_CHOICES = {"action": get_args(Action), "lists": get_args(RuledList)}
_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.M)


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """The rules of the shop in `folder`; none where there is no rules.toml. Raises BadSettings."""
    path = folder / FILE
    try:
        return parse_rules(path.read_text("utf-8"), origin=str(path))
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path}: {error}", where=str(path)) from None


def rules_text(folder: Path) -> str:
    """rules.toml as it is; empty where there is none."""
    return text_of(folder, FILE)


def write_rules(folder: Path, text: str, *, seen: str | None = None) -> tuple[Rule, ...]:
    """Put a new rules.toml in the place of the old one, in one step. Raises BadSettings; then the old one stays.

    `seen`: the `stamp` of the text that the new one was made from; one that somebody has changed since is not lost.
    """
    rules = parse_rules(text)
    with writing(folder, FILE):
        demand_unchanged(folder, FILE, seen)
        put(folder, FILE, text)
    return rules


def add_rule(folder: Path, fields: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Add one rule at the end of rules.toml. Raises BadSettings; then the old one stays."""
    with writing(folder, FILE):
        text = with_rule(rules_text(folder), fields)
        put(folder, FILE, text)
    return parse_rules(text)


def remove_rule(folder: Path, name: str) -> tuple[Rule, ...]:
    """Take one rule out of rules.toml. Raises BadSettings; then the file stays as it is."""
    with writing(folder, FILE):
        text = without_rule(rules_text(folder), name)
        put(folder, FILE, text)
    return parse_rules(text)


def with_rule(text: str, fields: Mapping[str, Any]) -> str:
    """The document with one more rule at its end. Raises BadSettings where it would be none."""
    said = "".join(f"{name} = {_in_toml(value)}\n" for name, value in fields.items())
    more = f"{text.rstrip()}\n\n[[rule]]\n{said}".lstrip()
    parse_rules(more)
    return more


def without_rule(text: str, name: str) -> str:
    """The document without the rule of this name; comments stay. Raises BadSettings where it is not found."""
    rules = parse_rules(text)
    place = next((n for n, rule in enumerate(rules) if rule.name == name), None)
    if place is None:
        raise BadSettings(f"{FILE}: no rule is called {name!r}", where="name")
    tables = [match.start() for match in _TABLE.finditer(text)]
    if len(tables) == len(rules):
        end = [*tables[1:], len(text)][place]
        table = text[tables[place] : end].splitlines(keepends=True)
        while table and (not table[-1].strip() or table[-1].lstrip().startswith("#")):  # said of the next rule
            end -= len(table.pop())
        less = text[: tables[place]] + text[end:].lstrip("\n")
        if parse_rules(less) == rules[:place] + rules[place + 1 :]:
            return less
    raise BadSettings(f"{FILE}: {name!r} cannot be told from the other rules; take it out of the text", where="name")


def _in_toml(value: Any) -> str:
    """A value as TOML writes it: strings, numbers, days, lists and tables of these."""
    match value:
        case bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case date():
            return value.isoformat()
        case Mapping():
            return f"{{ {', '.join(f'{_in_toml(key)} = {_in_toml(each)}' for key, each in value.items())} }}"
        case list() | tuple():
            return f"[{', '.join(map(_in_toml, value))}]"
        case _:
            return repr(value)


def parse_rules(text: str, *, origin: str = FILE) -> tuple[Rule, ...]:
    """The rules of a document: one [[rule]] table each. Raises BadSettings that names the rule and the field."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{origin}: {error}", where=origin) from None
    tables = tree.pop("rule", [])
    if tree or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        said = ", ".join(map(repr, tree)) or "'rule'"
        raise BadSettings(f"{origin}: a rule is a table [[rule]]; found {said}", where=origin)
    rules = [_rule(table, f"{origin}, rule {n}") for n, table in enumerate(tables, 1)]
    names: set[str] = set()
    for rule in rules:
        if rule.name in names:
            raise BadSettings(f"{origin}: two rules are called {rule.name!r}", where="name")
        names.add(rule.name)
    return tuple(rules)


def _rule(table: Mapping[str, Any], origin: str) -> Rule:
    said = table.get("because")
    plain = dict(table)
    if isinstance(said, str):
        plain["because"] = {"zh": Text.of(said).zh, "en": Text.of(said).en}
    refuse_unknown(plain, Rule, origin, at="")
    for field, choices in _CHOICES.items():
        given = plain.get(field, [])
        for value in given if isinstance(given, list) else [given]:
            if isinstance(value, str) and value not in choices:
                raise BadSettings(f"{origin}: {field!r}: {value!r} is none of {', '.join(choices)}", where=field)
    try:
        rule = msgspec.convert(plain, Rule, strict=True)
    except msgspec.ValidationError as error:
        raise BadSettings(f"{origin}: {in_toml_words(str(error))}", where=origin) from None
    wrong = _wrong(rule)
    if wrong is not None:
        field, message = wrong
        raise BadSettings(f"{origin} ({rule.name}): {field!r}: {message}", where=field)
    return replace(rule, name=rule.name.strip())


def _wrong(rule: Rule) -> tuple[str, str] | None:  # noqa: PLR0911 (one line for each mistake)
    """The field that cannot be, and why."""
    if not rule.name.strip():
        return "name", "a rule needs a name"
    if not (rule.products or rule.category or rule.brand or rule.attributes or rule.on_sale):
        return "products", "name what the rule is about: products, category, brand, attributes or on_sale"
    if rule.action == "pin" and not rule.products:
        return "products", "pin needs the products, in their order"
    if rule.by is not None and rule.action not in {"boost", "bury"}:
        return "by", f"only boost and bury multiply the score, not {rule.action}"
    if rule.action == "boost" and not 1 < rule.factor <= 100:
        return "by", f"boost multiplies by more than 1 and at most 100, not {rule.factor:g}"
    if rule.action == "bury" and not 0 < rule.factor < 1:
        return "by", f"bury multiplies by more than 0 and less than 1, not {rule.factor:g}; hide leaves out"
    if not 1 <= rule.place <= 1000:
        return "place", f"a place is from 1 to 1000, not {rule.place}"
    if rule.since and rule.until and rule.until < rule.since:
        return "until", f"{rule.until} is before since, {rule.since}"
    if rule.query is not None and rule.lists and "search" not in rule.lists:
        return "query", "only search has a query, and lists does not name it"
    return None
