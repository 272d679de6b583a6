"""The `daogou` command: a table of commands, each imported only when it runs."""

from __future__ import annotations

import importlib
import sys
from typing import NamedTuple, NoReturn

import click

import daogou


class Entry(NamedTuple):
    """Where a command lives and what `daogou --help` says of it."""

    module: str
    help: str
    section: str


_COMMANDS: dict[str, Entry] = {
    "init": Entry("init", "Make a new shop.", "Set up"),
    "import": Entry("import_", "Import catalogue, events, orders, reviews; the format is found by looking.", "Set up"),
    "train": Entry("train", "Build a release from the facts on record and activate it.", "Set up"),
    "serve": Entry("serve", "Serve the shop: storefront, console and HTTP API.", "Set up"),
    "demo": Entry("demo", "Build a demonstration shop and serve it.", "Set up"),
    "key": Entry("key", "Make and list keys of the HTTP API and the console.", "Set up"),
    "search": Entry("search", "Search the catalogue.", "Ask"),
    "recommend": Entry("recommend", "Recommend products.", "Ask"),
    "chat": Entry("chat", "Talk to the shopping assistant.", "Ask"),
    "ask": Entry("ask", "Answer a file of conversations.", "Ask"),
    "questions": Entry("questions", "List what shoppers ask often, and what lacks an answer.", "Ask"),
    "explain": Entry("explain", "Say why a product would be recommended to a shopper.", "Ask"),
    "graph": Entry("graph", "Query the knowledge graph with SPARQL, or export it.", "Ask"),
    "profile": Entry("profile", "Show what is known of a shopper.", "Ask"),
    "releases": Entry("releases", "List the releases with their metrics.", "Run"),
    "activate": Entry("activate", "Serve another release; also rolls back.", "Run"),
    "evaluate": Entry("evaluate", "Measure the recommenders on held-out events, with a report.", "Run"),
    "distil": Entry("distil", "Write the ranker as one small table, for where the engine does not run.", "Run"),
    "doctor": Entry("doctor", "Check every part of the shop and say what works.", "Run"),
    "backup": Entry("backup", "Write a consistent copy of the shop's facts.", "Run"),
    "restore": Entry("restore", "Put a backup back, after checking it.", "Run"),
}


class LazyGroup(click.Group):
    """A group whose commands are looked up in the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = _COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"daogou.cli.commands.{entry.module}")
        command: click.Command = getattr(module, cmd_name, None) or getattr(module, f"{cmd_name}_")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            advice = f" Did you mean {near[0]!r}?" if near else " `daogou --help` lists them."
            raise click.UsageError(f"no command {args[0]!r}.{advice}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section in dict.fromkeys(entry.section for entry in _COMMANDS.values()):
            rows = [(name, entry.help) for name, entry in _COMMANDS.items() if entry.section == section]
            with formatter.section(section):
                formatter.write_dl(rows)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(daogou.__version__, prog_name="daogou")
@click.option("--shop", type=click.Path(), help="The shop's folder (default: DAOGOU_SHOP, else the current one).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.pass_context
def cli(ctx: click.Context, shop: str | None, as_json: bool) -> None:
    """A self-hosted shopping engine: search, recommendations and a bilingual assistant over one catalogue."""
    ctx.ensure_object(dict)
    ctx.obj.update(shop=shop, json=as_json)


def main() -> None:
    """Run the command line; errors a person can act on are one line and exit status 1."""
    from daogou.domain.errors import DaogouError

    try:
        cli(standalone_mode=True)
    except (DaogouError, OSError) as error:
        _fail(_said(error) if isinstance(error, OSError) else str(error))
    except Exception as error:
        import sqlite3

        if not isinstance(error, sqlite3.OperationalError):
            raise
        _fail(f"the shop's store: {error}")


def _said(error: OSError) -> str:
    """What the system refused and on which file: no permission, no space, not there."""
    reason = error.strerror or str(error) or type(error).__name__
    return reason if error.filename is None else f"{error.filename}: {reason}"


def _fail(message: str) -> NoReturn:
    click.echo(f"daogou: {message}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
