"""`daogou recommend` for a shopper, a product, a basket, or a file of histories."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.option(
    "--histories", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='Lines {"id", "history"}.'
)
@click.option("--out", type=click.Path(path_type=Path), help="Where the answers to --histories go.")
@click.option("--k", type=click.IntRange(1, 1000), help="How many products.  [default: 10, or all candidates]")
@click.option("--shopper", help="For this shopper.")
@click.option("--session", help="For this visit of somebody whom nobody knows.")
@click.option("--product", help="Beside this product.")
@click.option("--basket", multiple=True, help="To go with this product of a basket; repeat for more.")
@click.option("--candidate", multiple=True, help="Rank only this product and the other candidates; repeat for more.")
@click.option("--like", multiple=True, help="What the shopper says they like, in words; repeat for more.")
@click.option("--member", multiple=True, help="A shopper whom the list must suit; repeat for a group.")
@click.option("--context", multiple=True, help="What is known of whoever asks, as country=DE; repeat for more.")
@click.option("--kind", help="for-you, similar, because, together, complete, next-basket, trending, new, group.")
@click.option("--exclude-seen", is_flag=True, help="Leave out whatever the shopper has been at.")
@shop_command
def recommend(
    call: Call,
    *,
    histories: Path | None,
    out: Path | None,
    k: int | None,
    shopper: str | None,
    session: str | None,
    product: str | None,
    basket: tuple[str, ...],
    candidate: tuple[str, ...],
    like: tuple[str, ...],
    member: tuple[str, ...],
    context: tuple[str, ...],
    kind: str | None,
    exclude_seen: bool,
) -> None:
    """Recommend products; with nothing given, what is trending."""
    from daogou.cli.batch import run_batch
    from daogou.cli.tables import print_hits

    if histories:
        _alone({
            "--shopper": shopper, "--session": session, "--product": product, "--basket": basket,
            "--candidate": candidate, "--like": like, "--member": member, "--context": context, "--kind": kind,
            "--exclude-seen": exclude_seen,
        })  # fmt: skip
    elif out:
        raise click.UsageError("--out is where the answers to --histories go; give --histories, too")
    with call.open() as shop:
        if histories:
            from daogou.shop.batch import recommend_lines

            run_batch(histories, out, lambda lines: recommend_lines(shop, lines, k=k or 10))
            return
        hits = shop.recommend(
            shopper=shopper,
            session=session,
            product=product,
            basket=basket,
            candidates=candidate or None,
            likes=like,
            group=member,
            context=dict(map(_fact, context)),
            kind=kind,
            k=k,
            exclude_seen=exclude_seen,
        )
        if call.json:
            call.print_json(hits)
        else:
            print_hits(shop, hits)


def _fact(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise click.BadParameter(f"{text!r} is not name=value, such as country=DE", param_hint="--context")
    return name, value


def _alone(others: Mapping[str, object]) -> None:
    """Raise UsageError for options that say what the lines of --histories say."""
    given = [name for name, value in others.items() if value]
    if given:
        raise click.UsageError(f"with --histories each line says what is asked; take away {', '.join(given)}")
