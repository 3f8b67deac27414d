import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from warehouse.connect import LeaseLost
from warehouse.errors import Permanent
from warehouse.frontier.claims import claim, counts, enqueue
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.leases import Claim
from warehouse.hosts.ledger import RequestRow, record_request
from warehouse.loads import Stored, begin_load
from warehouse.pages.snapshots import SnapshotRef, SnapshotWriter, read_snapshot
from warehouse.pages.visits import PageRow, Visit, store_visit, store_visits
from warehouse.records.pages import Answer, Link, Page, ParsedPage, Question
from warehouse.schema.content import answer, question
from warehouse.schema.crawling import frontier, page
from warehouse.schema.hosts import request
from warehouse.store.questions import threads

MOMENT = datetime(2026, 11, 21, 3, 4, 5, 678901, tzinfo=UTC)
HARD = "한글 ㅋㅋㅋ ㅠㅜ 😀👨‍👩‍👧 ㅋ\uffbb  끝 공백   \n\n백슬래시\\\n줄\\\r\n따옴표 ' \" %s :x ? \u200b\ufeff"


def a_page(url: str, body: bytes = b"<p>x</p>", **more: object) -> Page:
    headers = (("etag", '"e1"'), ("last-modified", "Sat, 21 Nov 2026 00:00:00 GMT"))
    return replace(Page(url, url, 200, headers, body, "utf-8", MOMENT), **more)


def a_question(key: str = "439818814", **more: object) -> Question:
    row = Question("naver_kin", key, f"https://kin.naver.com/{key}", "제목입니다", HARD)
    return replace(row, asked_raw="2026.11.21.", asked_at=MOMENT, asked_precision="day", views=7, **more)


def answers(key: str = "439818814") -> tuple[Answer, ...]:
    first = Answer(key, "11", "answer", None, 1, "첫 답변", is_chosen=True, answered_at=MOMENT, votes_up=2)
    second = Answer(key, "12", "answer", None, 2, HARD, written_by="ai")
    asked = Answer(key, None, "follow_up", "11", 1, "추가 질문", speaker="asker")
    told = Answer(key, None, "follow_up", "11", 2, "추가 답변")
    return first, second, asked, told


def parsed(row: Question | None = None, given: tuple[Answer, ...] = (), kind: str = "question") -> ParsedPage:
    return ParsedPage("naver_kin", kind, "E4", row, given, (), "naver_kin-1")  # type: ignore[arg-type]


def visit(row: Claim, load_id: int, content: ParsedPage | None, **more: object) -> Visit:
    sent = RequestRow(row.url, "kin.naver.com", MOMENT, status=200, gap_seconds=5.0, page_kind="question")
    kept = PageRow(a_page(row.url), SnapshotRef("a.warc.gz", 0, 10, "f" * 64)) if content else None
    full = Visit(row, load_id, sent, kept, content, "http://127.0.0.1:8000", (), "done", mask_version="mask-1")
    return replace(full, **more)


@pytest.fixture
def row(engine: sa.Engine, crawl: Crawl) -> Claim:
    enqueue(engine, crawl, [(f"q:{i}", Link("question", f"https://kin.naver.com/{i}"), 2) for i in range(9)])
    return claim(engine, crawl, holder="x:1:t1")[0]


def next_row(engine: sa.Engine, crawl: Crawl) -> Claim:
    return claim(engine, crawl, holder="x:1:t1")[0]


def test_a_visit_is_stored_whole_and_read_back_exactly(engine: sa.Engine, load_id: int, row: Claim) -> None:
    assert store_visit(engine, visit(row, load_id, parsed(a_question(), answers()))) == Stored(new=5, questions=1)
    (thread,) = next(threads(engine))
    assert thread.question == a_question()
    assert sorted(thread.answers, key=repr) == sorted(answers(), key=repr)
    assert (thread.origin, thread.page_sha256, thread.first_load_id) == ("http://127.0.0.1:8000", "f" * 64, load_id)
    with engine.connect() as connection:
        kept = connection.execute(sa.select(page)).mappings().one()
        sent = connection.execute(sa.select(request)).mappings().one()
        settled = connection.execute(sa.select(frontier).where(frontier.c.frontier_id == row.id)).mappings().one()
    assert (kept["fetched_at"], kept["layout"], kept["mask_version"]) == (MOMENT, "E4", "mask-1")
    assert (sent["request_id"], sent["frontier_id"], sent["sent_at"]) == (kept["request_id"], row.id, MOMENT)
    assert (settled["state"], settled["etag"], settled["lease_token"]) == ("done", '"e1"', None)
    assert settled["visited_at"] is not None


