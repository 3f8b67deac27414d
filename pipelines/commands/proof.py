"""The command that proves how a crawl behaved."""

from dataclasses import asdict
from typing import Annotated

import typer

from pipelines.commands.options import AsJson, Config
from pipelines.exits import DONE, INCOMPLETE
from pipelines.output import print_result, print_table, tell
from pipelines.settings import load_settings


def politeness(
    load: Annotated[int | None, typer.Option(help="Judge the requests of this load only (mundap status).")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Prove from the ledger that every request was polite: gap, robots.txt, waits, stops; exit 1 on a breach.

    Example: mundap politeness --load 3
    """
    from pipelines.steps.politeness import prove

    proof = prove(load_settings(config), load)
    for line in proof.breaches:
        tell(f"breach: {line}")
    hosts = [asdict(host) for host in proof.hosts]
    result = {
        "requests": proof.requests,
        "breaches": len(proof.breaches),
        "min_gap_seconds": proof.min_gap_seconds,
        "hosts": hosts,
        "lines": proof.breaches,
    }
    if as_json:
        print_result(result, as_json=True)
    else:
        if hosts:
            print_table("", tuple(hosts[0]), [tuple(host.values()) for host in hosts])
        print(f"{proof.requests:,} requests, {len(proof.breaches):,} breaches")
    return INCOMPLETE if proof.breaches else DONE
