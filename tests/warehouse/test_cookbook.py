"""Every question of the cookbook, run on filled data and held against what Python counts from the same records."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import fmean, median_low
from typing import Any

import pytest
import sqlalchemy as sa
import sqlglot

from pipelines.steps.parameters import parameters
from tests.warehouse.conftest import ENGINES, empty_database
from tests.warehouse.facts import BEGIN, SHA, Facts, fill
from tests.warehouse.test_tsql import FOREIGN
from warehouse.connect import open_warehouse
from warehouse.cookbook import Entry, entries
from warehouse.queries.query import run_select
from warehouse.records.pages import Answer, Question
from warehouse.views import VIEWS

ENTRIES = {entry.name: entry for entry in entries()}
GIVEN = {
    "topic": "요리",
    "since": datetime(2025, 12, 31, 15, tzinfo=UTC),
    "until": datetime(2026, 2, 28, 15, tzinfo=UTC),
    "pattern": "%된장찌개%",
    "at_least": 3,
    "dialogue_id": "d" * 16,
}
Row = tuple[Any, ...]


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Facts]]:
    folder = tmp_path_factory.mktemp("cookbook")
    engine = open_warehouse(empty_database(request.param, folder), create=True)
    yield engine.url.render_as_string(hide_password=False), fill(engine, folder)
    engine.dispose()


def kst(moment: datetime | None) -> datetime | None:
    return moment + timedelta(hours=9) if moment else None


def stamp(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if moment else None


def month(moment: datetime | None) -> str | None:
    shown = kst(moment)
    return shown.strftime("%Y-%m") if shown else None


def share(flags: list[bool]) -> float:
    return fmean(map(float, flags))


def in_time(moment: datetime | None) -> bool:
    return moment is not None and GIVEN["since"] <= moment < GIVEN["until"]


def all_answers(facts: Facts) -> list[Answer]:
    return [row for rows in facts.answers.values() for row in rows]


def of_topic(facts: Facts) -> list[Question]:
    """Of the topic asked for, in that time."""
    return [asked for asked in facts.questions if asked.topic == "요리" and in_time(asked.asked_at)]


def newest_first(found: list[Question]) -> list[Question]:
    # SQLite and SQL Server both hold null for the least.
    return sorted(found, key=lambda asked: asked.asked_at or datetime.min.replace(tzinfo=UTC), reverse=True)


def by_month(facts: Facts) -> list[Row]:
    found = Counter((asked.site, month(asked.asked_at)) for asked in facts.questions)
    return [(*key, number) for key, number in found.items()]


def by_topic(facts: Facts) -> list[Row]:
    groups = defaultdict(list)
    for asked in facts.questions:
        groups[asked.topic].append(facts.direct(asked))
    return [
        (
            topic,
            len(rows),
            fmean(map(len, rows)),
            share([bool(row) for row in rows]),
            share([any(given.is_chosen for given in row) for row in rows]),
        )
        for topic, rows in groups.items()
    ]


def first_minutes(facts: Facts) -> list[Row]:
    waits = defaultdict(list)
    for asked in facts.questions:
        moments = [row.answered_at for row in facts.direct(asked) if row.answered_at]
        if in_time(asked.asked_at) and moments and asked.asked_precision == "minute":
            waits[asked.topic].append((min(moments) - asked.asked_at).total_seconds() / 60)  # type: ignore[operator]
    return [(topic, len(found), median_low(found)) for topic, found in waits.items()]


def hours(facts: Facts) -> list[Row]:
    moments = [kst(asked.asked_at) for asked in facts.questions if asked.asked_precision in ("minute", "hour")]
    found = Counter((moment.isoweekday(), moment.hour) if moment else (None, None) for moment in moments)
    return [(*key, number) for key, number in found.items()]


def waiting(facts: Facts) -> list[Row]:
    found = [
        asked
        for asked in facts.questions
        if asked.topic == "요리" and not facts.direct(asked) and asked.external_id not in facts.gone
    ]
    return [(stamp(kst(row.asked_at)), row.title, row.answers_total, row.url) for row in newest_first(found)]


def with_word(facts: Facts) -> list[Row]:
    found = [asked for asked in of_topic(facts) if "된장찌개" in (asked.body or "")]
    return [(stamp(kst(row.asked_at)), row.title, len(facts.direct(row)), row.url) for row in newest_first(found)]


def histogram(facts: Facts) -> list[Row]:
    groups = defaultdict(list)
    for asked in facts.questions:
        length = len(asked.title or "") + len(asked.body or "")
        groups[length // 100 * 100].append(len(facts.direct(asked)))
    return [(least, len(found), fmean(found)) for least, found in groups.items()]


def chosen_lengths(facts: Facts) -> list[Row]:
    groups = defaultdict(list)
    for asked in of_topic(facts):
        for row in facts.direct(asked):
            if row.written_by == "person":
                groups[row.is_chosen].append(len(row.body or ""))
    return [(chosen, len(found), fmean(found), max(found)) for chosen, found in groups.items()]


def best(facts: Facts) -> list[Row]:
    groups = defaultdict(list)
    for asked in of_topic(facts):
        for row in facts.answers[asked.external_id]:
            if row.votes_up:
                groups[month(asked.asked_at)].append((row, asked))
    return [
        (name, place, row.votes_up, asked.title, row.body, asked.url)
        for name, found in groups.items()
        for place, (row, asked) in enumerate(sorted(found, key=lambda pair: -(pair[0].votes_up or 0))[:3], start=1)
    ]


def answerers(facts: Facts) -> list[Row]:
    groups = defaultdict(list)
    for row in all_answers(facts):
        if row.kind == "answer" and row.author_key:
            groups[row.author_key].append(row.is_chosen)
    return [(key, len(found), sum(found), share(found)) for key, found in groups.items() if len(found) >= 3]


def writers(facts: Facts) -> list[Row]:
    rows = [row for row in all_answers(facts) if in_time(row.answered_at)]
    found = Counter((month(row.answered_at), row.written_by) for row in rows)
    return [(*key, number) for key, number in found.items()]


def brought(facts: Facts) -> list[Row]:
    found = Counter(facts.load_of.values())
    return [
        (
            row["load_id"],
            row["command"],
            stamp(kst(row["started_at"])),
            1.5,
            "done",
            found[row["load_id"]],
            f'{{"stored": {place}}}',
        )
        for place, row in enumerate(facts.loads)
    ]


def aside(facts: Facts) -> list[Row]:
    groups = defaultdict(list)
    for row in facts.aside:
        groups[row["reason_code"] or "other"].append(row)
    return [
        ("naver_kin", code, len(rows), stamp(kst(max(row["visited_at"] for row in rows))), rows[0]["reason"])
        for code, rows in groups.items()
    ]


def origin(facts: Facts) -> list[Row]:
    brought, paired = ((row["load_id"], row["command"]) for row in facts.loads[:2])
    return [("d" * 16, "naver_kin", 2, "train", "u", stamp(kst(BEGIN)), "1", None, *brought, *paired)]


def grown(facts: Facts) -> list[Row]:
    return [
        ("qa", "v1", 5, 5, 1, stamp(BEGIN), None, None, None, None),
        ("qa", "v2", 12, 7, 2, None, "e" * 64, "helpbot", "tiny", 4.25),
    ]


EXPECTED: dict[str, Callable[[Facts], list[Row]]] = {
    "01_questions_by_month": by_month,
    "02_answers_by_topic": by_topic,
    "03_minutes_to_first_answer": first_minutes,
    "04_hours_of_asking": hours,
    "05_questions_without_answer": waiting,
    "06_questions_with_a_word": with_word,
    "07_lengths_of_questions": histogram,
    "08_lengths_of_chosen_answers": chosen_lengths,
    "09_best_answers": best,
    "10_answerers": answerers,
    "11_who_writes_answers": writers,
    "12_what_each_load_brought": brought,
    "13_why_pages_are_set_aside": aside,
    "14_where_a_dialogue_comes_from": origin,
    "15_datasets_and_their_best_model": grown,
}


def given(entry: Entry) -> dict[str, Any]:
    return {name: GIVEN[name] for name in entry.example}


def plain(row: Row) -> Row:
    return tuple(
        stamp(value) if isinstance(value, datetime) else round(value, 4) if isinstance(value, float) else value
        for value in row
    )


def order(row: Row) -> str:
    return str([(value is not None, str(value)) for value in row])


@pytest.mark.parametrize("name", ENTRIES)
def test_the_answer_is_what_python_counts(filled: tuple[str, Facts], name: str) -> None:
    url, facts = filled
    found = run_select(url, ENTRIES[name].sql, given(ENTRIES[name]))
    wanted = EXPECTED[name](facts)
    assert len(wanted) >= (1 if name.startswith("14") else 2)
    rows = [plain(tuple(row)) for row in found.itertuples(index=False)]
    assert sorted(rows, key=order) == sorted(map(plain, wanted), key=order)


ORDERED = ["05_questions_without_answer", "06_questions_with_a_word"]


@pytest.mark.parametrize("name", ORDERED)
def test_lists_come_newest_first(filled: tuple[str, Facts], name: str) -> None:
    url, facts = filled
    found = run_select(url, ENTRIES[name].sql, given(ENTRIES[name]), limit=5)
    assert [plain(tuple(row))[0] for row in found.itertuples(index=False)] == [
        row[0] for row in EXPECTED[name](facts)[:5]
    ]


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_it_is_t_sql_over_the_views_alone(entry: Entry) -> None:
    assert not FOREIGN.search(entry.sql)
    parsed = sqlglot.parse_one(re.sub(r":\w+", "1", entry.sql), read="tsql")
    assert {table.name for table in parsed.find_all(sqlglot.exp.Table)} <= {*VIEWS}
    assert entry.question.endswith("?") and entry.korean.endswith("?")
    assert set(entry.example) == set(re.findall(r"(?<!\w):(\w+)", entry.sql))
    assert parameters([f"{name}={value}" for name, value in entry.example.items()]).keys() == entry.example.keys()


def test_there_are_fifteen() -> None:
    assert list(EXPECTED) == list(ENTRIES) and len(ENTRIES) == 15


BY_INDEX = {
    "01_questions_by_month": ["COVERING INDEX ix_question_facts"],
    "02_answers_by_topic": ["COVERING INDEX ix_question_facts"],
    "03_minutes_to_first_answer": ["COVERING INDEX ix_question_facts"],
    "04_hours_of_asking": ["COVERING INDEX ix_question_facts"],
    "05_questions_without_answer": ["SEARCH q USING INDEX ix_question_facts (topic=?"],
    "06_questions_with_a_word": ["SEARCH q USING INDEX ix_question_facts (topic=? AND asked_at>? AND asked_at<?)"],
    "07_lengths_of_questions": ["COVERING INDEX ix_question_facts"],
    "08_lengths_of_chosen_answers": ["ix_question_facts (topic=? AND asked_at>?", "SEARCH a USING INDEX"],
    "09_best_answers": ["ix_question_facts (topic=? AND asked_at>?", "SEARCH a USING INDEX"],
    "10_answerers": ["COVERING INDEX ix_answer_writer"],
    "11_who_writes_answers": ["SEARCH a USING COVERING INDEX ix_answer_written (answered_at>?"],
    "12_what_each_load_brought": ["COVERING INDEX ix_question_facts"],
    "14_where_a_dialogue_comes_from": ["SEARCH d USING INDEX", "INDEX ix_page_sha256 (sha256=?)", "SEARCH p USING"],
}


@pytest.mark.parametrize("filled", [pytest.param("sqlite", id="sqlite")], indirect=True)
@pytest.mark.parametrize("name", BY_INDEX)
def test_no_question_or_answer_is_read_that_an_index_can_tell(filled: tuple[str, Facts], name: str) -> None:
    url, _ = filled
    engine = open_warehouse(url, read_only=True)
    asked = {key: str(value) for key, value in given(ENTRIES[name]).items()}
    with engine.connect() as connection:
        steps = connection.execute(sa.text(f"EXPLAIN QUERY PLAN {ENTRIES[name].sql}"), asked).all()
    engine.dispose()
    plan = [row[3] for row in steps]
    for used in BY_INDEX[name]:
        assert any(used in step for step in plan), plan
    bare = [step for step in plan if re.match(r"SCAN (q|a|d|p)\b(?!.* COVERING INDEX)", step)]
    assert bare == [], plan


def test_documented_sha_is_of_the_page(filled: tuple[str, Facts]) -> None:
    # Two, so that a join by it alone would give a dialogue twice.
    assert len(run_select(filled[0], "SELECT page_id FROM pages WHERE sha256 = :sha", {"sha": SHA})) == 2
