"""A replica's pages read as a crawl would read them, without sockets."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from crawlers.replica.exchange import Asked, Desk
from crawlers.replica.kin import KinDesk
from crawlers.replica.pann import PannDesk
from crawlers.replica.posts import ReplicaPost
from crawlers.sites.links import fields_of, split_url
from crawlers.sites.registry import SITES
from warehouse.records.pages import Answer, Link, Page, ParsedPage, Question

SALT = b"salt"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
DESKS: dict[str, Any] = {"naver_kin": KinDesk, "nate_pann": PannDesk}


def post_link(post: ReplicaPost) -> Link:
    path = f"/talk/{post.external_id}"
    if post.site_id == "naver_kin":
        path = f"/qna/detail.naver?d1id=8&dirId={post.board}&docId={post.external_id}"
    return Link("question", SITES[post.site_id].base_url + path)


def read_link(desk: Desk, site_id: str, link: Link) -> ParsedPage:
    site = SITES[site_id]
    request = site.request(link)
    headers = {"referer": request.referer or "", "x-requested-with": "XMLHttpRequest"}
    asked = Asked(request.method, split_url(link.url).path, fields_of(link.url), dict(link.form), headers)
    told = desk.respond(asked)
    form = "&".join(f"{name}={value}" for name, value in link.form).encode()
    return site.read(Page(link.url, link.url, told.status, (), told.body, "utf-8", NOW, request.method, form), SALT)


def read_all(desk: Desk, post: ReplicaPost) -> tuple[Question, list[Answer]]:
    """A post's page and everything that it leads to."""
    todo = [post_link(post)]
    question: Question | None = None
    answers: list[Answer] = []
    for link in todo:
        parsed = read_link(desk, post.site_id, link)
        assert parsed.kind == "question", link
        question = question or parsed.question
        answers += parsed.answers
        todo += [further for further in parsed.links if further.kind == "next"]
    assert question is not None
    return question, answers


def merged(answers: list[Answer]) -> set[Answer]:
    """Comments over all pages: each counts its own positions, and only the post's own page marks the best ones."""
    best = {answer.external_id for answer in answers if answer.is_chosen}
    return {replace(answer, position=0, is_chosen=answer.external_id in best) for answer in answers}
