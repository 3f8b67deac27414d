"""How a table and a column are declared, and the ledger that every row points to.

A column's facts (meaning, unit, source, allowed values, personal or not) stand in its `info`; `comment` is
the same as one sentence.
"""

from typing import Any

import sqlalchemy as sa

from warehouse.types import Body, Key, Moment, row_id

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def column(
    name: str,
    kind: Any,
    meaning: str,
    *rest: Any,
    source: str = "mundap",
    unit: str | None = None,
    allowed: tuple[str, ...] = (),
    personal: bool = False,
    null: bool = False,
    primary_key: bool = False,
) -> sa.Column[Any]:
    """A described column, NOT NULL unless `null`.

    `source` is who gives the value: "mundap", "site" (read from a page), "server" (the HTTP answer) or "user".
    `unit` is the unit of a number and `allowed` the whole set of values of a code.
    """
    facts = [meaning]
    if unit:
        facts.append(f"unit: {unit}")
    if allowed:
        facts.append(f"one of: {', '.join(allowed)}")
    facts += [f"source: {source}", "personal" if personal else "not personal"]
    info = {"meaning": meaning, "unit": unit, "source": source, "allowed": allowed, "personal": personal}
    return sa.Column(name, kind, *rest, comment="; ".join(facts), info=info, nullable=null, primary_key=primary_key)


def allowed_check(name: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """The named constraint that a code column holds one of `values` (or null)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{name} IN ({listed})", name=name)


def load_column(name: str = "load_id", *, null: bool = False, meaning: str | None = None) -> sa.Column[Any]:
    """The reference to the load that a row came by."""
    said = meaning or "load that wrote the row last"
    return column(name, row_id(), said, sa.ForeignKey("load.load_id"), null=null)


OUTCOMES = ("running", "done", "incomplete", "stopped", "failed", "broken off")
_HOW_IT_ENDED = (
    "how it ended: done; incomplete: more set aside than the limit allows, a file not read to its end, or wanted pages "
    "left; stopped: by the other side, the environment or a file at fault, as reason says; failed: by a defect of "
    "Mundap; broken off: by Ctrl-C, or killed; running: not yet, or killed and no command has written since (mundap "
    "status tells which)"
)

load = sa.Table(
    "load",
    metadata,
    column("load_id", row_id(), "number of the load, in order of start", primary_key=True),
    column("command", Key(200), "command that did it, such as 'crawl naver_kin'"),
    column("settings_sha256", Key(64), "hash of the settings in force", unit="SHA-256 hex"),
    column("code_version", Key(100), "version of Mundap that ran"),
    column("holder", Key(200), "process that runs it, as place:pid:start (the place is host.machine.start.numbering)"),
    column("started_at", Moment(), "when it began", unit="UTC"),
    column("ended_at", Moment(), "when it ended, null while it runs or when it was killed", unit="UTC", null=True),
    column("outcome", Key(20), _HOW_IT_ENDED, allowed=OUTCOMES),
    column("reason", Body(), "why it is not done, as far as is known", null=True),
    column("counts", Body(), "rows read, stored, set aside and so on", unit="JSON object of counts"),
    allowed_check("outcome", OUTCOMES),
    comment="Ledger: one row for each command that wrote to the warehouse. Holds no personal data.",
)
