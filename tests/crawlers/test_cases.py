"""Every folder under cases/ is a page of our own writing and the records that must come of it."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import pytest

from crawlers.sites import nate_pann, naver_kin
from crawlers.sites.kin_layouts import LAYOUTS as KIN_LAYOUTS
from crawlers.sites.pann_layouts import LAYOUTS as PANN_LAYOUTS
from crawlers.sites.registry import SITES, for_adults
from warehouse.records.pages import Answer, Link, Page, PageKind, ParsedPage, Question

VERSIONS = {"naver_kin": naver_kin.PARSER_VERSION, "nate_pann": nate_pann.PARSER_VERSION}
CASES = sorted(Path(__file__).parent.glob("cases/*/*/case.json"))


def page_of(case: dict[str, Any], body: bytes) -> Page:
    return Page(
        url=case["url"],
        final_url=case.get("final_url", case["url"]),
        status=case.get("status", 200),
        headers=(),
        body=body,
        charset="utf-8",
        fetched_at=datetime.fromisoformat(case["fetched_at"]),
        method="POST" if "form" in case else "GET",
        request_body=urlencode(case.get("form", {})).encode(),
    )


def expected_of(site: str, case: dict[str, Any], version: str) -> ParsedPage:
    wanted = case["expected"]
    question = wanted["question"] and Question(**_dated(wanted["question"], "asked_at"))
    # What a case does not name has the record's own default; these two have none.
    blank = {"external_id": None, "parent_external_id": None}
    answers = tuple(Answer(**blank | _dated(answer, "answered_at")) for answer in wanted["answers"])
    links = tuple(Link(**link | {"form": tuple(map(tuple, link.get("form", ())))}) for link in wanted["links"])
    signs = {name: wanted[name] for name in ("has_unread_text", "tells_marks") if name in wanted}
    return ParsedPage(site, wanted["kind"], wanted["layout"], question, answers, links, version, **signs)


def _dated(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return fields | {name: datetime.fromisoformat(fields[name])} if fields.get(name) else fields


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parts[-3]}-{file.parts[-2]}")
def test_a_page_gives_the_records_of_its_case(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    site = file.parts[-3]
    reader = for_adults(SITES[site]) if case.get("for_adults") else SITES[site]
    parsed = reader.read(page_of(case, (file.parent / "page.html").read_bytes()), None)
    assert asdict(parsed) == asdict(expected_of(site, case, VERSIONS[site])), case["about"]


def test_the_cases_cover_every_layout_and_kind() -> None:
    expected = [json.loads(file.read_text(encoding="utf-8"))["expected"] for file in CASES]
    assert len(CASES) >= 120
    assert {case["kind"] for case in expected} == set(get_args(PageKind))
    assert {case["layout"] for case in expected} >= {*KIN_LAYOUTS, "E4-ajax", *PANN_LAYOUTS, "mobile-comments"}