def test_the_same_page_again_changes_nothing(engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim) -> None:
    store_visit(engine, visit(row, load_id, parsed(a_question(), answers())))
    later = begin_load(engine, "again", "0" * 64, "0.1.0")
    moved = parsed(replace(a_question(), views=99, votes_up=4), answers())
    other = PageRow(a_page(row.url), SnapshotRef("b.warc.gz", 0, 10, "e" * 64))
    result = store_visit(engine, visit(next_row(engine, crawl), later, moved, page=other))
    assert result == Stored(unchanged=5)
    with engine.connect() as connection:
        kept = connection.execute(sa.select(question)).mappings().one()
    assert (kept["load_id"], kept["page_sha256"], kept["views"], kept["votes_up"]) == (load_id, "f" * 64, 99, 4)


def test_changed_text_takes_the_new_load_and_snapshot(
    engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim
) -> None:
    store_visit(engine, visit(row, load_id, parsed(a_question(), answers())))
    later = begin_load(engine, "again", "0" * 64, "0.1.0")
    first, second, *rest = answers()
    content = parsed(a_question(), (first, replace(second, body="고친 답변", is_chosen=True), *rest))
    other = PageRow(a_page(row.url), SnapshotRef("b.warc.gz", 0, 10, "e" * 64))
    result = store_visit(engine, visit(next_row(engine, crawl), later, content, page=other))
    assert result == Stored(changed=1, unchanged=4)
    (thread,) = next(threads(engine))
    assert (thread.page_sha256, thread.first_load_id) == ("e" * 64, load_id)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(answer.c.load_id, answer.c.first_load_id, answer.c.body)).all()
    assert (later, load_id, "고친 답변") in [tuple(found) for found in rows]


def test_author_keys_may_come_late(engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim) -> None:
    store_visit(engine, visit(row, load_id, parsed(a_question(), answers()[:1])))
    named = tuple(replace(given, author_key="b" * 32) for given in answers()[:1])
    content = parsed(a_question(author_key="a" * 32), named)
    assert store_visit(engine, visit(next_row(engine, crawl), load_id, content)) == Stored(unchanged=2)
    (thread,) = next(threads(engine))
    assert (thread.question.author_key, thread.answers[0].author_key) == ("a" * 32, "b" * 32)


def test_a_layout_without_marks_leaves_the_marks_that_are_stored(
    engine: sa.Engine, load_id: int, crawl: Crawl, row: Claim
) -> None:
    store_visit(engine, visit(row, load_id, parsed(a_question(), answers())))
    bare = tuple(replace(given, is_chosen=False, written_by="person") for given in answers())
    blind = replace(parsed(a_question(), bare), layout="mobile", tells_marks=False)
    assert store_visit(engine, visit(next_row(engine, crawl), load_id, blind)) == Stored(unchanged=5)
    (thread,) = next(threads(engine))
    assert sorted(thread.answers, key=repr) == sorted(answers(), key=repr)
    told = replace(blind, tells_marks=True)
    assert store_visit(engine, visit(next_row(engine, crawl), load_id, told)).changed == 2


def test_natural_keys_keep_rows_apart(engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim) -> None:
    given = answers()
    comment = Answer("439818814", "11", "comment", None, 1, "같은 번호의 댓글")
    reply = Answer("439818814", "11", "comment", "11", 1, "그 아래 댓글")
    twice = replace(comment, is_chosen=True)
    store_visit(engine, visit(row, load_id, parsed(a_question(), (*given, comment, reply, twice))))
    other = visit(next_row(engine, crawl), load_id, parsed(a_question()), origin="https://kin.naver.com")
    assert store_visit(engine, other).questions == 1
    with engine.connect() as connection:
        chosen = connection.execute(sa.select(answer.c.is_chosen).where(answer.c.kind == "comment")).scalars().all()
        assert connection.execute(sa.select(sa.func.count()).select_from(answer)).scalar_one() == 6
    assert sorted(chosen) == [False, True]


