"""The rule that ends a crawl: it must speak when a field is gone and be silent whatever people happen to write."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.drift.bands import ALPHA, learn, with_floors
from warehouse.drift.chances import tail_below, wilson_lower
from warehouse.drift.facts import Fact, facts_in, facts_of
from warehouse.records.pages import Answer, ParsedPage, Question

NAME = "question.body"


def question(**values: object) -> Question:
    given_values = {"site": "s", "external_id": "1", "url": "u", "title": "제목", "body": "본문입니다"} | values
    return Question(**given_values)  # type: ignore[arg-type]


def facts(there: int, of: int, length: int = 100) -> list[Fact]:
    return [Fact(NAME, number < there, length if number < there else None) for number in range(of)]


@pytest.mark.parametrize(("learnt", "pages"), [(30, 11), (100, 8), (500, 7)])
def test_a_field_that_was_always_there_may_be_missing_on_so_many_pages_only(learnt: int, pages: int) -> None:
    band = learn(facts(learnt, learnt))[NAME]
    assert band.left_by(facts(0, pages - 1)) == ""
    assert band.left_by(facts(0, pages)).startswith(f"seen in 0 of {pages} pages, expected in at least")


def test_a_site_that_changed_just_now_is_told_by_its_last_pages() -> None:
    band = learn(facts(100, 100))[NAME]
    seen = [*facts(190, 190), *facts(0, 8)]
    assert band.left_by(seen) == "" and band.left_lately(seen)[1] == 8
    assert band.left_lately(seen[:-1]) == ("", 0)
    assert band.doubted_by(seen[:-5]) and not band.doubted_by(seen[:-6])


def test_a_parsers_own_floor_binds_a_fresh_site_and_what_it_stored_wrongly() -> None:
    fresh = with_floors({}, {NAME: 0.5})[NAME]
    assert fresh.left_lately(facts(0, 20))[1] == 20 and not fresh.left_lately(facts(0, 19))[0]
    assert fresh.doubted_by(facts(0, 2)) and not fresh.doubted_by(facts(0, 1)) and not fresh.doubted_by(facts(1, 2))
    spoilt = with_floors(learn(facts(10, 300)), {NAME: 0.5})[NAME]
    assert spoilt.is_binding and spoilt.expected == 0.5


def test_pages_that_show_no_text_count_against_what_was_learnt_alone() -> None:
    silent = [Fact(NAME, False, is_silent=True)] * 200
    fresh = with_floors({}, {NAME: 0.5})[NAME]
    assert fresh.holds(silent[0]) and not fresh.holds(Fact(NAME, False))
    assert fresh.left_lately(silent) == ("", 0) and not fresh.doubted_by(silent) and not fresh.never_shown_by(silent)
    assert fresh.left_by([*silent, *facts(0, 20)]).startswith("seen in 0 of 20 pages")
    taught = with_floors(learn(facts(100, 100)), {NAME: 0.5})[NAME]
    assert taught.left_by(silent[:8]).startswith("seen in 0 of 8 pages") and not taught.holds(silent[0])


def test_a_field_shown_sometimes_binds_only_after_many_pages() -> None:
    band = learn(facts(250, 500))[NAME]
    assert band.left_by(facts(0, 117)) == "" and band.left_by(facts(0, 118)) != ""


def test_little_binds_nothing() -> None:
    assert learn(facts(29, 29)) == {} and learn(facts(0, 500)) == {}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), share=st.floats(0.02, 1.0), pages=st.integers(1, 200), learnt=st.integers(30, 500))
def test_a_site_that_stays_as_it_was_gives_no_alarm(seed: int, share: float, pages: int, learnt: int) -> None:
    drawn = random.Random(seed)

    def sample(n: int) -> list[Fact]:
        lengths = [max(1, round(drawn.lognormvariate(4, 1))) for _ in range(n)]
        return [Fact(NAME, True, length) if drawn.random() < share else Fact(NAME, False) for length in lengths]

    bands = learn(sample(learnt))
    seen = sample(pages)
    for band in bands.values():
        assert all(band.left_by(seen[:end]) == "" for end in range(8, pages + 1, 8))
        assert all(band.left_lately(seen[:end]) == ("", 0) for end in range(8, pages + 1, 8))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), shorter=st.floats(0.25, 4.0), pages=st.integers(1, 200))
def test_another_topic_with_shorter_or_longer_texts_gives_no_alarm(seed: int, shorter: float, pages: int) -> None:
    drawn = random.Random(seed)
    learnt = [Fact(NAME, True, max(4, round(drawn.lognormvariate(5, 0.8)))) for _ in range(400)]
    other = [Fact(NAME, True, max(1, round(shorter * drawn.lognormvariate(5, 0.8)))) for _ in range(pages)]
    assert learn(learnt)[NAME].left_by(other) == ""


@pytest.mark.parametrize("length", [3, 9_000], ids=["a button's word", "the whole page"])
def test_texts_of_another_size_altogether_are_told(length: int) -> None:
    band = learn([Fact(NAME, True, 60 + number % 300) for number in range(400)])[NAME]
    assert "characters long" in band.left_by(facts(10, 10, length)) and band.left_by(facts(9, 9, length)) == ""


@pytest.mark.parametrize("n", [8, 40, 200])
@pytest.mark.parametrize("learnt", [30, 100, 500])
def test_the_chance_of_a_false_alarm_is_what_the_docstring_says(n: int, learnt: int) -> None:
    band = learn(facts(learnt, learnt))[NAME]
    worst = max((k for k in range(n + 1) if tail_below(n, k, band.floor) < ALPHA), default=-1)
    alarm = tail_below(n, worst, wilson_lower(learnt, learnt)) if worst >= 0 else 0.0
    assert alarm < 1e-9 and alarm <= tail_below(n, max(worst, 0), band.floor)


def test_posts_without_comments_and_questions_without_answers_are_ordinary() -> None:
    comment = Answer("1", "7", "comment", None, 1, "댓글")
    usual = [fact for _ in range(100) for fact in facts_of(question(answers_total=1), [comment])]
    bands = learn(usual)
    silent = [fact for _ in range(200) for fact in facts_of(question(answers_total=0), [])]
    for name in bands:
        assert bands[name].left_by([fact for fact in silent if fact.name == name]) == ""


def test_answers_that_the_page_claims_and_nobody_sees_are_told() -> None:
    answer = Answer("1", "7", "answer", None, 1, "답변")
    bands = learn(fact for _ in range(100) for fact in facts_of(question(answers_total=1), [answer]))
    lost = [fact for _ in range(8) for fact in facts_of(question(answers_total=3), [])]
    assert bands["question.answers"].left_by([fact for fact in lost if fact.name == "question.answers"])


def test_the_answers_of_a_page_are_one_witness() -> None:
    many = [Answer("1", str(number), "comment", None, number, None) for number in range(300)]
    assert sum(fact.name == "comment.body" for fact in facts_of(question(), many)) == 1


def test_an_unknown_layout_is_a_fact_of_its_own() -> None:
    page = ParsedPage("s", "unknown", None, None, (), (), "s-1")
    assert facts_in("question", page) == [Fact("question.layout", False)]


@given(n=st.integers(1, 60), share=st.floats(0.01, 0.99))
@settings(max_examples=40, deadline=None)
def test_the_binomial_tail_is_a_distribution(n: int, share: float) -> None:
    tails = [tail_below(n, k, share) for k in range(n + 1)]
    assert all(a <= b + 1e-12 for a, b in pairwise(tails)) and tails[-1] == 1.0
    assert abs(tails[0] - (1 - share) ** n) < 1e-12


def test_wilsons_interval_is_the_textbooks() -> None:
    # 95 of 100 at 99 %: 0.8604 by the formula in Wilson (1927).
    assert wilson_lower(100, 95) == pytest.approx(0.8604, abs=5e-4) and wilson_lower(10, 0) == 0.0
