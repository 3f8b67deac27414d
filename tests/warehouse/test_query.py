from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from warehouse.datasets.manifest import Manifest
from warehouse.errors import Misuse, Unready
from warehouse.frontier.claims import claim, enqueue
from warehouse.frontier.crawls import Crawl
from warehouse.hosts.ledger import RequestRow
from warehouse.lineage import record_dataset, record_evaluation, record_run
from warehouse.pages.snapshots import SnapshotRef
from warehouse.pages.visits import PageRow, Visit, store_visit
from warehouse.queries.query import run_select
from warehouse.queries.refusals import blames_a_name, refusal
from warehouse.records.pages import Answer, Link, Page, ParsedPage, Question

# The last hour of October in Korea is still the 31st at 14:30 UTC; 15:30 UTC is November there.
ASKED = datetime(2026, 10, 31, 15, 30, tzinfo=UTC)


@pytest.fixture
def filled(engine: sa.Engine, crawl: Crawl, load_id: int, tmp_path: Path) -> sa.Engine:
    enqueue(engine, crawl, [("q:1", Link("question", "https://kin.naver.com/1"), 0)])
    row = claim(engine, crawl, holder="x:1:t1")[0]
    asked = Question("naver_kin", "1", row.url, "제목", "본문", topic="요리", asked_at=ASKED, answers_total=2)
    given = (
        Answer("1", "11", "answer", None, 1, "답 하나", author_key="k" * 32, is_chosen=True, answered_at=ASKED),
        Answer("1", "12", "answer", None, 2, "답 '둘'"),
    )
    page = Page(row.url, row.url, 200, (), b"x", "utf-8", ASKED)
    sent = RequestRow(row.url, "kin.naver.com", ASKED, status=200, elapsed_seconds=0.5, gap_seconds=5.0)
    kept = PageRow(page, SnapshotRef("a.warc.gz", 0, 1, "f" * 64))
    parsed = ParsedPage("naver_kin", "question", "E4", asked, given, (), "1")
    store_visit(engine, Visit(row, load_id, sent, kept, parsed, crawl.origin, (), "done"))
    first = Manifest(
        name="qa",
        version="v1",
        content_id="1" * 64,
        path=tmp_path,
        rows={"train": 5},
        dropped=0,
        files={},
        recipe_name="dialogue",
        recipe_version="1",
        recipe_text="",
        code_version="0",
        source_loads=(load_id,),
        newest_load_at=ASKED,
    )
    record_dataset(engine, first)
    record_dataset(engine, replace(first, version="v2", content_id="2" * 64, rows={"train": 12}, parent="v1"))
    record_run(engine, run="mundap", model="tiny", content_id="2" * 64, checkpoint=tmp_path)
    record_evaluation(
        engine,
        checkpoint=tmp_path,
        content_id="2" * 64,
        eval_set_sha256="e" * 64,
        rows=3,
        metrics=[("bits_per_char", 4.5, 4.0, 5.0), ("unigram_bits_per_char", 6.0, None, None)],
    )
    return engine


def test_the_classic_question_and_answer_view(filled: sa.Engine, url: str) -> None:
    rows = run_select(url, "SELECT * FROM qna ORDER BY answer_external_id").to_dict("records")
    classic = [tuple(row[name] for name in ("que", "que_detail", "ans_writer", "ans_detail")) for row in rows]
    assert classic == [("제목", "본문", "k" * 32, "답 하나"), ("제목", "본문", None, "답 '둘'")]
    assert (rows[0]["site"], rows[0]["url"]) == ("naver_kin", "https://kin.naver.com/1")
    assert str(rows[0]["asked_at_kst"]).startswith("2026-11-01 00:30:00")
    assert (rows[0]["question_length"], rows[0]["answer_length"]) == (4, 4)


def test_the_other_views(filled: sa.Engine, url: str) -> None:
    health = run_select(url, "SELECT host, day_kst, requests, answered, min_gap_seconds FROM crawl_health")
    assert [str(value) for value in health.iloc[0]] == ["kin.naver.com", "2026-11-01", "1", "1", "5.0"]
    months = run_select(url, "SELECT topic, month_kst, questions, mean_question_length FROM topic_by_month")
    assert months.iloc[0].to_list() == ["요리", "2026-11", 1, 4.0]
    growth = run_select(url, "SELECT version, row_count, rows_added FROM dataset_growth ORDER BY version")
    assert growth.to_numpy().tolist() == [["v1", 5, 5], ["v2", 12, 7]]
    board = run_select(url, "SELECT run, bits_per_char, bits_per_char_low, unigram_bits_per_char FROM leaderboard")
    assert board.iloc[0].to_list() == ["mundap", 4.5, 4.0, 6.0]


