"""A warehouse of a large crawl, filled with invented rows: questions, answers, frontier, pages and dialogues."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.corpus import bench_posts
from warehouse.connect import open_warehouse

_LOADS = 40
_BEGIN, _DAYS = datetime(2020, 1, 1), 6 * 365  # noqa: DTZ001  # as stored: naive UTC
TOPICS = ("연애·결혼", "청소년", "가족 고민", "컴퓨터 자격증", "전기 자격증", "요리", "건강", "여행")
INDEXES = ("ix_question_facts", "ix_answer_writer", "ix_answer_written")
# Most answers of 지식iN come from few answerers: a Pareto draw, cut at the number of them.
_ANSWERERS, _TAIL = 200_000, 1.1
_SEED, _BATCH = 7, 20_000
_Row = dict[str, Any]


def fill(path: Path, questions: int) -> dict[str, int]:
    """Make a warehouse at `path` with so many questions, three answers each on average; give rows by table.

    Rows go in past the store, whose counts and lengths are kept as it keeps them. No statistics are gathered
    (ANALYZE), since no command gathers them.
    """
    open_warehouse(f"sqlite:///{path}", create=True).dispose()
    draw = random.Random(_SEED)
    corpus = " ".join(f"{post.title} {post.body}" for post in bench_posts("naver_kin", 320))
    with opened(path) as connection, without_indexes(connection):
        _insert(connection, "load", [_load(number) for number in range(1, _LOADS + 1)])
        for first in range(1, questions + 1, _BATCH):
            numbers = range(first, min(first + _BATCH, questions + 1))
            threads = [_thread(draw, corpus, number, questions) for number in numbers]
            _insert(connection, "question", [asked for asked, _ in threads])
            _insert(connection, "answer", [row for _, answers in threads for row in answers])
            _insert(connection, "frontier", [_frontier(asked) for asked, _ in threads])
            _insert(connection, "page", [_page(asked) for asked, _ in threads])
            _insert(connection, "dialogue", [_dialogue(asked) for asked, answers in threads if answers])
        tables = ("question", "answer", "frontier", "page", "dialogue")
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that commits each statement and waits for no disk."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    yield connection
    connection.close()


@contextmanager
def without_indexes(connection: sqlite3.Connection) -> Iterator[None]:
    """Take the indexes away that analysts' counts go by, and make them again."""
    made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'").fetchall())
    for name in INDEXES:
        connection.execute(f"DROP INDEX {name}")
    yield
    for name in INDEXES:
        connection.execute(made[name])


def _insert(connection: sqlite3.Connection, table: str, rows: list[_Row]) -> None:
    names = list(rows[0])
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    connection.execute("BEGIN")
    connection.executemany(statement, [tuple(row.values()) for row in rows])
    connection.execute("COMMIT")


