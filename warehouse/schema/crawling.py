"""Tables of the crawl: what to fetch, what of it is done, what came back."""

from typing import get_args

import sqlalchemy as sa

from warehouse.records.pages import PageKind
from warehouse.schema.columns import allowed_check, column, load_column, metadata
from warehouse.types import Body, Key, Moment, row_id

_STATES = ("pending", "leased", "done", "gone", "set_aside")
_KINDS = ("question", "thread", "list", "next")
_PAGE_KINDS = get_args(PageKind)

frontier = sa.Table(
    "frontier",
    metadata,
    column("frontier_id", row_id(), "number of the row, in order of discovery", primary_key=True),
    load_column(null=True),
    column("site", Key(50), "site of the crawl, such as naver_kin"),
    column("topic", Key(200), "topic or query of the crawl, empty when none", source="user"),
    column("origin", Key(200), "scheme and host really fetched from"),
    column("key_sha256", Key(64), "hash of `address_key`", unit="SHA-256 hex"),
    column("address_key", Body(), "one key for all forms of the address, such as q:439818814"),
    column("url", Body(), "canonical public address", source="site"),
    column("kind", Key(10), "what the address should lead to", allowed=_KINDS, source="site"),
    column("form", Body(), "fields of a POST, empty list for GET", unit="JSON list of pairs"),
    column("referer", Body(), "address of the page that led here", source="site", null=True),
    column("depth", sa.Integer(), "steps from a seed", unit="links"),
    column("state", Key(10), "what became of it", allowed=_STATES),
    column("reason", Body(), "why it is gone, set aside or postponed, or which other crawl has it", null=True),
    column("reason_code", Key(30), "that reason as one short word, the same for all pages of that fate", null=True),
    column("priority", sa.Integer(), "place in the queue, the least first", sa.DefaultClause("0")),
    column("attempts", sa.Integer(), "how often it was leased", unit="times"),
    column("lease_token", Key(32), "proof of the present lease", null=True),
    column(
        "leased_by",
        Key(200),
        "holder of the lease, as place:pid:start (the place is host.machine.start.numbering)",
        null=True,
    ),
    column("lease_until", Moment(), "when the lease ends", unit="UTC", null=True),
    column("next_visit_at", Moment(), "not to be fetched before, or due again then", unit="UTC", null=True),
    column(
        "visited_at",
        Moment(),
        "when a visit of it was last settled, null where another crawl has the page",
        unit="UTC",
        null=True,
    ),
    column("content_sha256", Key(64), "hash of what it said when last visited", unit="SHA-256 hex", null=True),
    column("changed_at", Moment(), "when it last said something new", unit="UTC", null=True),
    column("revisit_seconds", sa.Float(), "interval to the next look", unit="seconds", null=True),
    column("etag", Body(), "ETag of the last answer", source="server", null=True),
    column("last_modified", Body(), "Last-Modified of the last answer", source="server", null=True),
    column("found_at", Moment(), "when the link was first seen", unit="UTC"),
    sa.UniqueConstraint("site", "topic", "origin", "key_sha256"),
    sa.Index("ix_frontier_claim", "site", "topic", "origin", "state", "next_visit_at", "priority", "frontier_id"),
    allowed_check("state", _STATES),
    comment="What is still to fetch, who has it until when, and what is settled. Holds no personal data.",
)

crawl = sa.Table(
    "crawl",
    metadata,
    column("site", Key(50), "site of the crawl", primary_key=True),
    column("topic", Key(200), "topic or query of the crawl, empty when none", source="user", primary_key=True),
    column("origin", Key(200), "scheme and host really fetched from", primary_key=True),
    column("visited_pages", sa.Integer(), "pages visited at least once, what --max-pages counts", unit="pages"),
    comment="What a crawl has used of its budget. Holds no personal data.",
)

backfill = sa.Table(
    "backfill",
    metadata,
    column("backfill_id", row_id(), "number of the row", primary_key=True),
    load_column(),
    column("site", Key(50), "site of the crawl"),
    column("topic", Key(200), "topic or query of the crawl, with the words 'by day'", source="user"),
    column("origin", Key(200), "scheme and host really fetched from"),
    column("day", Key(10), "day whose lists were walked, in Korean time", unit="YYYY-MM-DD", source="user"),
    column("started_at", Moment(), "when its lists were first asked for", unit="UTC"),
    column("finished_at", Moment(), "when nothing of it was left to fetch", unit="UTC", null=True),
    sa.UniqueConstraint("site", "topic", "origin", "day"),
    comment="Days that a crawl with --since has finished or begun. Holds no personal data.",
)

page = sa.Table(
    "page",
    metadata,
    column("page_id", row_id(), "number of the page", primary_key=True),
    load_column(),
    column("frontier_id", row_id(), "frontier row that it answers", sa.ForeignKey("frontier.frontier_id"), null=True),
    column("request_id", row_id(), "request that fetched it", sa.ForeignKey("request.request_id"), null=True),
    column("site", Key(50), "site that it is of"),
    column("origin", Key(200), "scheme and host really fetched from"),
    column("url", Body(), "address asked for"),
    column("url_sha256", Key(64), "hash of that address", unit="SHA-256 hex"),
    column("final_url", Body(), "address that answered", source="server"),
    column("method", Key(10), "HTTP method"),
    column("status", sa.Integer(), "HTTP status", source="server"),
    column("kind", Key(20), "what the page turned out to be", allowed=_PAGE_KINDS),
    column("layout", Key(50), "markup era that the parser recognised", null=True),
    column("parser_version", Key(50), "parser that read it", null=True),
    column("mask_version", Key(50), "personal-data rules that its text went through", null=True),
    column("charset", Key(30), "charset decided on"),
    column("fetched_by", Key(10), "plain HTTP or a browser", allowed=("http", "browser")),
    column("fetched_at", Moment(), "when it was fetched", unit="UTC"),
    column("body_bytes", sa.Integer(), "size of the body", unit="bytes"),
    column("sha256", Key(64), "hash of the body", unit="SHA-256 hex"),
    column("warc_file", Key(300), "snapshot file, relative to the snapshot folder"),
    column("warc_offset", sa.BigInteger(), "where its record begins", unit="bytes"),
    column("warc_length", sa.BigInteger(), "length of its record", unit="bytes"),
    column("erased_at", Moment(), "when its snapshot was erased by expiry or takedown", unit="UTC", null=True),
    sa.Index(None, "sha256"),
    sa.Index(None, "url_sha256"),
    sa.Index(None, "load_id"),
    comment="Fetched pages; the bytes, which may hold personal data, stand only in the snapshot named here.",
)
