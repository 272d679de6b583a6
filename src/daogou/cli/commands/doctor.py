"""`daogou doctor`."""

from __future__ import annotations

import sys

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@shop_command
def doctor(call: Call) -> None:
    """Check each part of the shop: its address and whether it works. Exit status 1 where one does not."""
    from daogou.shop.doctor import examine

    findings = examine(call.folder)
    if call.json:
        call.print_json(findings)
    else:
        from daogou.cli.tables import print_findings

        print_findings(findings)
    sys.exit(1 if any(finding.state == "broken" for finding in findings) else 0)
