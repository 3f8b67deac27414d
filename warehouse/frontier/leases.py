"""A leased frontier row, and who holds it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from warehouse.schema.crawling import frontier

# For statements that are made once: making one costs several times what executing it does.
HELD = sa.and_(frontier.c.frontier_id == sa.bindparam("held_id"), frontier.c.lease_token == sa.bindparam("held_token"))
NO_LEASE: dict[str, Any] = {"lease_token": None, "leased_by": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class Claim:
    """One leased frontier row. `attempts` counts this lease; `form` holds the fields of a POST.

    `is_again` says that it is to be looked at again, or asked for again by the user. `known_by` is the row, with its
    URL, of another crawl of the site that has the page.
    """

    id: int
    key: str
    url: str
    kind: str
    form: tuple[tuple[str, str], ...]
    referer: str | None
    depth: int
    lease_token: str
    attempts: int
    etag: str | None
    last_modified: str | None
    is_again: bool = False
    known_by: tuple[int, str] | None = None


def held(claim: Claim) -> sa.ColumnElement[bool]:
    """The condition that a frontier row is still leased under the claim's token."""
    return sa.and_(frontier.c.frontier_id == claim.id, frontier.c.lease_token == claim.lease_token)


def held_by(claim: Claim) -> dict[str, Any]:
    """The parameters with which `HELD` is the condition `held(claim)`."""
    return {"held_id": claim.id, "held_token": claim.lease_token}
