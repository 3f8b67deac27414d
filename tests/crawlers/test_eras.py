"""The same posts in every era's markup: what an era's page holds is what today's page says, the rest is null."""

from dataclasses import replace
from typing import Any

import pytest

from crawlers.replica.kin import KinDesk
from crawlers.replica.pann import PannDesk
from crawlers.replica.posts import ReplicaPost
from crawlers.replica.server import ERAS, Replica
from tests.crawlers.reading import DESKS, merged, post_link, read_all, read_link
from warehouse.errors import Misuse
from warehouse.records.pages import Answer, Question

# What the pages of an era do not hold, as far as anybody has read.
NOT_IN_E3: dict[str, Any] = {"author_grade": None, "votes_down": None}
NOT_IN_E2 = NOT_IN_E3 | {"author_key": None, "is_chosen": False, "written_by": "person"}
NOT_IN_E2 |= {"answered_raw": None, "answered_at": None, "votes_up": None}
NOT_IN_MOBILE = NOT_IN_E2 | {"external_id": None}
NO_TOPIC: dict[str, Any] = {"topic_id": None, "topic": None}
NO_DATE: dict[str, Any] = {"asked_raw": None, "asked_at": None, "asked_precision": None}


def in_both(desk_era: str, post: ReplicaPost) -> tuple[tuple[Question, list[Answer]], tuple[Question, list[Answer]]]:
    today = {"naver_kin": "E4", "nate_pann": "2026"}[post.site_id]
    return tuple(read_all(DESKS[post.site_id]([post], era), post) for era in (today, desk_era))  # type: ignore[return-value]


def answers_only(answers: list[Answer], lost: dict[str, Any]) -> list[Answer]:
    return [replace(answer, **lost) for answer in answers if answer.kind == "answer"]


def test_e3_gives_what_its_page_holds(corpus: Any) -> None:
    for post in corpus["naver_kin"]:
        (question, answers), (asked, found) = in_both("E3", post)
        assert asked == question
        assert [answer for answer in found if answer.kind == "answer"] == answers_only(answers, NOT_IN_E3)
        # Five comments a page, by name: their numbers and authors' ids come by AJAX alone.
        shown = [(answer.parent_external_id, answer.body, answer.answered_at) for answer in answers if is_shown(answer)]
        comments = [answer for answer in found if answer.kind == "comment"]
        assert [(row.parent_external_id, row.body, row.answered_at) for row in comments] == shown
        assert {row.external_id for row in comments} <= {None}


def is_shown(answer: Answer) -> bool:
    return answer.kind == "comment" and answer.position <= 5


def test_e2_gives_what_its_page_holds(corpus: Any) -> None:
    for post in corpus["naver_kin"]:
        (question, answers), (asked, found) = in_both("E2", post)
        assert asked == replace(question, views=None, answers_total=None, **NO_TOPIC)
        assert found == answers_only(answers, NOT_IN_E2)


def test_the_mobile_page_gives_what_it_holds(corpus: Any) -> None:
    for post in corpus["naver_kin"]:
        (question, answers), (asked, found) = in_both("mobile", post)
        assert asked == replace(question, views=None, **NO_TOPIC, **NO_DATE)
        assert found == answers_only(answers, NOT_IN_MOBILE)


def test_panns_older_page_is_todays(corpus: Any) -> None:
    for post in corpus["nate_pann"]:
        today, older = in_both("2014", post)
        assert older == today


def test_panns_mobile_pages_give_what_they_hold(corpus: Any) -> None:
    for post in corpus["nate_pann"]:
        (question, answers), (asked, found) = in_both("mobile", post)
        silent = 0 if not post.answers else None
        assert asked == replace(question, votes_up=None, votes_down=None, answers_total=silent)
        assert merged(found) == merged(answers)


@pytest.mark.parametrize(
    ("desk", "era", "layout"),
    [(KinDesk, "E4", "E4"), (KinDesk, "E3", "E3"), (KinDesk, "E2", "E2"), (KinDesk, "mobile", "mobile")]
    + [(PannDesk, era, era) for era in ("2026", "2014", "mobile")],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_an_era_is_told_by_its_marks(corpus: Any, desk: Any, era: str, layout: str) -> None:
    post = corpus["naver_kin" if desk is KinDesk else "nate_pann"][0]
    assert read_link(desk([post], era), post.site_id, post_link(post)).layout == layout


def test_an_unknown_era_is_answered_with_the_known_ones() -> None:
    assert set(ERAS) == {"E4", "E3", "E2", "mobile"}
    with pytest.raises(Misuse, match=r"'E9'.*E4, E3, E2, mobile"):
        Replica("naver_kin", (), era="E9")