def _load(number: int) -> _Row:
    begun = _BEGIN + timedelta(days=_DAYS * number // _LOADS)
    return {
        "load_id": number, "command": "crawl naver_kin", "settings_sha256": "0" * 64, "code_version": "0.1.0",
        "holder": "bench", "started_at": _stored(begun), "ended_at": _stored(begun + timedelta(hours=2)),
        "outcome": "done", "counts": "{}",
    }  # fmt: skip


def _thread(draw: random.Random, corpus: str, number: int, questions: int) -> tuple[_Row, list[_Row]]:
    at = _BEGIN + timedelta(seconds=draw.randrange(_DAYS * 86_400))
    body, title = _text(draw, corpus, 20, 400), _text(draw, corpus, 10, 40)
    load = {"first_load_id": 1 + number * _LOADS // (questions + 1), "load_id": 1 + number * _LOADS // (questions + 1)}
    traces = {"text_sha256": "0" * 64, "page_sha256": f"{number:064x}", "parser_version": "1", "mask_version": "1"}
    answers = [_answer(draw, corpus, number, place, at) | traces | load for place in range(1, draw.randrange(7) + 1)]
    asked = {
        "question_id": number, "origin": "https://kin.naver.com", "site": "naver_kin" if number % 3 else "nate_pann",
        "external_id": str(100_000_000 + number), "url": f"https://kin.naver.com/qna/detail.naver?docId={number}",
        "title": title, "body": body, "body_length": len(title) + len(body), "topic": draw.choice(TOPICS),
        "author_key": f"{draw.randrange(questions):064x}", "asked_at": _stored(at),
        "asked_precision": draw.choice(("minute", "minute", "minute", "day")), "views": draw.randrange(5000),
        "answers_total": len(answers), "answers_stored": len(answers),
        "answers_chosen": sum(row["is_chosen"] for row in answers),
        "first_answered_at": min((row["answered_at"] for row in answers), default=None), "first_seen_at": _stored(at),
    } | traces | load  # fmt: skip
    return asked, answers


def _answer(draw: random.Random, corpus: str, question: int, place: int, asked: datetime) -> _Row:
    body = _text(draw, corpus, 20, 600)
    writer = min(int(draw.paretovariate(_TAIL) * 10), _ANSWERERS) + draw.randrange(1000)
    return {
        "question_id": question, "kind": "answer", "parent_external_id": "", "item_key": f"id:{place}",
        "external_id": str(place), "position": place, "body": body, "body_length": len(body),
        "author_key": f"{writer * 2654435761 % 2**256:064x}", "is_chosen": place == 1 and draw.random() < 0.4,
        "written_by": draw.choices(("person", "ai", "seller"), (90, 5, 5))[0], "speaker": "answerer",
        "answered_at": _stored(asked + timedelta(seconds=draw.randrange(60, 10**6))), "votes_up": draw.randrange(30),
    }  # fmt: skip


def _frontier(asked: _Row) -> _Row:
    aside = asked["question_id"] % 50 == 0
    return {
        "site": asked["site"], "topic": asked["topic"], "origin": asked["origin"], "key_sha256": asked["page_sha256"],
        "address_key": f"q:{asked['external_id']}", "url": asked["url"], "kind": "question", "form": "[]", "depth": 1,
        "state": "set_aside" if aside else "done", "reason": "no body found" if aside else None,
        "reason_code": "layout" if aside else None, "attempts": 1, "visited_at": asked["first_seen_at"],
        "found_at": asked["first_seen_at"], "load_id": asked["load_id"],
    }  # fmt: skip


def _page(asked: _Row) -> _Row:
    return {
        "load_id": asked["load_id"], "site": asked["site"], "origin": asked["origin"], "url": asked["url"],
        "url_sha256": asked["page_sha256"], "final_url": asked["url"], "method": "GET", "status": 200,
        "kind": "question", "layout": "E4", "parser_version": "1", "charset": "utf-8", "fetched_by": "http",
        "fetched_at": asked["first_seen_at"], "body_bytes": 60_000, "sha256": asked["page_sha256"],
        "warc_file": "a.warc.gz", "warc_offset": 0, "warc_length": 9_000,
    }  # fmt: skip


def _dialogue(asked: _Row) -> _Row:
    return {
        "dialogue_id": f"{asked['question_id']:016x}", "source": asked["site"], "source_key": asked["external_id"],
        "topic": asked["topic"], "url": asked["url"], "asked_at": asked["asked_at"], "turns": 2, "characters": 300,
        "written_by": "person", "text_sha256": "0" * 64, "page_sha256": asked["page_sha256"], "parser_version": "1",
        "first_load_id": asked["first_load_id"], "load_id": asked["load_id"],
    }  # fmt: skip


def _text(draw: random.Random, corpus: str, least: int, most: int) -> str:
    start = draw.randrange(len(corpus) - most)
    return corpus[start : start + draw.randrange(least, most)]


def _stored(moment: datetime) -> str:
    return moment.isoformat(" ", "microseconds")
