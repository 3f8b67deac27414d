"""No bytes make a parser raise; a page that is cut or scrambled never invents an id."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.charset import decide_charset
from crawlers.sites.registry import SITES
from warehouse.records.pages import Page, ParsedPage

PAGES = sorted(Path(__file__).parent.glob("cases/*/*/page.html"))
LAYOUTS: dict[str, list[Path]] = {}
for _file in PAGES:
    _layout = json.loads(_file.with_name("case.json").read_text(encoding="utf-8"))["expected"]["layout"]
    LAYOUTS.setdefault(f"{_file.parts[-3]} {_layout}", []).append(_file)
URLS = {
    "naver_kin": [
        "https://kin.naver.com/qna/detail.naver?d1id=8&dirId=814&docId=439818814",
        "https://kin.naver.com/qna/list.naver?dirId=814&page=x",
        "https://kin.naver.com/ajax/detail/answerList.naver?docId=1&page=²&count=0",
        "https://kin.naver.com/",
        "http://[broken",
        "https://kin.naver.com/ajax/detail/commentListAjax.naver?docId=1&answerNo=x&page=0&count=-1",
        "https://m.kin.naver.com/mobile/user/answerList.nhn?page=0&countPerPage=x",
    ],
    "nate_pann": [
        "https://pann.nate.com/talk/375541390",
        "https://pann.nate.com/talk/c20006?page=99999999999999999999",
        "https://pann.nate.com/talk/reply/load",
        "https://pann.nate.com/talk",
        "//",
        "https://m.pann.nate.com/talk/reply/view?pann_id=x&page=0",
    ],
}


def read(site_id: str, url: str, body: bytes, form: bytes = b"pann_id=1&page=2") -> ParsedPage:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return SITES[site_id].read(Page(url, url, 200, (), body, decide_charset({}, body), now, "GET", form), b"salt")


@st.composite
def mutilated(draw: st.DrawFn, pages: list[Path]) -> tuple[str, str, bytes]:
    file = draw(st.sampled_from(pages))
    body = file.read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        start, length = draw(st.integers(0, len(body))), draw(st.integers(0, 200))
        junk = draw(
            st.one_of(st.binary(max_size=12), st.sampled_from([b"<div>" * 40, b"\0", b"</div>", b'"', b"&#x110000;"]))
        )
        body = body[:start] + junk + body[start + length :]
    site_id = file.parts[-3]
    return site_id, draw(st.sampled_from(URLS[site_id])), body


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_mutilated_page_never_raises(layout: str, data: st.DataObject) -> None:
    site_id, url, body = data.draw(mutilated(LAYOUTS[layout]))
    parsed = read(site_id, url, body)
    assert parsed.site == site_id
    if parsed.question is not None:
        assert re.fullmatch(r"\d+", parsed.question.external_id)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SITES)), st.integers(0, 5), st.binary(max_size=300), st.binary(max_size=40))
def test_any_bytes_are_some_kind_of_page(site_id: str, place: int, body: bytes, form: bytes) -> None:
    assert read(site_id, URLS[site_id][place], body, form).kind in ("unknown", "empty", "gone", "list", "script_only")


@pytest.mark.parametrize("site_id", SITES)
def test_deep_nesting_is_only_a_strange_page(site_id: str) -> None:
    mark = b"<div class='endTitleSection'>t</div><div class='questionDetail'>"
    pann = b"<div class='post-tit-info'><h1>t</h1></div><div id='contentArea'>"
    body = (mark if site_id == "naver_kin" else pann) + b"<b><i>" * 3_000 + "바닥".encode()
    parsed = read(site_id, URLS[site_id][0], body)
    assert parsed.question is None or parsed.question.body in ("바닥", None)


def test_json_nested_to_harm_is_no_answer_list() -> None:
    assert read("naver_kin", URLS["naver_kin"][2], b"[" * 200_000).kind == "unknown"
