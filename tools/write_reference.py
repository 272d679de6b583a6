"""Writes the pages of docs/reference from the code; with --check, fails where a committed page differs."""

from __future__ import annotations

import inspect
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import click
import msgspec

from daogou.domain.text import Text
from tools.bounds import bounds
from tools.markdown import field_notes, line, prose, table
from tools.python_reference import python
from tools.record_reference import formats, records

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
_GENERATED = "<!-- Written by `python -m tools.write_reference` from the code; edit the code instead. -->\n"


def commands() -> str:
    """The command line, from click."""
    from daogou.cli.main import cli

    parts = ["# Commands\n", "`--shop DIR` and `--json` may stand before or after any command.\n"]
    top = click.Context(cli, info_name="daogou")
    for name in cli.list_commands(top):
        command = cli.get_command(top, name)
        if command is None:
            raise LookupError(name)
        parts += _command(command, f"daogou {name}", top)
    return "\n".join(parts)


def settings() -> str:
    """daogou.toml, from the settings tree and the docstrings of its fields."""
    from daogou.settings.tree import Settings

    parts = [
        "# Settings\n",
        "A shop's `daogou.toml`. Every setting may be left out; the default is the value we run ourselves.\n",
    ]
    notes = field_notes(Settings)
    for part in fields(Settings):
        kind = get_type_hints(Settings)[part.name]
        if is_dataclass(kind) and isinstance(kind, type):
            parts += _section(part.name, kind)
        else:
            parts += [f"## [{part.name}]\n", _unheaded(notes[part.name]) + "\n"]
    return "\n".join(parts)


def http() -> str:
    """The HTTP API, from its OpenAPI document."""
    from daogou.server.app import build_app
    from daogou.shop.create import create
    from daogou.shop.shop import open_shop

    with tempfile.TemporaryDirectory() as folder:
        create(Path(folder) / "shop", name=Text(en="Reference"), currency="USD")
        shop = open_shop(Path(folder) / "shop")
        try:
            api = build_app(shop).openapi()
        finally:
            shop.close()
    parts = [
        "# HTTP API\n",
        f"OpenAPI {api['openapi']}; a running shop serves the whole document at `/openapi.json`. "
        "Every error has one shape: "
        '`{"error": code, "message": text, "where": place}`.\n',
    ]
    operations = [
        (method.upper(), path, operation)
        for path, methods in sorted(api["paths"].items())
        for method, operation in methods.items()
    ]
    meanings = {
        status: line(answer["description"])
        for _, _, operation in operations
        for status, answer in operation["responses"].items()
    }
    parts += table(("status", "meaning"), sorted(meanings.items()))
    for method, path, operation in operations:
        parts += _operation(method, path, operation, api["components"]["schemas"])
    return "\n".join(parts)


def errors() -> str:
    """The errors a caller can meet, from the classes that define them."""
    from daogou.domain import errors as module

    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, module.DaogouError)]
    rows = [(f"`{kind.code}`", str(kind.status), line(inspect.getdoc(kind))) for kind in kinds if kind.code != "error"]
    return "\n".join(["# Errors\n", *table(("code", "HTTP status", "when"), sorted(rows))])


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "settings.md": settings,
    "http.md": http,
    "errors.md": errors,
    "records.md": records,
    "formats.md": formats,
    "python.md": python,
}


def _command(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name.removeprefix("daogou "), parent=parent)
    yield f"## {name}\n"
    yield prose(command.help) + "\n"
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    rows = [
        record
        for parameter in command.params
        if isinstance(parameter, click.Option) and (record := parameter.get_help_record(context)) is not None
    ]
    if rows:
        yield "| option | meaning |\n|---|---|"
        yield "\n".join(f"| `{option}` | {line(meaning)} |" for option, meaning in rows) + "\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _command(found, f"{name} {inner}", parent)


def _section(name: str, kind: type, above: str = "") -> Iterator[str]:
    """A table of settings, and after it one for each table inside it."""
    hints, notes = get_type_hints(kind), field_notes(kind)
    inner = [part for part in fields(kind) if is_dataclass(hints[part.name]) and part.default is MISSING]
    path = f"{above}.{name}" if above else name
    yield f"## [{path}]\n"
    yield _unheaded(prose(inspect.getdoc(kind))) + "\n"
    kinds = get_type_hints(kind, include_extras=True)
    yield from table(
        ("setting", "default", "may be", "meaning"),
        ((f"`{part.name}`", f"`{_default(part)}`", bounds(kinds[part.name]), line(notes.get(part.name)))
         for part in fields(kind) if part not in inner),
    )  # fmt: skip
    for part in inner:
        yield from _section(part.name, hints[part.name], path)


def _unheaded(text: str) -> str:
    """A note without the "[name]: " it begins with."""
    said = text.partition("]: ")[2] if text.startswith("[") else text
    return said[:1].upper() + said[1:]


def _default(part: Field[Any]) -> str:
    """The default as daogou.toml would say it."""
    value = part.default_factory() if part.default_factory is not MISSING else part.default
    return _toml(value)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Text):
        return "{ " + ", ".join(f'{name} = "{getattr(value, name)}"' for name in ("zh", "en")) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    yield f"## {method} {path}\n"
    yield prose(operation.get("description") or operation.get("summary")) + "\n"
    parameters = operation.get("parameters", [])
    if parameters:
        yield from table(
            ("parameter", "in", "needed", "meaning"),
            (
                (f"`{each['name']}`", each["in"], "yes" if each.get("required") else "", line(each.get("description")))
                for each in parameters
            ),
        )
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _body(content, schemas)
    yield f"Answers with {', '.join(sorted(operation['responses']))}.\n"


def _body(content: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    """The fields of a body, with the notes of the class that reads it, and an example of it."""
    schema = content["schema"]
    name = next(iter(schema.get("oneOf", [schema])))["$ref"].rpartition("/")[2]
    reader = next(kind for kind in msgspec.Struct.__subclasses__() if kind.__name__ == name)
    notes, needed = field_notes(reader), schemas[name].get("required", ())
    yield from table(
        ("field of the body", "needed", "meaning"),
        (
            (f"`{field}`", "yes" if field in needed else "", line(notes.get(field)))
            for field in reader.__struct_fields__
        ),
    )
    if "example" in content:
        yield f"```json\n{json.dumps(content['example'], ensure_ascii=False)}\n```\n"


def main() -> int:
    """Write the pages, or with --check compare them."""
    checking = "--check" in sys.argv
    stale = []
    for name, write in PAGES.items():
        page, target = _GENERATED + write(), FOLDER / name
        if checking and (not target.exists() or target.read_text("utf-8") != page):
            stale.append(name)
        elif not checking:
            target.write_text(page, "utf-8")
    if stale:
        print(f"stale: {', '.join(stale)}; run `python -m tools.write_reference`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
