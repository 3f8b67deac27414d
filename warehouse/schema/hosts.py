"""Tables of politeness: when a host may be asked, what it forbids, and what was sent to it."""

from typing import get_args

import sqlalchemy as sa

from warehouse.records.pages import PageKind
from warehouse.schema.columns import column, load_column, metadata
from warehouse.types import Body, Key, Moment, row_id

_PAUSES = ("wait", "rest", "stop")
_PAGE_KINDS = get_args(PageKind)

host = sa.Table(
    "host",
    metadata,
    column("host", Key(200), "host, with its port where it is not the usual one", primary_key=True),
    column("next_slot_at", Moment(), "before this no request may be sent", unit="UTC"),
    column("slowed_until", Moment(), "nothing is sent until then", unit="UTC", source="server", null=True),
    column("slowed_why", Body(), "what the host answered to make us wait", source="server", null=True),
    column("slowed_how", Key(10), "what kind of pause it is or was last", allowed=_PAUSES, null=True),
    column("last_sent_at", Moment(), "when the last request had its turn", unit="UTC", null=True),
    column("slow_gap_seconds", sa.Float(), "gap that refusals have forced, null when none", unit="seconds", null=True),
    column("refusals", sa.Integer(), "requests in a row that were refused or not answered", unit="requests", null=True),
    column("trial_until", Moment(), "one request alone tries the host until then", unit="UTC", null=True),
    comment="Politeness across processes: when the next request may go to a host. Holds no personal data.",
)

pause = sa.Table(
    "pause",
    metadata,
    column("pause_id", row_id(), "number of the pause", primary_key=True),
    load_column(null=True),
    column("host", Key(200), "host to which nothing was sent"),
    column("kind", Key(10), "Retry-After, a rest after refusals in a row, or a stop after a block", allowed=_PAUSES),
    column("why", Body(), "what the host answered", source="server"),
    column("begins_at", Moment(), "when it began", unit="UTC"),
    column("until", Moment(), "when it was to end", unit="UTC"),
    column("lifted_at", Moment(), "when somebody ended a stop before its time", unit="UTC", null=True),
    column("lifted_why", Body(), "who ended it, and why", source="user", null=True),
    sa.Index(None, "host", "begins_at"),
    comment="Every time in which nothing might be sent to a host. Holds no personal data.",
)

robots = sa.Table(
    "robots",
    metadata,
    column("robots_id", row_id(), "number of this copy of robots.txt", primary_key=True),
    load_column(null=True),
    column("host", Key(200), "host that served it"),
    column("url", Body(), "its address"),
    column("status", sa.Integer(), "HTTP status, null when no answer came", source="server", null=True),
    column("body", Body(), "its text", source="server"),
    column("sha256", Key(64), "hash of its text", unit="SHA-256 hex"),
    column("permission", Body(), "who allowed us to go on where it refuses, and when", source="user", null=True),
    column("fetched_at", Moment(), "when it was fetched", unit="UTC"),
    column("user_agent", Body(), "what we called ourselves; its first word is matched against groups", null=True),
    sa.Index(None, "host", "fetched_at"),
    comment="Every robots.txt as it stood when it was obeyed. Holds no personal data.",
)

request = sa.Table(
    "request",
    metadata,
    column("request_id", row_id(), "number of the request, in order of record", primary_key=True),
    load_column(),
    column("frontier_id", row_id(), "frontier row that it was for", sa.ForeignKey("frontier.frontier_id"), null=True),
    column("robots_id", row_id(), "robots.txt in force", sa.ForeignKey("robots.robots_id"), null=True),
    column("host", Key(200), "host that was asked"),
    column("method", Key(10), "HTTP method"),
    column("url", Body(), "address that was asked for"),
    column("sent_at", Moment(), "when it was sent", unit="UTC"),
    column("elapsed_seconds", sa.Float(), "until the last byte came", unit="seconds", null=True),
    column("waited_seconds", sa.Float(), "time spent at the politeness gate before", unit="seconds"),
    column("gap_seconds", sa.Float(), "gap that was in force for the host", unit="seconds"),
    column(
        "retry_after_seconds", sa.Float(), "wait that the host asked for", unit="seconds", source="server", null=True
    ),
    column("status", sa.Integer(), "HTTP status, null when no answer came", source="server", null=True),
    column("page_kind", Key(20), "what the answer turned out to be", allowed=(*_PAGE_KINDS, "robots"), null=True),
    column("fetched_by", Key(10), "plain HTTP or a browser", allowed=("http", "browser")),
    column("error", Body(), "what went wrong", null=True),
    column("user_agent", Body(), "what we called ourselves", null=True),
    sa.Index(None, "host", "sent_at"),
    sa.Index(None, "load_id"),
    comment="Ledger of every request sent: the proof of politeness. Holds no personal data.",
)