def test_further_answers_join_their_question(engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim) -> None:
    more = parsed(None, (Answer("439818814", "99", "answer", None, 6, "여섯째"),))
    with pytest.raises(Permanent, match="crawl its own page first"):
        store_visit(engine, visit(row, load_id, more))
    assert counts(engine, crawl).leased == 1, "nothing of the refused visit may stay"
    store_visit(engine, visit(row, load_id, parsed(a_question(), answers())))
    assert store_visit(engine, visit(next_row(engine, crawl), load_id, more)) == Stored(new=1)
    assert len(next(threads(engine))[0].answers) == 5


def test_unstorable_characters_are_marked_and_stay_unchanged(
    engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim
) -> None:
    content = parsed(a_question(title="영\x00문자", body="반쪽 \ud83d 글자"))
    store_visit(engine, visit(row, load_id, content))
    assert store_visit(engine, visit(next_row(engine, crawl), load_id, content)) == Stored(unchanged=1)
    found = next(threads(engine))[0].question
    assert (found.title, found.body) == ("영\ufffd문자", "반쪽 \ufffd 글자")


@pytest.mark.parametrize("key", ["a\x00b", "x" * 101, "😀" * 51], ids=["nul", "long", "utf16-long"])
def test_a_key_that_no_column_holds_is_refused_in_plain_words(
    engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim, key: str
) -> None:
    with pytest.raises(Permanent, match=r"the key .*; the row is set aside") as caught:
        store_visit(engine, visit(row, load_id, parsed(a_question(key))))
    assert "\n" not in str(caught.value)
    assert counts(engine, crawl).leased == 1


def test_text_of_two_megabytes(engine: sa.Engine, load_id: int, row: Claim) -> None:
    body = "가나다😀" * 500_000
    store_visit(engine, visit(row, load_id, parsed(a_question(body=body))))
    assert next(threads(engine))[0].question.body == body


def test_links_enter_the_frontier_one_step_deeper(engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim) -> None:
    found = (("q:3", Link("question", "https://kin.naver.com/3")), ("l:1", Link("next", "https://kin.naver.com/l")))
    store_visit(engine, visit(row, load_id, parsed(None, (), "list"), links=found))
    assert counts(engine, crawl).pending == 9
    with engine.connect() as connection:
        new = connection.execute(sa.select(frontier).where(frontier.c.address_key == "l:1")).mappings().one()
    assert (new["depth"], new["referer"], new["load_id"]) == (3, row.url, load_id)


@pytest.mark.parametrize("outcome", ["gone", "set_aside", "retry"])
def test_other_outcomes(engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim, outcome: str) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    store_visit(engine, visit(row, load_id, None, outcome=outcome, reason="HTTP 503", retry_at=later))
    found = counts(engine, crawl)
    expected = {"gone": (1, 0, 8), "set_aside": (0, 1, 8), "retry": (0, 0, 9)}
    assert (found.gone, found.set_aside, found.pending) == expected[outcome]
    with engine.connect() as connection:
        settled = connection.execute(sa.select(frontier).where(frontier.c.frontier_id == row.id)).mappings().one()
    assert settled["reason"] == "HTTP 503"
    assert (settled["visited_at"] is None) == (outcome == "retry")
    assert settled["next_visit_at"] == (later if outcome == "retry" else None)


def test_a_lost_lease_writes_nothing(engine: sa.Engine, crawl: Crawl, load_id: int, row: Claim) -> None:
    stranger = replace(row, lease_token="0" * 32)
    with pytest.raises(LeaseLost):
        store_visit(engine, visit(stranger, load_id, parsed(a_question(), answers())))
    with engine.connect() as connection:
        for table in (request, page, question, answer):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0
    assert counts(engine, crawl).leased == 1


def test_a_request_for_no_row_is_recorded(engine: sa.Engine, load_id: int) -> None:
    number = record_request(engine, load_id, RequestRow("https://h/robots.txt", "h", MOMENT, status=200))
    with engine.connect() as connection:
        assert (
            connection.execute(sa.select(request.c.frontier_id).where(request.c.request_id == number)).scalar() is None
        )


