"""One page as one gzipped WARC response record (ISO 28500), and back.

The body is stored as decoded by the fetcher, so that headers about its coding on the wire are renamed, as
archives do, and other tools read the record as it is. An extension field holds what WARC has no place for.
"""

import base64
import gzip
import json
import re
import zlib
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from warehouse.records.pages import Page

_FIELD = "WARC-Mundap-Page"
_WIRE = {"content-encoding", "transfer-encoding", "content-length"}
_KEPT = ("url", "final_url", "status", "headers", "charset", "method", "fetched_by")


def pack(page: Page) -> bytes:
    """The page as the bytes of one gzip member."""
    facts: dict[str, Any] = {name: getattr(page, name) for name in _KEPT}
    facts |= {"fetched_at": page.fetched_at.astimezone(UTC).isoformat()}
    facts |= {"request_body": base64.b64encode(page.request_body).decode("ascii")}
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    record = writer.create_warc_record(
        quote(page.final_url, safe="!#$%&'()*+,/:;=?@[]~", errors="replace"),
        "response",
        payload=BytesIO(page.body),
        http_headers=StatusAndHeaders(_status_line(page.status), _headers(page), protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Date": page.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            _FIELD: base64.b64encode(json.dumps(facts).encode("ascii")).decode("ascii"),
        },
    )
    writer.write_record(record)
    # The writer copies the body into a temporary file to take its digest, and leaves that open.
    record.raw_stream.close()
    return out.getvalue()


def unpack(record: bytes) -> Page | None:
    """The page in the bytes of one record, None when they are damaged."""
    try:
        for found in ArchiveIterator(BytesIO(gzip.decompress(record))):
            facts = json.loads(base64.b64decode(found.rec_headers.get_header(_FIELD) or ""))
            return _page(facts, found.raw_stream.read())
    except (ArchiveLoadFailed, EOFError, gzip.BadGzipFile, zlib.error, ValueError, KeyError):
        return None
    return None


def _page(facts: dict[str, Any], body: bytes) -> Page:
    facts["headers"] = tuple((name, value) for name, value in facts["headers"])
    facts["fetched_at"] = datetime.fromisoformat(facts["fetched_at"])
    facts["request_body"] = base64.b64decode(facts["request_body"])
    return Page(body=body, **facts)


def _headers(page: Page) -> list[tuple[str, str]]:
    renamed = [(f"x-archive-orig-{name}" if name in _WIRE else name, _printable(value)) for name, value in page.headers]
    return [*renamed, ("content-length", str(len(page.body)))]


def _status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}" if status in HTTPStatus._value2member_map_ else str(status)


def _printable(text: str) -> str:
    # A line break inside a value would begin another header.
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).encode("ascii", "backslashreplace").decode("ascii")
