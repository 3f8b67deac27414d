"""One page as gzipped WARC 1.1 records (ISO 28500), each a gzip member of its own, and back.

A page that HTTP brought is a `response`; one that a browser drew is a `resource`, since its bytes are the document
after its scripts ran and never went over the wire. A POST's `request` stands beside it: there the address alone does
not say what was asked. It holds what makes the request what it was (method, path, host, form), not every header
sent. For GET the response's own fields say it all.

The body is stored as decoded by the fetcher, so that headers about its coding on the wire are renamed, as archives
do, and other tools read the record as it is. An extension field holds what WARC has no place for.
"""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from warehouse.records.pages import Page

_VERSION = "WARC/1.1"
_FIELD = "WARC-Mundap-Page"
_WIRE = {"content-encoding", "transfer-encoding", "content-length"}
_KEPT = ("url", "final_url", "status", "headers", "charset", "method", "fetched_by")


def pack_info(file: str, info: Mapping[str, str]) -> bytes:
    """The `warcinfo` record that opens a file: who wrote it, and by what manners."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=_VERSION)
    writer.write_record(writer.create_warcinfo_record(file, dict(info)))
    return out.getvalue()


def pack(page: Page) -> bytes:
    """The page as the bytes of one gzip member, or of two where it answers a POST."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=_VERSION)
    record = _answer(writer, page)
    writer.write_record(record)
    if page.method == "POST":
        answered = record.rec_headers.get_header("WARC-Record-ID")
        writer.write_record(_request(writer, page, answered))
    return out.getvalue()


def unpack(records: bytes) -> Page | None:
    """The page in the bytes of its records, None when they are damaged."""
    try:
        for found in ArchiveIterator(BytesIO(gzip.decompress(records))):
            facts = json.loads(base64.b64decode(found.rec_headers.get_header(_FIELD) or ""))
            return _page(facts, found.raw_stream.read())
    except (ArchiveLoadFailed, EOFError, gzip.BadGzipFile, zlib.error, ValueError, KeyError):
        return None
    return None


def _answer(writer: WARCWriter, page: Page) -> Any:
    is_drawn = page.fetched_by == "browser"
    facts: dict[str, Any] = {name: getattr(page, name) for name in _KEPT}
    facts |= {"fetched_at": page.fetched_at.astimezone(UTC).isoformat()}
    facts |= {"request_body": base64.b64encode(page.request_body).decode("ascii")}
    fields = {"WARC-Date": _date(page), _FIELD: base64.b64encode(json.dumps(facts).encode("ascii")).decode("ascii")}
    return writer.create_warc_record(
        _address(page),
        "resource" if is_drawn else "response",
        payload=BytesIO(page.body),
        # Without a length the writer copies the body into a temporary file to learn it.
        length=len(page.body),
        warc_content_type=f"text/html; charset={_printable(page.charset)}" if is_drawn else "",
        http_headers=None if is_drawn else StatusAndHeaders(_status_line(page.status), _headers(page), "HTTP/1.1"),
        warc_headers_dict=fields,
    )


def _request(writer: WARCWriter, page: Page, answered: str) -> Any:
    asked = urlsplit(quote(page.url, safe="!#$%&'()*+,/:;=?@[]~", errors="replace"))
    path = (asked.path or "/") + (f"?{asked.query}" if asked.query else "")
    headers = [
        ("Host", asked.netloc),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Content-Length", str(len(page.request_body))),
    ]
    return writer.create_warc_record(
        _address(page),
        "request",
        payload=BytesIO(page.request_body),
        length=len(page.request_body),
        http_headers=StatusAndHeaders(f"{page.method} {path} HTTP/1.1", headers, is_http_request=True),
        warc_headers_dict={"WARC-Date": _date(page), "WARC-Concurrent-To": answered},
    )


def _page(facts: dict[str, Any], body: bytes) -> Page:
    facts["headers"] = tuple((name, value) for name, value in facts["headers"])
    facts["fetched_at"] = datetime.fromisoformat(facts["fetched_at"])
    facts["request_body"] = base64.b64decode(facts["request_body"])
    return Page(body=body, **facts)


def _address(page: Page) -> str:
    return quote(page.final_url, safe="!#$%&'()*+,/:;=?@[]~", errors="replace")


def _date(page: Page) -> str:
    return page.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _headers(page: Page) -> list[tuple[str, str]]:
    renamed = [(f"x-archive-orig-{name}" if name in _WIRE else name, _printable(value)) for name, value in page.headers]
    return [*renamed, ("content-length", str(len(page.body)))]


def _status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}" if status in HTTPStatus._value2member_map_ else str(status)


def _printable(text: str) -> str:
    # A line break inside a value would begin another header.
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).encode("ascii", "backslashreplace").decode("ascii")