def test_a_naive_moment_is_a_defect(engine: sa.Engine, load_id: int) -> None:
    with pytest.raises(sa.exc.StatementError, match="without a zone"):
        record_request(engine, load_id, RequestRow("u", "h", datetime(2026, 1, 1)))  # noqa: DTZ001


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from warehouse.connect import open_warehouse
from warehouse.frontier.claims import claim
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.holders import this_process
from warehouse.records.pages import Page, ParsedPage, Question
from warehouse.pages.snapshots import SnapshotWriter, cut_torn_tail
from warehouse.hosts.ledger import RequestRow
from warehouse.pages.visits import PageRow, Visit, store_visit

url, folder, load_id, *identity = sys.argv[1:]
engine, crawl = open_warehouse(url), Crawl(*identity)
cut_torn_tail(Path(folder))
with SnapshotWriter(Path(folder), "naver_kin") as snapshots:
    while rows := claim(engine, crawl, holder=this_process(), n=2, lease_seconds=600):
        for row in rows:
            now = datetime.now(UTC)
            page = Page(row.url, row.url, 200, (), row.key.encode() * 2000, "utf-8", now)
            found = Question("naver_kin", row.key, row.url, row.key, row.key)
            parsed = ParsedPage("naver_kin", "question", "E4", found, (), (), "1")
            sent = RequestRow(row.url, "h", now, status=200)
            kept = PageRow(page, snapshots.write(page))
            store_visit(engine, Visit(row, int(load_id), sent, kept, parsed, crawl.origin, (), "done"))
            print(row.key, flush=True)
"""


def test_kill_9_loses_nothing_and_doubles_nothing(
    engine: sa.Engine, url: str, crawl: Crawl, load_id: int, tmp_path: Path
) -> None:
    enqueue(engine, crawl, [(f"q:{i}", Link("question", f"https://kin.naver.com/{i}"), 0) for i in range(40)])
    folder = tmp_path / "snapshots"
    argv = [sys.executable, "-c", WRITER, url, str(folder), str(load_id), crawl.site, crawl.topic, crawl.origin]
    root = Path(__file__).parents[2]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        for _ in range(7):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, cwd=root)
    assert counts(engine, crawl).done == 40
    with engine.connect() as connection:
        rows = connection.execute(sa.select(page)).mappings().all()
        assert connection.execute(sa.select(sa.func.count()).select_from(question)).scalar_one() == 40
    assert len({kept["url"] for kept in rows}) == len(rows) == 40
    for kept in rows:
        ref = SnapshotRef(kept["warc_file"], kept["warc_offset"], kept["warc_length"], kept["sha256"])
        assert read_snapshot(folder, ref).url == kept["url"]
    assert list(folder.glob("*.writer")) == []


def test_the_page_row_names_the_snapshot_written(engine: sa.Engine, load_id: int, row: Claim, tmp_path: Path) -> None:
    with SnapshotWriter(tmp_path, "kin") as snapshots:
        fetched = a_page(row.url, HARD.encode())
        kept = PageRow(fetched, snapshots.write(fetched))
    store_visit(engine, visit(row, load_id, parsed(a_question()), page=kept))
    with engine.connect() as connection:
        found = connection.execute(sa.select(page)).mappings().one()
    ref = SnapshotRef(found["warc_file"], found["warc_offset"], found["warc_length"], found["sha256"])
    assert read_snapshot(tmp_path, ref) == fetched


def test_visits_together_are_written_all_or_not_at_all(
    engine: sa.Engine, crawl: Crawl, row: Claim, load_id: int
) -> None:
    others = claim(engine, crawl, holder="x:1:t1", n=2)
    rows = [visit(one, load_id, parsed(a_question(str(one.id)))) for one in (row, *others)]
    with pytest.raises(LeaseLost):
        store_visits(engine, [*rows[:2], replace(rows[2], claim=replace(others[1], lease_token="another's"))])
    assert counts(engine, crawl).done == 0
    assert store_visits(engine, rows) == [Stored(new=1, questions=1)] * 3
    assert counts(engine, crawl).done == 3
