"""What the replica serves: invented posts with every number and date that a page shows.

Numbers, dates and votes come from a hash of the text, so the same corpus is the same site on every machine.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from warehouse.records.moments import KST

_GRADES = ("하수", "평민", "시민", "초수", "중수", "고수", "영웅", "지존", "초인")
_FIRST_DAY = datetime(2024, 1, 1, tzinfo=KST)
_DAYS = 1_030  # to 2026-10-26
_ASKERS = ("ㅇㅇ", "ㅇㅇ", "ㅇㅇ", "햇살한줌", "감자칩", "퇴근길", "솜이언니")


@dataclass(frozen=True, slots=True)
class ReplicaTurn:
    """A follow-up under a 지식iN answer; with an `external_id` a comment there, or a reply to a 판 comment."""

    speaker: Literal["asker", "answerer"]
    by: str
    body: str
    written_at: datetime
    external_id: str | None = None
    votes_up: int | None = None
    votes_down: int | None = None


@dataclass(frozen=True, slots=True)
class ReplicaAnswer:
    """An answer or a comment, with the id that the site would give it."""

    external_id: str
    by: str
    body: str
    is_chosen: bool
    written_by: Literal["person", "ai", "seller"]
    grade: str | None
    written_at: datetime
    votes_up: int
    votes_down: int
    turns: tuple[ReplicaTurn, ...] = ()
    comments: tuple[ReplicaTurn, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplicaPost:
    """A question or post with its answers in the order in which the site shows them, the chosen ones first."""

    site_id: str
    external_id: str
    board: str
    tags: tuple[str, ...]
    title: str
    body: str
    by: str
    asked_at: datetime
    views: int
    votes_up: int | None
    votes_down: int | None
    answers: tuple[ReplicaAnswer, ...]


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as a corpus file holds it; `turns` are (speaker or handle, text), `comments` (handle, text)."""

    body: str
    by: str
    is_chosen: bool = False
    written_by: Literal["person", "ai", "seller"] = "person"
    turns: tuple[tuple[str, str], ...] = ()
    comments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RawPost:
    """A post as a corpus file holds it."""

    site_id: str
    boards: tuple[str, ...]
    title: str
    body: str
    answers: tuple[RawAnswer, ...]
    tags: tuple[str, ...] = field(default=())


def complete(raw: RawPost, taken: set[str]) -> ReplicaPost:
    """This gives a post its numbers; its id is the next one free of `taken`, to which it is added."""
    seed = f"{raw.site_id}\n{raw.title}\n{raw.body}"
    first, span = (430_000_000, 60_000_000) if raw.site_id == "naver_kin" else (370_000_000, 9_000_000)
    number = first + _draw(seed, "id", span)
    while str(number) in taken:
        number += 1
    taken.add(str(number))
    is_kin = raw.site_id == "naver_kin"
    asked_at = _FIRST_DAY + timedelta(days=_draw(seed, "day", _DAYS))
    if not is_kin:  # 판 shows the minute, 지식iN only the day
        asked_at += timedelta(minutes=_draw(seed, "minute", 1_440))
    answers = [_answer(seed, number, place, answer, asked_at, is_kin) for place, answer in enumerate(raw.answers, 1)]
    return ReplicaPost(
        site_id=raw.site_id,
        external_id=str(number),
        board=raw.boards[_draw(seed, "board", len(raw.boards))],
        tags=raw.tags,
        title=raw.title,
        body=raw.body,
        by="비공개" if is_kin else _ASKERS[_draw(seed, "asker", len(_ASKERS))],
        asked_at=asked_at,
        views=20 + _draw(seed, "views", 9_000),
        votes_up=None if is_kin else _draw(seed, "up", 300),
        votes_down=None if is_kin else _draw(seed, "down", 60),
        answers=tuple(sorted(answers, key=lambda answer: not answer.is_chosen)),
    )


def author_id(handle: str) -> str:
    """This is the opaque id that 지식iN's profile links carry for a handle."""
    return base64.b64encode(hashlib.sha256(handle.encode()).digest()[:18]).decode()


def _answer(
    post_seed: str, post_number: int, place: int, raw: RawAnswer, asked_at: datetime, is_kin: bool
) -> ReplicaAnswer:
    seed = f"{post_seed}\n{place}\n{raw.body}"
    step = timedelta(days=_draw(seed, "later", 4)) if is_kin else timedelta(minutes=1 + _draw(seed, "later", 2_000))
    written_at = asked_at + step
    number = place if is_kin else post_number * 2 + place * 100
    shows_grade = is_kin and raw.by != "비공개" and raw.written_by != "ai"
    return ReplicaAnswer(
        external_id=str(number),
        by=raw.by,
        body=raw.body,
        is_chosen=raw.is_chosen,
        written_by=raw.written_by,
        grade=_GRADES[_draw(raw.by, "grade", len(_GRADES))] if shows_grade else None,
        written_at=written_at,
        votes_up=_draw(seed, "up", 40) + (30 if raw.is_chosen else 0),
        votes_down=_draw(seed, "down", 6),
        turns=tuple(
            _turn(number, place_in, by, text, written_at, is_kin) for place_in, (by, text) in enumerate(raw.turns, 1)
        ),
        comments=tuple(
            ReplicaTurn(
                "answerer", by, text, written_at + timedelta(hours=place_in, seconds=7), f"{number}{place_in:03}"
            )
            for place_in, (by, text) in enumerate(raw.comments, 1)
        ),
    )


def _turn(parent: int, place: int, by: str, text: str, after: datetime, is_kin: bool) -> ReplicaTurn:
    is_asker = by in ("questioner", "쓰니", "글쓴이")
    if is_kin:
        return ReplicaTurn("asker" if is_asker else "answerer", by, text, after + timedelta(days=place))
    return ReplicaTurn(
        "asker" if is_asker else "answerer", by, text, after + timedelta(minutes=7 * place), str(parent + place),
        _draw(text, "up", 9), _draw(text, "down", 3),
    )  # fmt: skip


def _draw(seed: str, purpose: str, below: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{purpose}\n{seed}".encode()).digest()[:8]) % below
