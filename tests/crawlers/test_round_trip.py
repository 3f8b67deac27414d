"""Everything that the replica writes is read back exactly."""

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.authors import author_key
from crawlers.replica.corpus import _servable
from crawlers.replica.posts import RawAnswer, RawPost, ReplicaPost, author_id, complete
from crawlers.sites.boards import KIN_DIRECTORIES, PANN_CHANNELS
from crawlers.sites.pann_comments import _DELETED
from crawlers.sites.registry import SITES
from tests.crawlers.reading import DESKS, SALT, merged, read_all
from warehouse.records.pages import Answer, Question


def question_of(post: ReplicaPost) -> Question:
    is_kin = post.site_id == "naver_kin"
    raw = f"{post.asked_at:%Y.%m.%d}" if is_kin else f"{post.asked_at:%Y.%m.%d %H:%M}"
    top = post.board[: 1 if len(post.board) % 2 else 2]
    path = f"/qna/detail.naver?d1id={top}&dirId={post.board}&docId={post.external_id}"
    return Question(
        site=post.site_id,
        external_id=post.external_id,
        url=SITES[post.site_id].base_url + (path if is_kin else f"/talk/{post.external_id}"),
        title=post.title,
        body=post.body or None,
        topic_id=post.board,
        topic=(KIN_DIRECTORIES if is_kin else PANN_CHANNELS)[post.board],
        author_key=author_key(post.site_id, post.by, SALT),
        asked_raw=raw,
        asked_at=post.asked_at.astimezone(UTC),
        asked_precision="day" if is_kin else "minute",
        views=post.views,
        votes_up=post.votes_up,
        votes_down=post.votes_down,
        answers_total=len(post.answers),
    )


def kin_answers(post: ReplicaPost) -> list[Answer]:
    found: list[Answer] = []
    for position, answer in enumerate(post.answers, 1):
        key = author_key("naver_kin", "" if answer.by == "비공개" else author_id(answer.by), SALT)
        common = Answer(post.external_id, answer.external_id, "answer", None, position, answer.body or None, key)
        found.append(
            replace(
                common,
                author_grade=answer.grade,
                is_chosen=answer.is_chosen,
                written_by=answer.written_by,
                answered_raw=f"{answer.written_at:%Y.%m.%d.}",
                answered_at=answer.written_at.astimezone(UTC),
                votes_up=answer.votes_up,
                votes_down=answer.votes_down,
            )
        )
        for place, turn in enumerate(answer.turns, 1):
            follow_up = Answer(post.external_id, None, "follow_up", answer.external_id, place, turn.body or None)
            found.append(
                replace(
                    follow_up,
                    speaker=turn.speaker,
                    answered_raw=f"{turn.written_at:%Y.%m.%d.}",
                    answered_at=turn.written_at.astimezone(UTC),
                )
            )
    return found


def kin_comments(post: ReplicaPost) -> set[Answer]:
    return {
        Answer(
            post.external_id,
            comment.external_id,
            "comment",
            answer.external_id,
            position,
            comment.body,
            author_key("naver_kin", author_id(comment.by), SALT),
            answered_raw=f"{comment.written_at:%Y.%m.%d. %H:%M:%S}",
            answered_at=comment.written_at.astimezone(UTC),
        )
        for answer in post.answers
        for position, comment in enumerate(answer.comments, 1)
    }


def pann_answers(post: ReplicaPost) -> set[Answer]:
    found: set[Answer] = set()
    for answer in post.answers:
        rows = [(answer, None, answer.is_chosen), *((turn, answer.external_id, False) for turn in answer.turns)]
        for row, parent, is_chosen in rows:
            by_asker = row.by in ("쓰니", "글쓴이") or (row.by == post.by != "ㅇㅇ" and parent is None)
            found.add(
                Answer(
                    question_external_id=post.external_id,
                    external_id=row.external_id,
                    kind="comment",
                    parent_external_id=parent,
                    position=0,
                    body=row.body or None,
                    author_key=author_key("nate_pann", row.by, SALT),
                    is_chosen=is_chosen,
                    speaker="asker" if by_asker else "answerer",
                    answered_raw=f"{row.written_at:%Y.%m.%d %H:%M}",
                    answered_at=row.written_at.astimezone(UTC),
                    votes_up=row.votes_up,
                    votes_down=row.votes_down,
                )
            )
    return found


def assert_read_back(post: ReplicaPost) -> None:
    question, answers = read_all(DESKS[post.site_id]([post]), post)
    assert question == question_of(post)
    if post.site_id == "naver_kin":
        assert [answer for answer in answers if answer.kind != "comment"] == kin_answers(post)
        assert {answer for answer in answers if answer.kind == "comment"} == kin_comments(post)
    else:
        assert merged(answers) == pann_answers(post)


texts = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=60).map(_servable)
lines = texts.map(lambda text: text.replace("\n", " "))
# A comment that says nothing else is a deleted one to every reader.
written = texts.filter(lambda text: bool(text) and text not in _DELETED)
handles = st.sampled_from(["비공개", "도토리묵", "전기쟁이79", "ㅇㅇ", "쓰니", "<b>굵게&amp;"])


@st.composite
def raw_posts(draw: st.DrawFn) -> RawPost:
    site = draw(st.sampled_from(["naver_kin", "nate_pann"]))
    turns = st.lists(st.tuples(st.just("questioner") if site == "naver_kin" else handles, written), max_size=3)
    answer = st.builds(RawAnswer, written, handles, st.booleans(), st.just("person"), turns.map(tuple))
    boards = ("80101", "102") if site == "naver_kin" else ("c20006", "c20025")
    answers = draw(st.lists(answer, max_size=12))
    return RawPost(site, boards, draw(lines.filter(bool)), draw(texts), tuple(answers), ("꼬리표",))


@settings(max_examples=60, deadline=None)
@given(raw_posts())
def test_any_post_is_read_back(raw: RawPost) -> None:
    assert_read_back(complete(raw, set()))


@pytest.mark.parametrize("site_id", SITES)
def test_the_shipped_corpus_is_read_back(corpus: dict[str, tuple[ReplicaPost, ...]], site_id: str) -> None:
    assert sum(map(len, corpus.values())) >= 300
    for post in corpus[site_id]:
        assert_read_back(post)


def test_ids_are_never_given_twice() -> None:
    taken: set[str] = set()
    raw = RawPost("naver_kin", ("814",), "같은 질문", "같은 본문", ())
    assert len({complete(raw, taken).external_id for _ in range(3)}) == 3


def test_positions_of_chosen_answers_come_first(corpus: dict[str, tuple[ReplicaPost, ...]]) -> None:
    flags = [[answer.is_chosen for answer in post.answers] for posts in corpus.values() for post in posts]
    assert all(marks == sorted(marks, reverse=True) for marks in flags)
