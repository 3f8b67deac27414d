"""`mundap query` as an analyst types it: parameters, forms of output, limits, and every way to get it wrong."""

import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from pipelines.__main__ import run
from pipelines.steps.asking import exact_rows
from pipelines.steps.parameters import parameters
from warehouse import connect
from warehouse.connect import open_warehouse, transaction
from warehouse.errors import Misuse
from warehouse.loads import begin_load, end_load
from warehouse.queries.remarks import remarks
from warehouse.queries.typed import arrow_types, type_of
from warehouse.schema import metadata
from warehouse.views import VIEWS

ROWS = "select load_id, command, started_at from loads order by load_id"


@pytest.fixture
def asked(settings, monkeypatch):
    """A warehouse with three loads, named by the settings of the current folder."""
    monkeypatch.chdir(settings.root)
    engine = open_warehouse(settings.database_url, create=True)
    for command in ("첫째", "it's", "셋째"):
        end_load(engine, begin_load(engine, command, "0" * 64, "0.1.0"), "done", {})
    yield engine
    engine.dispose()


def refused(capsys, *argv, code=2):
    assert run(["query", *argv]) == code
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.splitlines()) == 1, said.err
    return said.err


def test_parameters_are_typed_by_what_they_look_like():
    typed = [
        "n=5",
        "share=0.5",
        "id=0042",
        "id2:text=42",
        "at=2026-01-01T00:00+09:00",
        "word=100% '나'",
        "day=2026-01-01",
    ]
    assert parameters(typed) == {
        "n": 5,
        "share": 0.5,
        "id": "0042",
        "id2": "42",
        "at": datetime.fromisoformat("2026-01-01T00:00+09:00"),
        "word": "100% '나'",
        "day": "2026-01-01",
    }


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param(["n"], "not name=value", id="no value"),
        pytest.param(["=5"], "not name=value", id="no name"),
        pytest.param(["n:whole=5"], "known are text, number, moment, kst", id="kind"),
        pytest.param(["n:number=다섯"], "that is no number", id="number"),
        pytest.param(["at=2026-13-01T00:00"], "that is no moment", id="moment"),
        pytest.param(["n=1", "n=2"], "given twice", id="twice"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_told(typed, words):
    with pytest.raises(Misuse, match=words):
        parameters(typed)


def test_a_quote_in_a_parameter_is_a_quote(asked, capsys):
    command = ["query", "select command from loads where command = :c", "--json", "--param"]
    assert run([*command, "c=it's"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [{"command": "it's"}]
    assert run([*command, "c=' or 1=1 --"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == []


def test_a_moment_is_compared_in_utc(asked, capsys):
    with transaction(asked) as connection:
        moment = "2026-01-01 00:00:00.000000"
        connection.execute(sa.text("update load set started_at = :moment where load_id = 2"), {"moment": moment})
    for bound, found in (("2026-01-01T09:00+09:00", 1), ("2026-01-01T09:00:00.000001+09:00", 0)):
        sql = "select count(*) as n from loads where load_id = 2 and started_at >= :at"
        assert run(["query", sql, "--param", f"at={bound}", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["rows"] == [{"n": found}], bound


def test_each_form_of_output_holds_the_same_rows(asked, capsysbinary):
    def out(*argv):
        assert run(["query", "select load_id, command, null as empty from loads", *argv]) == 0
        return capsysbinary.readouterr().out

    wanted = [(1, "첫째"), (2, "it's"), (3, "셋째")]
    assert out("--format", "csv").decode() == "load_id,command,empty\n1,첫째,\n2,it's,\n3,셋째,\n"
    assert [(row["load_id"], row["command"]) for row in json.loads(out("--format", "json"))] == wanted
    whole = pd.read_parquet(io.BytesIO(out("--format", "parquet")))
    assert list(whole[["load_id", "command"]].itertuples(index=False, name=None)) == wanted
    assert "셋째" in out().decode()


@pytest.mark.parametrize("form", [["--format", "json"], ["--json"]], ids=["format", "json"])
def test_json_rounds_nothing(asked, capsys, form):
    sql = "select 0.1234567890123456 a, 1e-15 b, 9007199254740993 c, 9e999 d, x'00ff' e, '2026-01-01 00:00:00.123456' f"
    assert run(["query", sql, *form]) == 0
    rows = json.loads(capsys.readouterr().out)
    exact = [{"a": 0.1234567890123456, "b": 1e-15, "c": 9007199254740993, "d": None, "e": "00ff"}]
    assert (rows["rows"] if form == ["--json"] else rows) == [exact[0] | {"f": "2026-01-01 00:00:00.123456"}]


def test_a_moment_of_sql_server_has_the_shape_that_sqlite_gives():
    rows = pd.DataFrame([(datetime.fromisoformat("2026-01-01T09:00:00.000005"),)], columns=["at"], dtype=object)
    assert exact_rows(rows) == [{"at": "2026-01-01 09:00:00.000005"}]


@pytest.mark.parametrize("limit", ["0", "2147483646"], ids=["all", "most"])
def test_all_rows_can_be_had(asked, capsys, limit):
    assert run(["query", "select 1 as a union all select 2", "--limit", limit, "--format", "csv"]) == 0
    assert capsys.readouterr() == ("a\n1\n2\n", "")


@pytest.mark.parametrize("limit", ["-1", "2147483647", "99999999999999999999"])
def test_a_limit_that_no_engine_takes_is_a_usage_error(asked, capsys, limit):
    assert run(["query", "select 1 as a", "--limit", limit]) == 2
    assert "for '--limit': Input should be " in capsys.readouterr().err


def test_a_cut_result_says_so_and_a_whole_one_does_not(asked, capsys):
    assert run(["query", ROWS, "--limit", "2", "--format", "csv"]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 3 and "more than 2 rows; --limit N" in said.err
    assert run(["query", ROWS, "--limit", "3", "--format", "csv"]) == 0
    assert capsys.readouterr().err == ""


def test_a_table_shows_small_fractions_and_no_control_characters(asked, capsys):
    assert run(["query", "select 0.00012 as a, char(27) || '[2J가' as b"]) == 0
    shown = capsys.readouterr().out
    assert "0.00012" in shown and r"\x1b[2J가" in shown and "\x1b" not in shown


def test_an_empty_wide_result_has_its_headings(asked, capsys):
    assert run(["query", "select * from loads where 1 = 0"]) == 0
    assert "load_id, command" in capsys.readouterr().out


def test_the_statement_may_come_from_stdin(asked, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("-- 적재\nselect count(*) as n from loads"))
    assert run(["query", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [{"n": 3}]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        pytest.param(["select 1 as a; drop table load"], "one SELECT at a time", id="two statements"),
        pytest.param(["delete from load"], "only a SELECT", id="no select"),
        pytest.param(["select * from 적재"], "no view 적재; there is qna", id="Korean table"),
        pytest.param(["select * from lodas"], "perhaps loads", id="nearest view"),
        pytest.param(["select comand from loads"], "no column comand; perhaps command", id="nearest column"),
        pytest.param(
            ["select title from qna"], "no column title; qna has que, que_detail, ans_writer", id="other view's"
        ),
        pytest.param(["select ? as a"], "the parameter ? has no name; write :name", id="counted parameter"),
        pytest.param(["select * from pragma_table_info('qna')"], "`mundap describe NAME` lists", id="pragma"),
        pytest.param(["select :a as a"], "give it with --param a=", id="missing parameter"),
        pytest.param(["select 1 as a", "--param", "b=1"], "no parameter :b; it has none", id="unknown parameter"),
        pytest.param(["select 1 as a", "--format", "xml"], "known are table, csv, json, parquet", id="form"),
        pytest.param(["select 1 as a /* to be done"], "a comment begins with /* and never ends", id="open comment"),
        pytest.param(["select top 3 * from loads"], "leave it out, and give --limit 3", id="top"),
        pytest.param(
            ["select 1 as a union all select 'x'", "--format", "parquet"], "values of several kinds", id="mixed column"
        ),
    ],
)
def test_a_mistake_is_told_in_one_line_and_changes_nothing(asked, capsys, argv, words):
    assert words in refused(capsys, *argv)
    with asked.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from load").scalar_one() == 3


def test_a_locked_a_newer_and_a_missing_warehouse_are_told(asked, settings, capsys, monkeypatch):
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0)
    with transaction(asked) as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    assert "newer than this Mundap" in refused(capsys, ROWS, code=4)
    asked.dispose()
    file = settings.folder / "warehouse.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("pragma journal_mode = delete")
        other.execute("begin exclusive")
        assert "is locked by another program; try again" in refused(capsys, ROWS, code=4)
    file.unlink()
    assert "run `mundap init`" in refused(capsys, ROWS, code=4)


@pytest.mark.parametrize("variable", ["MUNDAP_WAREHOUSE__URL", "MUNDAP_WAREHOUSE__READER_URL"], ids=["url", "reader"])
@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("postgresql://me:secret@h/d", "no warehouse on postgresql; write sqlite", id="no driver"),
        pytest.param("mssql+pyodbc://me:secret@h/d", "no warehouse on mssql+pyodbc; write", id="other driver"),
        pytest.param("mssql+pymssql://me:secret@h:abc/d", "the warehouse URL cannot be read; write", id="port"),
        pytest.param("mssql+pymssql://me:secret@h/d?foo=1", "an unknown option foo; known are appname", id="option"),
        pytest.param("nonsense", "the warehouse URL cannot be read; write sqlite", id="no URL"),
    ],
)
def test_a_wrong_url_is_told_in_one_line_without_its_password(settings, capsys, monkeypatch, variable, url, words):
    monkeypatch.chdir(settings.root)
    monkeypatch.setenv(variable, url)
    said = refused(capsys, "select 1 as a")
    assert words in said and "secret" not in said


def test_sql_server_without_a_driver_is_asked_through_pymssql(settings, capsys, monkeypatch):
    monkeypatch.chdir(settings.root)
    monkeypatch.setenv("MUNDAP_WAREHOUSE__URL", "mssql://me:secret@127.0.0.1:1/d")
    said = refused(capsys, "select 1 as a", code=4)
    assert "mssql+pymssql://me:***@127.0.0.1:1/d" in said


def test_moments_in_the_rows_are_utc(asked, capsys):
    assert run(["query", "select started_at from loads", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["rows"][0]["started_at"]
    assert abs((datetime.fromisoformat(shown).replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()) < 600


def test_a_mark_at_the_start_of_the_statement_is_passed_over(asked, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("\ufeffselect count(*) as n from loads"))
    assert run(["query", "-", "--format", "csv"]) == 0
    assert capsys.readouterr() == ("n\n3\n", "")


def test_bytes_are_hex_in_a_table_too(asked, capsys):
    assert run(["query", "select x'00ff' as a"]) == 0
    assert "00ff" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("literal", "right"),
    [
        pytest.param("2026-10-26T00:00", "2026-10-26 00:00:00.000000", id="T"),
        pytest.param("2026-10-26T00:00+09:00", "2026-10-25 15:00:00.000000", id="T and zone"),
        pytest.param("2026-10-26 00:00Z", "2026-10-26 00:00:00.000000", id="Z"),
    ],
)
def test_a_moment_that_sqlite_compares_as_another_text_is_told(asked, capsys, literal, right):
    sql = f"select count(*) as n from loads where started_at >= '{literal}'"
    assert run(["query", sql, "--format", "csv"]) == 0
    said = capsys.readouterr().err
    assert said.startswith(f"note: '{literal}' is compared as text") and len(said.splitlines()) == 1
    assert f"'{right}'" in said and "--param at:moment=" in said
    assert run(["query", sql, "--json"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "" and [f"note: {note}\n" for note in json.loads(shown.out)["notes"]] == [said]


@pytest.mark.parametrize(
    "text", ["'2026-10-26'", "'2026-10-26 00:00'", "'at 2026-10-26T00:00'", "1 -- '2026-10-26T00:00'"]
)
def test_a_text_that_is_no_such_moment_is_not_remarked_on(asked, capsys, text):
    assert run(["query", f"select {text} as a", "--format", "csv"]) == 0
    assert capsys.readouterr().err == ""


def test_on_sql_server_only_an_offset_is_lost():
    sql = "select 1 from loads where a > '2026-10-26T00:00' or a > '2026-10-26T00:00+09:00'"
    (said,) = remarks("mssql+pymssql://x@h/d", sql)
    assert "without its offset: write '2026-10-25 15:00:00.000000'" in said


@pytest.mark.parametrize("typed", ["at:moment=2026-01-01", "at=2026-01-01T00:00"])
def test_a_moment_without_a_zone_is_told_for_what_it_is_taken(asked, capsys, typed):
    assert run(["query", "select :at as a", "--param", typed, "--format", "csv"]) == 0
    said = capsys.readouterr()
    assert said.out == "a\n2026-01-01 00:00:00.000000\n"
    assert "taken as UTC: 2026-01-01 00:00 UTC is 2026-01-01 09:00 in Korea" in said.err
    assert "at:moment=2026-01-01T00:00+09:00" in said.err
    assert run(["query", "select :at as a", "--param", "at=2026-01-01T00:00+09:00", "--format", "csv"]) == 0
    assert capsys.readouterr().err == ""


def test_korean_time_is_compared_with_the_columns_in_korean_time(asked, capsys):
    with transaction(asked) as connection:
        moment = "2026-10-25 15:00:00.000000"
        connection.execute(sa.text("update load set started_at = :moment where load_id = 2"), {"moment": moment})
    sql = "select count(*) as n from loads where started_at_kst = :d"
    for typed, found in (("d:kst=2026-10-26", 1), ("d:kst=2026-10-25T15:00Z", 1), ("d:kst=2026-10-26T09:00", 0)):
        assert run(["query", sql, "--param", typed, "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"rows": [{"n": found}]}, typed


TYPED = {
    "load_id": pa.int64(),
    "started_at": pa.timestamp("us", "UTC"),
    "started_at_kst": pa.timestamp("us"),
    "ended_at": pa.timestamp("us", "UTC"),
    "minutes": pa.float64(),
    "outcome": pa.string(),
    "is_chosen": pa.bool_(),
    "day_kst": pa.date32(),
}


def parquet(capsysbinary, sql):
    assert run(["query", sql, "--format", "parquet"]) == 0
    return pq.read_table(io.BytesIO(capsysbinary.readouterr().out))


@pytest.mark.parametrize("condition", ["load_id < 3", "1 = 0"], ids=["rows", "no row"])
def test_parquet_has_the_types_of_the_dictionary(asked, capsysbinary, condition):
    with transaction(asked) as connection:
        connection.execute(sa.text("update load set started_at = '2026-10-25 15:00:00.000005', ended_at = null"))
    sql = (
        "select load_id, started_at, started_at_kst, ended_at, minutes, outcome, load_id = 1 as is_chosen,"
        f" date(started_at) as day_kst, null as other from loads where {condition} order by load_id"
    )
    found = parquet(capsysbinary, sql)
    assert dict(zip(found.schema.names, found.schema.types, strict=True)) == TYPED | {"other": pa.string()}
    if found.num_rows:
        first = found.to_pylist()[0]
        moment = datetime.fromisoformat("2026-10-25T15:00:00.000005")
        assert first["started_at"] == moment.replace(tzinfo=UTC)
        assert first["started_at_kst"] == moment + timedelta(hours=9)
        assert (first["ended_at"], first["is_chosen"], first["day_kst"]) == (None, True, moment.date())
        assert found["is_chosen"].to_pylist() == [True, False]


def test_an_expression_under_a_known_name_keeps_the_type_of_its_values(asked, capsysbinary):
    found = parquet(
        capsysbinary, "select 'x' as started_at, 7 as is_chosen, 1.5 as load_id, 5 as outcome, 'y' as day_kst"
    )
    assert found.to_pylist() == [{"started_at": "x", "is_chosen": 7, "load_id": 1.5, "outcome": 5, "day_kst": "y"}]


def test_a_name_has_one_type_in_all_views_and_tables():
    shown = [view.described() for view in VIEWS.values()]
    tables = [dict(table.columns) for table in metadata.tables.values() if not table.name.startswith("staged_")]
    for columns in (*shown, *tables):
        for name, column in columns.items():
            assert type_of(column) == arrow_types()[name], name
