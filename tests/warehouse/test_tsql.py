"""Every statement that the store issues, compiled for SQL Server.

sqlglot parses it as T-SQL where it can, which proves little (it accepts LIMIT and ON CONFLICT), so that foreign
constructs are looked for too.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import sqlglot
from sqlalchemy.dialects import mssql

from tests.warehouse.script import schema_script
from warehouse import lineage, loads, ranking, trainings, views
from warehouse.connect import transaction
from warehouse.datasets.manifest import Manifest
from warehouse.frontier import backfill, emptied, outlook, retries, unjudged
from warehouse.frontier import claims as frontier
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.taking import claim_statement
from warehouse.hosts import answers, holes, ledger, pauses, robots
from warehouse.hosts import sent as sending
from warehouse.hosts import turns as hosts
from warehouse.pages import known, visits
from warehouse.pages.snapshots import SnapshotRef
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.records.pages import Answer, Link, Page, ParsedPage, Question
from warehouse.schema import crawling
from warehouse.schema.content import dialogue, turn
from warehouse.store import (
    dialogue_batches,
    dialogue_statements,
    dialogue_store,
    dialogues,
    questions,
    staging,
    upserts,
)
from warehouse.store.dialogue_changes import Fresh, digest
from warehouse.store.rowtext import Provenance

FOREIGN = re.compile(
    r"\b(LIMIT|ON CONFLICT|MERGE|RETURNING|NTEXT|ILIKE|NULLS (FIRST|LAST)|IS DISTINCT FROM|TRUE|FALSE|IS 1|IS 0"
    r"|GLOB|strftime|datetime\(|IF NOT EXISTS|REPLACE INTO|INSERT OR)\b|\|\||::|\bIN \(\(",
    re.IGNORECASE,
)
# Microsoft's list of reserved words, what of it may be taken for a name; sqlglot lets them pass as names.
RESERVED = frozenset(
    re.findall(
        r"\w+",
        """
    add all alter any asc authorization backup begin break browse bulk cascade check checkpoint close clustered
    column commit compute constraint contains continue cross current cursor database dbcc deallocate declare default
    deny
    desc disk distributed double drop dump else end errlvl escape except exec exit external fetch file fillfactor for
    foreign freetext full function goto grant having holdlock identity if index inner intersect key kill left lineno
    load merge national nocheck nonclustered of off offsets open option order outer over percent pivot plan precision
    primary print proc procedure public raiserror read readtext reconfigure references replication restore restrict
    return revert revoke right rollback rowcount rowguidcol rule save schema securityaudit setuser shutdown some
    statistics system_user table tablesample textsize to top tran transaction trigger truncate tsequal union unique
    unpivot updatetext use user values varying view waitfor while within writetext
    """,
    )
)
_NAMED = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|VIEW|INDEX|AS|ON|ADD|COLUMN)\s+(\w+)|\.(\w+)|(\w+)\s*=[^=]", re.I
)
DIALECT = mssql.pymssql.dialect()  # type: ignore[attr-defined]
GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def _everything(engine: sa.Engine, folder: Path) -> None:
    """Every public function of the store once, with changes so that updates are issued too."""
    load_id = loads.begin_load(engine, "x", "0", "0")
    crawl = Crawl("naver_kin", "", "http://h")
    links = [("q:1", Link("question", "u1"), 0), ("q:2", Link("question", "u2"), 0), ("l:1", Link("list", "l"), 0)]
    frontier.enqueue(engine, crawl, links)
    with engine.begin() as connection:
        done = sa.update(crawling.frontier).where(crawling.frontier.c.kind == "list")
        connection.execute(done.values(state="done", next_visit_at=NOW))
    frontier.enqueue(engine, crawl, links)
    rows = frontier.claim(engine, crawl, holder="x:1:t1", n=3, max_pages=9)
    frontier.renew(engine, rows)
    visits.store_visit(engine, visits.Visit(rows[2], load_id, None, None, None, "http://h", (), "retry", retry_at=NOW))
    for row, body in zip(rows[:2], ("답", "다른 답"), strict=True):
        asked = Question("naver_kin", "1", "u", "t", body)
        parsed = ParsedPage("naver_kin", "question", "E4", asked, _answers(body), (), "1")
        page = visits.PageRow(Page("u", "u", 200, (), b"", "utf-8", NOW), SnapshotRef("f", 0, 1, "0"))
        left = hosts.take_turn(engine, "h", 0.0, leaving=hosts.Leaving(load_id, "u"), now=NOW)
        sent = left.entry or ledger.RequestRow("u", "h", NOW)
        visits.store_visit(
            engine, visits.Visit(row, load_id, sent, page, parsed, "http://h", (), "done", external_id="1")
        )
    _without_numbers(engine, load_id)
    frontier.release(engine, frontier.claim(engine, crawl, holder="x:1:t1"))
    frontier.counts(engine, crawl)
    retries.revive(engine, crawl)
    retries.retry(engine, crawl, ["set_aside", "gone"])
    for due_only in (True, False):
        retries.refresh(engine, crawl, due_only=due_only)
    retries.want_days(engine, crawl, NOW.date(), NOW.date())
    for _ in range(2):
        outlook.next_due(engine, crawl, max_pages=9, max_depth=3)
        frontier.claim(engine, crawl, holder="x:1:t1", n=3, max_pages=1, max_depth=3, lease_seconds=-1)
    _shared(engine, crawl, links, load_id)
    with engine.begin() as connection:
        listed = sa.update(crawling.frontier).where(crawling.frontier.c.kind == "list")
        connection.execute(listed.values(state="done", reason_code=unjudged.ROWS_LOST))
    unjudged.unjudged(engine, crawl)
    emptied.said_before(engine, 3)
    emptied.look_again(engine, {3: "0"}, "lost")
    unjudged.accept_empty(engine, [3])
    backfill.begin_day(engine, crawl, NOW.date(), load_id)
    backfill.finish_day(engine, crawl, NOW.date())
    backfill.finished_days(engine, crawl)
    hosts.take_turn(engine, "h", 1.0, leaving=hosts.Leaving(load_id, "u"))
    answers.pushed_back(engine, "h", 1.0, "429", retry_after_seconds=1.0, load_id=load_id)
    answers.answered(engine, "h", 1.0)
    answers.stop_host(engine, "h", 60.0, "captcha", load_id=load_id)
    hosts.blocked(engine, "h")
    pauses.read_hosts(engine)
    holes.pages_without_request(engine, load_id)
    holes.visits_without_request(engine)
    holes.hosts_asked_later(engine)
    holes.loads_that_fetched_more(engine)
    list(sending.read_sent(engine))
    sending.read_pauses(engine)
    sending.read_robots(engine)
    robots.save_robots(engine, host="h", url="u", status=200, body="", fetched_at=NOW)
    list(questions.threads(engine))
    for text in ("답", "고친 답"):
        row = Dialogue("0" * 16, "import", "1", (Turn("user", "질문"), Turn("assistant", text)))
        dialogue_store.store_dialogues(engine, [row], load_id)
        _as_on_sql_server(engine, replace(row, dialogue_id="1" * 16), load_id)
    dialogues.read_dialogue(engine, "0" * 16)
    for crawled in (None, True, False):
        dialogues.dialogue_ids(engine, crawled=crawled)
    dialogues.store_sides(engine, {"0" * 16: "train"})
    list(dialogue_batches.stored_sides(engine))
    for batch in dialogue_batches.dialogue_batches(engine):
        dialogue_batches.read_batch(engine, batch)
    dialogues.remove_dialogues(engine, ["0" * 16])
    _lineage(engine, folder, load_id)
    loads.end_load(engine, load_id, "done", {})
    loads.read_loads(engine)
    loads.newest_start(engine, [load_id])


def _as_on_sql_server(engine: sa.Engine, row: Dialogue, load_id: int) -> None:
    """SQLite has a way of its own; these are the statements of SQL Server, small batches and bulk loads."""
    with transaction(engine) as connection:
        before = dialogue_statements.known(connection, [row.dialogue_id])
        sides = ([], [row]) if before else ([row], [])
        dialogue_statements.write(connection, Fresh(*sides, [digest(row)]), load_id)
        driver: Any = connection.connection.driver_connection
        driver.create_function("replicate", 2, lambda text, times: text)
        connection.execute(staging.known_statement("b"))
        for statement in staging.changed_statements("b"):
            connection.execute(statement)
        for target in (dialogue, turn):
            connection.execute(staging.insert_statement(target, "b"))


def _shared(engine: sa.Engine, crawl: Crawl, links: list[tuple[str, Link, int]], load_id: int) -> None:
    """Claims of another crawl of the site: a page that this one has, and one that it is fetching."""
    other = replace(crawl, topic="other")
    frontier.enqueue(engine, other, links)
    named = sa.update(crawling.frontier).where(crawling.frontier.c.topic == crawl.topic)
    has, fetches = (crawling.frontier.c.address_key == key for key in ("q:1", "q:2"))
    with engine.begin() as connection:
        later = NOW + timedelta(days=9999)
        connection.execute(named.where(has).values(state="done", reason_code=None, visited_at=NOW, next_visit_at=later))
        connection.execute(named.where(fetches).values(state="leased", leased_by="y:1:t1", lease_until=later))
    for row in frontier.claim(engine, other, holder="x:1:t1", n=3):
        if row.known_by:
            known.known_snapshot(engine, row.known_by[0], row.known_by[1])
        assert known.take_over(engine, other, row, (), load_id) is (row.known_by is not None)
    retries.refresh(engine, other, due_only=True)


def _without_numbers(engine: sa.Engine, load_id: int) -> None:
    """An answer told without its number, then with it, then without it again."""
    for number, votes in ((None, 1), ("9", 2), (None, 3)):
        given = Answer("1", number, "answer", None, 2, "번호 없는 답", answered_at=NOW, votes_up=votes)
        parsed = ParsedPage("naver_kin", "question", "mobile", None, (given,), (), "1")
        with transaction(engine) as connection:
            upserts.store_records(connection, "http://h", parsed, Provenance("0", "1", load_id, NOW))


def _answers(body: str) -> tuple[Answer, ...]:
    return (Answer("1", "2", "answer", None, 1, body, votes_up=len(body)),)


def _lineage(engine: sa.Engine, folder: Path, load_id: int) -> None:
    facts = Manifest("qa", "v", "c", folder, {}, 0, {}, "r", "1", "", "0", (load_id,), NOW)
    for _ in range(2):
        lineage.record_dataset(engine, facts)
        number = lineage.record_run(engine, run="r", model="m", content_id="c", checkpoint=folder)
    lineage.finish_run(engine, number, steps=1)
    figures = [("bits_per_char", 1.0, None, None)]
    lineage.record_evaluation(
        engine, checkpoint=folder, content_id="c", eval_set_sha256="e", rows=1, metrics=figures, load_id=load_id
    )
    lineage.set_champion(engine, folder, "x")
    lineage.champion(engine)
    lineage.leaderboard(engine)
    trainings.trainings(engine)
    trainings.figures_of(engine, trainings.training_in(engine, folder, "c") or 0, "c")
    ranking.drop_champion(engine)


def _compiled(element: sa.ClauseElement, values: dict[str, Any] | None = None) -> str:
    """As it is sent: SQLAlchemy writes the figure of TOP and the members of IN into the text when it executes it."""
    writes = isinstance(element, sa.Insert | sa.Update) and values
    compiled: Any = element.compile(dialect=DIALECT, **({"column_keys": list(values or {})} if writes else {}))
    return str(compiled.construct_expanded_state(values or {}).statement)


@pytest.fixture
def issued(engine: sa.Engine, tmp_path: Path) -> Iterator[list[str]]:
    statements: dict[str, None] = {}

    def keep(_: sa.Connection, element: Any, many: Any, one: Any, __: Any) -> None:
        if isinstance(element, sa.ClauseElement):
            statements[_compiled(element, (many or [one or {}])[0])] = None

    sa.event.listen(engine, "before_execute", keep)
    _everything(engine, tmp_path)
    yield list(statements)


def test_every_statement_is_t_sql(issued: list[str]) -> None:
    assert len(issued) > 50
    for text in issued:
        assert not FOREIGN.search(text), text
        assert "POSTCOMPILE" not in text
        plain = re.sub(r":\w+|%\(\w+\)s", "1", text)
        # The named exception: sqlglot does not know UPDATE (TOP (n)) table WITH (hints).
        plain = re.sub(r"^UPDATE (?:TOP \(\d+\) )?(\w+) WITH \([A-Z, ]+\)", r"UPDATE \1", plain)
        assert sqlglot.parse_one(plain, read="tsql") is not None


def _names(text: str) -> set[str]:
    """Words that stand without brackets where a name does."""
    bare = re.sub(r"N?'(?:[^']|'')*'|\[[^\]]*\]|--[^\n]*", "''", text)
    found = {word.lower() for names in _NAMED.findall(bare) for word in names if word}
    return found - {"select", "update", "top", "constraint"}  # CREATE VIEW … AS SELECT, UPDATE TOP, ADD CONSTRAINT


def test_no_reserved_word_is_a_name_without_brackets(issued: list[str]) -> None:
    texts = [*issued, *views.statements("mssql"), *views.grants(), schema_script("mssql")]
    assert {"frontier", "question", "dialogue_id"} <= set().union(*map(_names, texts))
    for text in texts:
        assert not _names(text) & RESERVED, text


@pytest.mark.parametrize("text", ["SELECT l.x FROM load AS l", "SELECT r.checkpoint FROM run AS r", "SELECT 1 AS plan"])
def test_a_reserved_word_would_be_found(text: str, engine: sa.Engine) -> None:
    assert _names(text) & RESERVED and sqlglot.parse_one(text, read="tsql")


def test_what_is_read_before_it_is_written_is_locked(issued: list[str]) -> None:
    locked = [text for text in issued if "WITH (UPDLOCK, HOLDLOCK)" in text]
    for table in ("question", "answer", "dialogue", "frontier", "host"):
        assert any(f"FROM {table} WITH (UPDLOCK, HOLDLOCK)" in text for text in locked), table


def test_a_bulk_load_takes_each_staged_row_once_and_puts_its_spaces_back(issued: list[str]) -> None:
    (text,) = (" ".join(text.split()) for text in issued if text.startswith("INSERT INTO turn (") and "staged" in text)
    assert "row_number() OVER (PARTITION BY staged_turn.dialogue_id, staged_turn.position" in text
    assert "staged.content + replicate(CAST(' ' AS NVARCHAR(max)), staged.content_spaces)" in text
    assert "NOT (EXISTS (SELECT 1 FROM turn AS there WITH (UPDLOCK, HOLDLOCK) WHERE" in text
    (known,) = (text for text in issued if "FROM staged_dialogue JOIN dialogue" in " ".join(text.split()))
    assert "dialogue WITH (UPDLOCK, HOLDLOCK) ON" in known


def test_a_backslash_before_a_newline_is_doubled(engine: sa.Engine) -> None:
    bind = turn.c.content.type.bind_processor(DIALECT)
    assert bind is not None and bind("a\\\nb") == "a\\\\\n\nb"


def test_the_claim_is_an_update_top_with_output_that_skips_locked_rows(engine: sa.Engine) -> None:
    statement = claim_statement(3)
    text = " ".join(str(statement.compile(dialect=DIALECT)).split())
    assert text.startswith("UPDATE TOP (3) frontier WITH (UPDLOCK, READPAST, ROWLOCK) SET state=")
    assert " OUTPUT inserted.frontier_id, " in text
    assert "FROM frontier AS waiting WITH (UPDLOCK, READPAST, ROWLOCK) WHERE" in text
    assert "ORDER BY waiting.priority, waiting.frontier_id" in text and "WITH claimed" not in text


def _golden(name: str, text: str) -> None:
    """Hold `text` against the file of that name; `MUNDAP_WRITE_GOLDEN=1` writes it anew, to be read before a commit."""
    file = GOLDEN / f"{name}.sql"
    if os.environ.get("MUNDAP_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{text}\n", "utf-8")
    assert file.read_text("utf-8") == f"{text}\n", f"{file.name} is stale: MUNDAP_WRITE_GOLDEN=1 pytest {__file__}"


@pytest.mark.parametrize("name", views.VIEWS)
def test_views_are_t_sql(engine: sa.Engine, name: str) -> None:
    text = next(part for part in views.statements("mssql") if part.startswith(f"CREATE VIEW {name} "))
    assert not FOREIGN.search(text)
    assert sqlglot.parse_one(text, read="tsql") is not None
    _golden(f"view_{name}", text)


def test_no_golden_view_is_left_over(engine: sa.Engine) -> None:
    assert {file.stem.removeprefix("view_") for file in GOLDEN.glob("view_*.sql")} == set(views.VIEWS)


def _issued_for(issued: list[str], *beginnings: str) -> str:
    found = [text for text in issued if any(re.match(beginning, text) for beginning in beginnings)]
    return "\nGO\n".join(dict.fromkeys(re.sub(r"[ \t]+\n", "\n", text).strip() for text in sorted(found)))


def test_the_claim_as_it_is_sent(issued: list[str]) -> None:
    _golden("claim", _issued_for(issued, r"UPDATE TOP \(3\) frontier WITH \(UPDLOCK, READPAST"))


@pytest.mark.parametrize("table", ["question", "answer"])
def test_the_upserts_as_they_are_sent(issued: list[str], table: str) -> None:
    columns = rf"SELECT [^()]*\s+FROM {table} WITH \(UPDLOCK, HOLDLOCK\)"
    bodies = r"SELECT answer\.answer_id, answer\.body\s" if table == "answer" else "$"
    text = _issued_for(issued, columns, bodies, rf"INSERT INTO {table} ", rf"UPDATE {table} SET ")
    assert {"SELECT", "INSERT", "UPDATE"} <= set(text.split())
    _golden(f"upsert_{table}", text)


def test_the_upsert_of_dialogues_as_it_is_sent(issued: list[str]) -> None:
    known = r"SELECT dialogue\.dialogue_id, dialogue\.text_sha256\s+FROM dialogue WITH \(UPDLOCK, HOLDLOCK\)"
    put = r"INSERT INTO (?:dialogue|turn) \([^()]*\) VALUES"
    text = _issued_for(issued, known, put, r"(?:UPDATE dialogue SET|DELETE FROM turn) .*:of_dialogue$")
    assert [part.split()[0] for part in text.split("\nGO\n")] == ["DELETE", "INSERT", "INSERT", "SELECT", "UPDATE"]
    _golden("upsert_dialogue", text)


def test_the_bulk_load_as_it_is_sent(engine: sa.Engine) -> None:
    steps: list[sa.ClauseElement] = [staging.known_statement("b"), *staging.changed_statements("b")]
    steps += [staging.insert_statement(table, "b") for table in (dialogue, turn)]
    text = "\nGO\n".join(re.sub(r"[ \t]+\n", "\n", _compiled(step)).strip() for step in steps)
    assert not FOREIGN.search(text) and "staged_dialogue" in text and "staged_turn" in text
    _golden("bulk_load", text)


def test_key_text_longer_in_utf_16_than_its_column_is_counted_so(engine: sa.Engine) -> None:
    bind = crawling.frontier.c.kind.type.bind_processor(DIALECT)
    assert bind is not None and bind("가" * 10) == "가" * 10
    with pytest.raises(Exception, match="longer than 10"):
        bind("😀" * 6)
