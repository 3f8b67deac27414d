"""What analysts read and type: the data dictionary, and the example that query's help prints."""

import json
import re
import shlex

import pytest

from pipelines.__main__ import run
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from warehouse.dictionary import describe
from warehouse.schema.columns import OUTCOMES


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_the_overview_names_each_table_and_view_on_a_line(narrow, capsys):
    assert run(["describe"]) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 80 for line in out.splitlines())
    for entry in describe():
        assert re.search(rf"^ *{entry['table']} +{entry['kind']} +\S", out, re.MULTILINE), entry
    assert "Holds no personal data" not in out and "mundap describe NAME" in out


@pytest.mark.parametrize("name", ["QNA", "Turn"], ids=["view", "table"])
def test_a_name_is_known_in_any_case_as_sql_has_it(name):
    assert describe(name) == describe(name.lower())


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "mundap: the name is empty; there is answer, "), ("qnas", "mundap: no table qnas; there is qna")],
    ids=["empty", "unknown"],
)
def test_a_name_that_is_none_is_told_with_those_there_are(capsys, name, words):
    assert run(["describe", name]) == 2
    assert capsys.readouterr().err.startswith(words)


@pytest.mark.parametrize("name", ["turn", "qna"], ids=["table", "view"])
def test_a_table_or_view_is_told_column_by_column(narrow, capsys, name):
    assert run(["describe", name]) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 80 for line in out.splitlines())
    for entry in describe(name):
        assert re.search(rf"^ *{entry['column']} +\S", out, re.MULTILINE), entry
    whole = " ".join(out.split())
    assert "personal" in whole and "COLLATE" not in whole
    assert run(["describe", name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["rows"] == describe(name)


def test_all_facts_of_a_column_are_shown(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    assert run(["describe", "turn"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("role "))
    assert "who speaks (one of user, assistant" in line


def test_the_example_of_query_runs_as_it_is_printed(settings, serve, narrow, monkeypatch, capsys):
    monkeypatch.chdir(settings.root)
    crawl_site(settings, CrawlPlan("naver_kin", base_url=serve(posts=6).base_url, browser="never"))
    assert run(["query", "--help"]) == 0
    (printed,) = re.findall(r"Example: (mundap .*?)\s*$", capsys.readouterr().out, re.MULTILINE)
    command = shlex.split(printed)
    assert run(command[1:]) == 0
    out = capsys.readouterr().out
    assert "naver_kin" in out and "answers" in out
    assert run([*command[1:], "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out.splitlines()[-1])["rows"]
    assert run(["query", "select count(*) as answers from answer", "--json"]) == 0
    assert row["answers"] == json.loads(capsys.readouterr().out.splitlines()[-1])["rows"][0]["answers"] > 6


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        pytest.param("load", "outcome", list(OUTCOMES), id="outcome"),
        pytest.param("dialogue", "label", ["0 everyday, 1 parting, 2 love", "null for 5 to 8"], id="label"),
        pytest.param("loads", "minutes", ["1.5 for 90 seconds"], id="minutes"),
    ],
)
def test_codes_are_explained_word_by_word(table, column, words):
    (entry,) = (entry for entry in describe(table) if entry["column"] == column)
    assert all(word in entry["meaning"] for word in words)
