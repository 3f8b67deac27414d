"""Dialogues out of questions and answers."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal

from warehouse.records.dialogues import Dialogue, Turn
from warehouse.records.pages import Answer, Question

# The boilerplate lists go by these short names.
_SITES: Mapping[str, Literal["kin", "pann"]] = {
    "naver_kin": "kin",
    "nate_pann": "pann",
    "kin": "kin",
    "pann": "pann",
}


def dialogue_id(source: str, key: str) -> str:
    """First 16 hex digits of SHA-256 over source and key; stays the same as long as both do.

    >>> dialogue_id("naver_kin", "1:2")
    'fbfaf82a57486ca4'
    """
    return hashlib.sha256(f"{source}\x1f{key}".encode()).hexdigest()[:16]


def build_dialogues(
    question: Question,
    answers: Sequence[Answer],
    *,
    choose: Literal["chosen", "all"] = "chosen",
    source: str,
    page_sha256: str | None = None,
    parser_version: str | None = None,
    first_load_id: int = 0,
) -> list[Dialogue]:
    """The dialogue with the best answer, or one for each answer; none without an answer or a question text.

    The user says title and body. What follows under an answer (지식iN follow-ups, replies to a comment) makes
    further turns by its speaker. Best is an adopted answer or best comment with most votes, else any with most
    votes; then the longer, then the first. One written by an AI or a seller is best only where there is no other.
    """
    asked = _question_text(question)
    candidates = [answer for answer in answers if _is_candidate(answer)]
    if not asked or not candidates:
        return []
    if choose == "chosen":
        candidates = [min(candidates, key=_rank)]
    found = []
    for answer in candidates:
        key = f"{question.external_id}:{answer.external_id or f'{answer.kind}{answer.position}'}"
        turns = [Turn("user", asked, question.author_key), _turn(answer), *map(_turn, _below(answer, answers))]
        found.append(
            Dialogue(
                dialogue_id=dialogue_id(source, key),
                source=source,
                key=key,
                turns=_alternating(turns),
                site=_SITES.get(question.site),
                topic=question.topic,
                url=question.url,
                asked_at=question.asked_at,
                thread=f"{question.site}:{question.external_id}",
                page_sha256=page_sha256,
                parser_version=parser_version,
                first_load_id=first_load_id,
                written_by=answer.written_by,
            )
        )
    return found


def _question_text(question: Question) -> str:
    """Title and body; the title alone or the body alone where one holds all there is.

    A title made of the body's beginning is cut with "..." (in lists "…").
    """
    title, body = (question.title or "").strip(), (question.body or "").strip()
    cut = title.removesuffix("...").removesuffix("…").rstrip()
    if not body or not title:
        return body or title
    return body if cut and " ".join(body.split()).startswith(" ".join(cut.split())) else f"{title}\n{body}"


def _is_candidate(answer: Answer) -> bool:
    """Whether it answers the question itself: at top level, with text, by somebody other than the asker."""
    on_top = answer.kind == "answer" or (answer.kind == "comment" and answer.parent_external_id is None)
    return on_top and answer.speaker == "answerer" and bool((answer.body or "").strip())


def _rank(answer: Answer) -> tuple[bool, bool, int, int, int]:
    """Smallest is best."""
    return (
        answer.written_by != "person",
        not answer.is_chosen,
        -(answer.votes_up or 0),
        -len(answer.body or ""),
        answer.position,
    )


def _below(answer: Answer, answers: Sequence[Answer]) -> list[Answer]:
    """What stands under `answer`, in page order."""
    kind = "follow_up" if answer.kind == "answer" else "comment"
    if answer.external_id is None:
        return []
    below = [
        other
        for other in answers
        if other.kind == kind and other.parent_external_id == answer.external_id and (other.body or "").strip()
    ]
    return sorted(below, key=lambda other: other.position)


def _turn(answer: Answer) -> Turn:
    role: Literal["user", "assistant"] = "user" if answer.speaker == "asker" else "assistant"
    return Turn(role, (answer.body or "").strip(), answer.author_key)


def _alternating(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """One speaker's consecutive turns joined, the last one an assistant's."""
    joined: list[Turn] = []
    for role, group in groupby(turns, key=lambda turn: turn.role):
        same = list(group)
        joined.append(Turn(role, "\n".join(turn.content for turn in same), same[0].author_key))
    return tuple(joined if joined[-1].role == "assistant" else joined[:-1])
