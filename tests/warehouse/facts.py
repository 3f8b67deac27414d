"""A small invented corpus, kept in Python and stored in a warehouse: what the cookbook's answers are held against."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from warehouse.connect import transaction
from warehouse.datasets.manifest import Manifest
from warehouse.frontier.claims import enqueue
from warehouse.frontier.crawls import Crawl
from warehouse.lineage import record_dataset, record_evaluation, record_run
from warehouse.loads import begin_load, end_load
from warehouse.records.pages import Answer, Link, ParsedPage, Question
from warehouse.schema.columns import load
from warehouse.schema.content import dialogue, question
from warehouse.schema.crawling import frontier, page
from warehouse.schema.models import dataset
from warehouse.store.rowtext import Provenance
from warehouse.store.upserts import store_records

ORIGIN = "http://127.0.0.1:8000"
# The last hours of 2025 in UTC are 2026 in Korea, so that a month counted in the wrong zone shows.
BEGIN = datetime(2025, 12, 30, tzinfo=UTC)
SHA = "a" * 64
COMMANDS = ("crawl naver_kin", "crawl nate_pann", "reparse naver_kin")


@dataclass
class Facts:
    """Everything stored, by the records that were stored."""

    questions: list[Question] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    load_of: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    loads: list[dict[str, Any]] = field(default_factory=list)
    aside: list[dict[str, Any]] = field(default_factory=list)

    def direct(self, asked: Question) -> list[Answer]:
        """The answers that stand directly under the question."""
        return [row for row in self.answers[asked.external_id] if row.parent_external_id is None]


def fill(engine: sa.Engine, folder: Path) -> Facts:
    """Store a corpus drawn with a fixed seed, and give its facts."""
    facts, draw = Facts(), random.Random(5)
    _fill_loads(engine, facts)
    with transaction(engine) as connection:
        for number in range(150):
            asked = _question(draw, number)
            answers = [_answer(draw, asked, place) for place in range(1, draw.choice((1, 1, 2, 3, 6)))]
            facts.questions.append(asked)
            facts.answers[asked.external_id] = answers
            facts.load_of[asked.external_id] = facts.loads[number // 80]["load_id"]
            parsed = ParsedPage(asked.site, "question", "E4", asked, tuple(answers), (), "1")
            origin = Provenance(SHA, "1", facts.load_of[asked.external_id], BEGIN)
            store_records(connection, ORIGIN, parsed, origin)
        facts.gone = {asked.external_id for asked in facts.questions[::7]}
        connection.execute(
            sa.update(question).where(question.c.external_id.in_(sorted(facts.gone))).values(gone_at=BEGIN)
        )
    _fill_frontier(engine, facts)
    _fill_dialogues(engine, facts)
    _fill_models(engine, facts, folder)
    return facts


def _question(draw: random.Random, number: int) -> Question:
    # Most in a few weeks, so that topics and months hold several.
    at = BEGIN + timedelta(minutes=draw.randrange(60 * 24 * 70))
    words = draw.choices(("된장찌개", "김치", "이별", "자격증", "필기", "100%"), k=draw.randrange(1, 60))
    return Question(
        site=draw.choice(("naver_kin", "nate_pann")),
        external_id=str(1000 + number),
        url=f"https://kin.naver.com/{1000 + number}",
        title=f"질문 '{number}'",
        body=" ".join(words),
        topic=draw.choice(("요리", "연애", None)),
        asked_at=at if draw.random() < 0.9 else None,
        asked_precision=draw.choice(("minute", "minute", "hour", "day")),
        answers_total=draw.choice((None, 0, 3)),
    )


def _answer(draw: random.Random, asked: Question, place: int) -> Answer:
    after = timedelta(seconds=draw.randrange(60, 10**6))
    under = place > 1 and draw.random() < 0.3
    return Answer(
        question_external_id=asked.external_id,
        external_id=str(place),
        kind="comment" if under else "answer",
        parent_external_id="1" if under else None,
        position=place,
        body="답변 " * draw.randrange(1, 90),
        author_key=draw.choice(("a" * 64, "b" * 64, "c" * 64, None)),
        is_chosen=not under and draw.random() < 0.3,
        written_by=draw.choice(("person", "person", "person", "ai", "seller")),
        answered_at=asked.asked_at + after if asked.asked_at and draw.random() < 0.9 else None,
        votes_up=draw.choice((None, 0, 1, 2, 3, 50)),
    )


def _fill_loads(engine: sa.Engine, facts: Facts) -> None:
    for place, command in enumerate(COMMANDS):
        number = begin_load(engine, command, "0" * 64, "0.1.0")
        end_load(engine, number, "done", {"stored": place})
        times = {"started_at": BEGIN + timedelta(days=place), "ended_at": BEGIN + timedelta(days=place, seconds=90)}
        with transaction(engine) as connection:
            connection.execute(sa.update(load).where(load.c.load_id == number).values(times))
        facts.loads.append({"load_id": number, "command": command, **times})


def _fill_frontier(engine: sa.Engine, facts: Facts) -> None:
    crawl = Crawl("naver_kin", "", ORIGIN)
    enqueue(engine, crawl, [(f"q:{number}", Link("question", f"u{number}"), 0) for number in range(9)])
    codes = ["layout", "layout", "layout", "drift", None]
    with transaction(engine) as connection:
        for number, code in enumerate(codes):
            values = {"state": "set_aside", "reason_code": code, "reason": f"왜 {code}"}
            facts.aside.append(values | {"visited_at": BEGIN + timedelta(hours=number)})
            which = frontier.c.url == f"u{number}"
            connection.execute(sa.update(frontier).where(which).values(facts.aside[-1]))


def _fill_dialogues(engine: sa.Engine, facts: Facts) -> None:
    number = facts.loads[0]["load_id"]
    row = {
        "dialogue_id": "d" * 16, "source": "naver_kin", "source_key": "1", "turns": 2, "characters": 9,
        "written_by": "person", "text_sha256": "0", "page_sha256": SHA, "side": "train",
        "first_load_id": number, "load_id": facts.loads[1]["load_id"],
    }  # fmt: skip
    imported = row | {"dialogue_id": "e" * 16, "source": "import", "source_key": "2", "page_sha256": None}
    fetched = {
        "load_id": number, "site": "naver_kin", "origin": ORIGIN, "url": "u", "url_sha256": "0", "final_url": "u",
        "method": "GET", "status": 200, "kind": "question", "parser_version": "1", "charset": "utf-8",
        "fetched_by": "http", "fetched_at": BEGIN, "body_bytes": 1, "sha256": SHA, "warc_file": "f",
        "warc_offset": 0, "warc_length": 1,
    }  # fmt: skip
    other = fetched | {"sha256": "b" * 64, "url": "other"}
    with transaction(engine) as connection:
        connection.execute(sa.insert(page), [fetched, fetched | {"url": "same bytes"}, other])
        connection.execute(sa.insert(dialogue), [row, imported])


def _fill_models(engine: sa.Engine, facts: Facts, folder: Path) -> None:
    source = (facts.loads[0]["load_id"],)
    first = Manifest("qa", "v1", "1" * 64, folder, {"train": 5}, 1, {}, "dialogue", "1", "", "0", source, BEGIN)
    record_dataset(engine, first)
    second = Manifest("qa", "v2", "2" * 64, folder, {"train": 12}, 2, {}, "dialogue", "1", "", "0", source, BEGIN, "v1")
    record_dataset(engine, second)
    with transaction(engine) as connection:
        connection.execute(sa.update(dataset).where(dataset.c.version == "v1").values(flagged_at=BEGIN))
    for run, bits in (("mundap", 4.5), ("helpbot", 4.25), ("plain", 6.0)):
        record_run(engine, run=run, model="tiny", content_id="2" * 64, checkpoint=folder / run)
        record_evaluation(
            engine, checkpoint=folder / run, content_id="2" * 64, eval_set_sha256="e" * 64, rows=3,
            metrics=[("bits_per_char", bits, None, None)],
        )  # fmt: skip
