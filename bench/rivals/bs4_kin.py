"""지식iN's pages read with BeautifulSoup, field by field as our parser gives them."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bs4 import Tag

from bench.rivals.bs4_text import dated, number_of, soup_of, text_of
from crawlers.authors import author_key
from warehouse.records.pages import Page

Fields = dict[str, Any]


def read_question(page: Page, salt: bytes) -> Fields:
    """Return a question page's question, answers and further links."""
    soup = soup_of(page.text)
    root = soup.select_one(".endContentLeft")
    assert root is not None
    asked = parse_qs(urlsplit(page.url).query)
    infos = [node.get_text() for node in root.select(".userInfo--question .infoItem")]
    views = next((info for info in infos if "조회수" in info), None)
    # The label 작성일 is a hidden one and gone by now: what is left of that line is the date.
    raw = next((info.strip() for info in infos if "조회수" not in info), None)
    tag = root.select_one(".tagList a.tag[href*='dirId=']")
    question = {
        "external_id": asked["docId"][0],
        "title": text_of(root.select_one("div.endTitleSection")),
        "body": text_of(root.select_one("div.questionDetail")),
        "topic_id": parse_qs(urlsplit(str(tag["href"])).query)["dirId"][0] if tag else None,
        "topic": text_of(tag),
        "author_key": author_key(
            "naver_kin", text_of(root.select_one(".userInfo--question .infoHeadItem")) or "", salt
        ),
        **dated("asked", raw, page),
        "views": number_of(views),
        "answers_total": number_of(text_of(root.select_one("._answerCount"))) or 0,
    }
    answers: list[Fields] = []
    for position, area in enumerate(root.select(".answerArea"), 1):
        answers += _answer(area, str(area["id"]).removeprefix("answer_"), position, None, page, salt)
    return {"question": question, "answers": answers, "links": []}


def read_more_answers(page: Page, salt: bytes) -> Fields:
    """Return the answers of an AJAX list."""
    asked = parse_qs(urlsplit(page.url).query)
    first = (int(asked["page"][0]) - 1) * int(asked["count"][0]) + 1
    answers: list[Fields] = []
    for position, item in enumerate(json.loads(page.text)["detailAnswerList"], first):
        area = soup_of(item["contents"])
        answers += _answer(area, str(item["answerNo"]), position, item["formattedModifyTime"], page, salt)
    return {"question": None, "answers": answers, "links": []}


def read_list(page: Page, salt: bytes) -> Fields:
    """Return a list's questions as links."""
    soup = soup_of(page.text)
    links = [
        {"external_id": parse_qs(urlsplit(str(anchor["href"])).query)["docId"][0], "title": text_of(anchor)}
        for anchor in soup.select("#au_board_list td.title a")
    ]
    return {"question": None, "answers": [], "links": links}


def _answer(area: Tag, number: str, position: int, written: str | None, page: Page, salt: bytes) -> list[Fields]:
    card = area.select_one(".profile_card")
    anchor = card.select_one("a[href*='u=']") if card else None
    author = parse_qs(urlsplit(str(anchor["href"])).query)["u"][0] if anchor else ""
    up, down = area.select_one("[data-vote-option=UP]"), area.select_one("[data-vote-option=DOWN]")
    answer = {
        "external_id": number,
        "kind": "answer",
        "parent_external_id": None,
        "position": position,
        "body": text_of(area.select_one(".answerDetail")),
        "author_key": author_key("naver_kin", author, salt),
        "author_grade": text_of(card.select_one(".badge")) if card else None,
        "is_chosen": any(text_of(node) == "채택" for node in area.select(".answerInfo .title")),
        **dated("answered", written or text_of(area.select_one(".answerDate")), page),
        "votes_up": number_of(up["data-vote-count"] if up else None),
        "votes_down": number_of(down["data-vote-count"] if down else None),
    }
    turns = area.select(".additionQnaList__item")
    return [answer, *(_turn(turn, number, place, page) for place, turn in enumerate(turns, 1))]


def _turn(turn: Tag, parent: str, position: int, page: Page) -> Fields:
    return {
        "external_id": None,
        "kind": "follow_up",
        "parent_external_id": parent,
        "position": position,
        "body": text_of(turn.select_one(".additionQnaList__text")),
        "author_key": None,
        "author_grade": None,
        "is_chosen": False,
        **dated("answered", text_of(turn.select_one(".date")), page),
        "votes_up": None,
        "votes_down": None,
    }
