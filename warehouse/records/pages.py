"""What is fetched and what a parser makes of it. A field that the page does not hold is None, never invented."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PageKind = Literal[
    "question", "list", "empty", "gone", "login", "age", "captcha", "blocked", "error", "script_only", "unknown"
]


@dataclass(frozen=True, slots=True)
class Page:
    """Fetched bytes with what is needed to store, replay and parse them.

    `url` is the address asked for, `final_url` the one that answered. `headers` are the response's, names
    lower-case. `charset` is the one decided on and `fetched_at` an aware UTC moment.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    charset: str
    fetched_at: datetime
    method: str = "GET"
    request_body: bytes = b""
    fetched_by: Literal["http", "browser"] = "http"

    @property
    def text(self) -> str:
        """The body decoded; undecodable bytes become U+FFFD."""
        return self.body.decode(self.charset, "replace")


@dataclass(frozen=True, slots=True)
class Question:
    """A 지식iN question or a 판 post. `asked_precision` is how exact `asked_at` is."""

    site: str
    external_id: str
    url: str
    title: str | None
    body: str | None
    topic_id: str | None = None
    topic: str | None = None
    author_key: str | None = None
    asked_raw: str | None = None
    asked_at: datetime | None = None
    asked_precision: Literal["second", "minute", "hour", "day", "month", "year"] | None = None
    views: int | None = None
    votes_up: int | None = None
    votes_down: int | None = None
    answers_total: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Any 답변 or 댓글. `position` counts from 1 in page order; `is_chosen` is 채택 or 베플.

    A `follow_up` is one 추가질문 or 추가답변 under the answer that `parent_external_id` names. `speaker` tells
    whether the person who asked wrote it (추가질문, a post's author in the comments) or somebody else.
    """

    question_external_id: str
    external_id: str | None
    kind: Literal["answer", "comment", "follow_up"]
    parent_external_id: str | None
    position: int
    body: str | None
    author_key: str | None = None
    author_grade: str | None = None
    is_chosen: bool = False
    written_by: Literal["person", "ai", "seller"] = "person"
    speaker: Literal["asker", "answerer"] = "answerer"
    answered_raw: str | None = None
    answered_at: datetime | None = None
    votes_up: int | None = None
    votes_down: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What a page leads to, in page order, once each. A `next` link is the following page of the same list.

    `form` holds the fields of a POST (판's comment pages), empty for GET.
    """

    kind: Literal["question", "list", "next"]
    url: str
    external_id: str | None = None
    title: str | None = None
    form: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """Everything a parser read from one page; `layout` is the name of the markup era it recognised.

    `has_unread_text` tells that the place of a question without a body shows text that no field took: there is a body
    then, and the parser missed it. `tells_marks` is False for a layout that shows neither who was chosen nor who wrote:
    what is stored of that stays.
    """

    site: str
    kind: PageKind
    layout: str | None
    question: Question | None
    answers: tuple[Answer, ...]
    links: tuple[Link, ...]
    parser_version: str
    has_unread_text: bool = False
    tells_marks: bool = True