def test_parameters_limits_and_awkward_names(filled: sa.Engine, url: str) -> None:
    found = run_select(url, "SELECT ans_detail AS 답변 FROM qna WHERE ans_detail = :text", {"text": "답 '둘'"})
    assert found.to_dict("records") == [{"답변": "답 '둘'"}]
    assert len(run_select(url, "SELECT * FROM qna", limit=1)) == 1
    assert run_select(url, "  -- 말머리\n WITH a AS (SELECT ';' AS x) SELECT x FROM a; ").iloc[0, 0] == ";"
    empty = run_select(url, "SELECT que FROM qna WHERE 1 = 0")
    assert list(empty.columns) == ["que"] and empty.empty


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM question", "only a SELECT"),
        ("", "only a SELECT"),
        ("PRAGMA journal_mode = DELETE", "only a SELECT"),
        ("ATTACH 'x.db' AS x", "only a SELECT"),
        ("SELECT 1; DELETE FROM question", "one SELECT at a time"),
        ("WITH a AS (SELECT 1) DELETE FROM question", "only reading is allowed"),
        ("WITH a AS (SELECT 1) INSERT INTO question SELECT * FROM question", "only reading is allowed"),
        ("SELECT que_detial FROM qna", "no column que_detial; perhaps que_detail"),
        ("SELECT q.titel FROM questions AS q", "no column titel in questions, here q; perhaps title"),
        ("SELECT 1 AS a WHERE asked_at > '2026'", "no column asked_at, for the query has no FROM; .*: FROM qna"),
        ("SELECT kin.que FROM qna", "nothing in the query is called kin; it reads qna; write qna.que"),
        ("SELECT l.asked_at FROM questions q JOIN [load] AS l ON 1=1", "asked_at in load, here l; write q.asked_at"),
        ("SELECT kind FROM (SELECT que FROM qna)", "at that place; qna has it: select it in the inner SELECT"),
        ("WITH c AS (SELECT que FROM qna) SELECT c.kind FROM c", "no column kind in c; qna has it: select it in"),
        ("SELECT * FROM 없는표", "no view 없는표; there is qna, questions"),
        ("SELECT * FROM qnas", "no view qnas; perhaps qna"),
        ("SELECT que FROM qna WHERE que = '열린", "refuses the query"),
        ("SELECT :a", "wants a value for :a; give it with --param a="),
        ("SELECT 1 AS x, 2 AS x", "two columns are called x"),
        ("SELECT load_extension('x')", "not authorized|only reading"),
    ],
    ids=[
        "delete",
        "empty",
        "pragma",
        "attach",
        "two",
        "with-delete",
        "with-insert",
        "column",
        "column of an alias",
        "no FROM",
        "qualifier",
        "wrong alias",
        "inner column",
        "inner column of an alias",
        "Korean table",
        "table",
        "open quote",
        "parameter",
        "twice",
        "extension",
    ],
)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_anything_but_reading_is_refused_in_one_line(engine: sa.Engine, url: str, sql: str, words: str) -> None:
    with pytest.raises(Misuse, match=words) as caught:
        run_select(url, sql)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "said", "words"),
    [
        pytest.param(208, "Invalid object name 'lodas'.", "no view lodas; perhaps loads", id="view"),
        pytest.param(207, "Invalid column name 'comand'.", "no column comand; perhaps command", id="column"),
        pytest.param(
            4104, 'The multi-part identifier "kin.que" could not be bound.', "no column que; mundap", id="qualifier"
        ),
        pytest.param(
            229,
            "The SELECT permission was denied on the object 'question', database 'mundap', schema 'dbo'.",
            "this login may not read question; it reads the views qna, ",
            id="table of a reader",
        ),
        pytest.param(
            102, "Incorrect syntax near 'FORM'.", "refuses the query: Incorrect syntax near 'FORM'", id="syntax"
        ),
    ],
)
@pytest.mark.parametrize("shape", ["flat", "nested"])
def test_sql_servers_complaints_about_a_query_are_told(number: int, said: str, words: str, shape: str) -> None:
    raw = f"{said}DB-Lib error message 20018, severity 16:\nGeneral SQL Server error".encode()
    error = Exception(number, raw) if shape == "flat" else Exception((number, raw))
    assert words in str(refusal(error)) and "DB-Lib" not in str(refusal(error))
    assert blames_a_name(error) == (number != 102)


@pytest.mark.parametrize("word", ["INTO", "DROP", "EXEC", "WAITFOR"])
def test_sql_servers_writing_words_are_refused_before_anything_is_sent(word: str) -> None:
    with pytest.raises(Misuse, match=f"{word} is not"):
        run_select("mssql+pymssql://nobody@127.0.0.1:1/x", f"SELECT 1 {word.lower()} x")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_a_takedown_was_of_is_closed_and_its_view_is_not(engine: sa.Engine, url: str) -> None:
    for sql in (
        "SELECT * FROM takedown",
        "SELECT 1 AS a FROM main.takedown AS t WHERE t.reason > ''",
        "WITH takedowns AS (SELECT target FROM takedown) SELECT * FROM takedowns",
    ):
        with pytest.raises(Misuse, match=r"reason, target, target_sha256 of takedown are closed.*view takedowns"):
            run_select(url, sql)
    assert "row_count" in run_select(url, "SELECT * FROM takedowns").columns
    assert run_select(url, "SELECT COUNT(*) AS n FROM takedown")["n"][0] == 0


def test_a_missing_warehouse_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unready, match="run `mundap init`"):
        run_select(f"sqlite:///{tmp_path}/none.db", "SELECT 1")
    assert list(tmp_path.iterdir()) == []
