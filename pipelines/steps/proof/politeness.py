"""Proof of politeness from the ledger alone: every request judged by what was in force when it was sent."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sa

from pipelines.settings import Settings
from pipelines.steps.proof.manners import Breach, HostLedger, breaches
from warehouse.connect import open_warehouse
from warehouse.hosts.holes import (
    hosts_asked_later,
    loads_that_fetched_more,
    lost_numbers,
    pages_without_request,
    visits_without_request,
)
from warehouse.hosts.sent import SentRow, read_pauses, read_robots, read_sent, require_load

_MOMENT = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True, slots=True)
class HostProof:
    """What the ledger shows of one host; gaps in seconds, None where fewer than two requests were sent.

    `robots` counts the copies of robots.txt obeyed, `waits` the answers that asked for a wait or refused (429, 5xx),
    `pauses` the times in which the host was left alone, `permission` is on record where robots.txt did not bind.
    """

    host: str
    requests: int = 0
    min_gap_seconds: float | None = None
    min_gap_in_force: float | None = None
    robots: int = 0
    waits: int = 0
    pauses: int = 0
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """All hosts, and each breach."""

    hosts: tuple[HostProof, ...]
    breaches: tuple[Breach, ...]

    @property
    def requests(self) -> int:
        """All requests judged."""
        return sum(host.requests for host in self.hosts)

    @property
    def min_gap_seconds(self) -> float | None:
        """The shortest gap seen at any host."""
        return min((host.min_gap_seconds for host in self.hosts if host.min_gap_seconds is not None), default=None)


def prove(settings: Settings, load_id: int | None = None) -> Proof:
    """Judge every request, or those of one load among all others.

    Raises:
        Misuse: no such load.
        Unready: no warehouse.
    """
    engine = open_warehouse(settings.database_url, read_only=True)
    if load_id is not None:
        require_load(engine, load_id)
    pauses, robots = read_pauses(engine), read_robots(engine)
    proofs: dict[str, HostProof] = {}
    obeyed: dict[str, set[int]] = {}
    known = HostLedger([])
    found: list[Breach] = []
    for sent in read_sent(engine):
        if known.before is None or known.before.host != sent.host:
            known = HostLedger(pauses.get(sent.host, []))
        if load_id in (None, sent.load_id):
            copy = robots.get(sent.robots_id) if sent.robots_id is not None else None
            found += breaches(sent, known, copy)
            proof = proofs.get(sent.host) or HostProof(sent.host, pauses=len(known.pauses))
            proofs[sent.host] = _with(proof, sent, known.before, copy.permission if copy else None)
            if copy is not None:
                obeyed.setdefault(sent.host, set()).add(copy.robots_id)
        known.add(sent)
    found += _holes(engine, load_id)
    engine.dispose()
    hosts = (replace(proof, robots=len(obeyed.get(host, ()))) for host, proof in proofs.items())
    return Proof(tuple(hosts), tuple(found))


def _holes(engine: sa.Engine, load_id: int | None) -> Iterator[Breach]:
    """What is not in the ledger cannot be judged, so that a hole in it is a breach of its own."""
    for number, url, named in pages_without_request(engine, load_id):
        which = "names no request" if named is None else f"names request {named}, which is not in the ledger"
        yield Breach("page without request", f"page {number} ({url}) {which}")
    if load_id is not None:
        return
    for number, url in visits_without_request(engine):
        yield Breach(
            "visit without request", f"frontier row {number} ({url}) was visited, no request for it is on record"
        )
    for host, last_turn, newest in hosts_asked_later(engine):
        seen = "nothing was sent to it" if newest is None else f"its newest request was sent at {newest:{_MOMENT}} UTC"
        yield Breach("request missing", f"{host} was last asked at {last_turn:{_MOMENT}} UTC, on record {seen}")
    for number, fetched, on_record in loads_that_fetched_more(engine):
        told = f"load {number} fetched {fetched:,} pages, on record are {on_record:,} requests of it"
        yield Breach("request missing", told)
    for first, last in lost_numbers(engine):
        which = f"request {first} is" if first == last else f"requests {first} to {last} are"
        yield Breach("request missing", f"{which} missing from the ledger")


def _with(proof: HostProof, sent: SentRow, before: SentRow | None, permission: str | None) -> HostProof:
    proof = replace(proof, requests=proof.requests + 1, permission=permission or proof.permission)
    if sent.retry_after_seconds or (sent.status or 0) == 429 or (sent.status or 0) >= 500:
        proof = replace(proof, waits=proof.waits + 1)
    if before is None:
        return proof
    seen = (sent.sent_at - before.sent_at).total_seconds()
    return replace(
        proof,
        min_gap_seconds=min(seen, seen if proof.min_gap_seconds is None else proof.min_gap_seconds),
        min_gap_in_force=min(
            sent.gap_seconds, sent.gap_seconds if proof.min_gap_in_force is None else proof.min_gap_in_force
        ),
    )
