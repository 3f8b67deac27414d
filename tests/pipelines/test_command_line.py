"""The command line: light to start, documented, one line and the right exit code for every fault."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from crawlers.replica.faults import FAULTS
from pipelines.__main__ import run
from pipelines.cli import app
from pipelines.settings import Settings
from pipelines.steps.ledger import load
from pipelines.version import code_version
from warehouse.connect import open_warehouse
from warehouse.errors import Unready

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]
DESIGNED = {
    "demo": {"corpus", "dir", "pages", "json"},
    "replica": {"corpus", "port", "era", "fault", "json"},
    "crawl": {"topic", "query", "since", "until", "max-pages", "base-url", "gap", "browser", "config", "json"},
    "clean": {"recipe", "option"},
    "export": {"recipe", "workers"},
    "train": {"run", "model", "set", "resume"},
    "evaluate": {"data"},
    "generate": {"compare"},
    "query": {"format"},
}


def test_help_loads_neither_torch_nor_prefect():
    code = (
        "import sys; from pipelines.__main__ import run; run(['--help']);"
        "heavy = {'torch', 'prefect', 'transformers', 'polars', 'selenium', 'pandas'} & sys.modules.keys();"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["evaluate", "nowhere"], id="evaluate"),
        pytest.param(["promote", "nowhere"], id="promote"),
        pytest.param(["generate", "안녕", "--checkpoint", "nowhere"], id="generate"),
        pytest.param(["chat", "--checkpoint", "nowhere"], id="chat"),
    ],
)
def test_a_wrong_checkpoint_is_told_before_torch_is_loaded(words, tmp_path):
    code = f"import sys; sys.modules['torch'] = None; from pipelines.__main__ import run; sys.exit(run({words!r}))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert "nowhere is no finished checkpoint: there is no such folder; `mundap leaderboard`" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command, capsys):
    assert run([command, "--help"]) == 0
    assert f"mundap {command}" in capsys.readouterr().out.split("Example:")[1]


@pytest.mark.parametrize("command", sorted(DESIGNED))
def test_the_options_of_the_design_are_there(command, capsys):
    options = {
        name.lstrip("-")
        for parameter in get_command(app).commands[command].params  # type: ignore[attr-defined]
        for name in parameter.opts
    }
    assert options >= DESIGNED[command]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["nosuch"], 2, "No such command", id="unknown command"),
        pytest.param(["crawl", "daum"], 2, "naver_kin, nate_pann", id="unknown site"),
        pytest.param(["crawl", "naver_kin", "--base-url", "ftp://x"], 2, "no web address", id="wrong URL"),
        pytest.param(["crawl", "naver_kin", "--base-url", "http://x:1/qna?a=b"], 2, "write http://x:1", id="a path"),
        pytest.param(
            ["crawl", "naver_kin", "--since", "2026-10-02", "--until", "2026-10-01"],
            2,
            "swap them",
            id="days backwards",
        ),
        pytest.param(["crawl", "naver_kin", "--topic", "주식"], 2, "연애", id="unknown topic"),
        pytest.param(["import", "csv", "nowhere.csv"], 2, "nowhere.csv", id="missing file"),
        pytest.param(["clean", "nowhere.jsonl", "out.jsonl"], 2, "nowhere.jsonl", id="nothing to clean"),
        pytest.param(["parse", "nowhere.html", "--url", "https://kin.naver.com/"], 2, "nowhere.html", id="no page"),
        pytest.param(["verify", "nowhere"], 2, "mundap export", id="no dataset"),
        pytest.param(["train", "nowhere", "--model", "tiny"], 2, "mundap export", id="train on nothing"),
        pytest.param(["evaluate", "nowhere"], 2, "mundap train", id="evaluate nothing"),
        pytest.param(["chat"], 2, "mundap train", id="chat without a checkpoint"),
        pytest.param(["status"], 4, "mundap init", id="no warehouse"),
        pytest.param(["leaderboard"], 4, "mundap init", id="no leaderboard"),
        pytest.param(["query", "select 1"], 4, "mundap init", id="nothing to ask"),
        pytest.param(["crawl", "naver_kin", "--config", "nowhere.toml"], 2, "mundap init", id="no settings"),
        pytest.param(["train", "x", "--set", "epochs"], 2, "name=value", id="an override without a value"),
    ],
)
def test_a_fault_gives_one_line_and_its_exit_code(arguments, code, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == code
    out, err = capsys.readouterr()
    assert words in err
    assert len(err.strip().splitlines()) == 1 and not out


def test_json_is_the_last_line_of_stdout(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("talk.csv").write_text("Q,A,label\n배고파,밥 먹어요,0\n", "utf-8")
    assert run(["import", "chatbot-csv", "talk.csv", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {"read": 1, "stored": 1, "unchanged": 0, "set_aside": 0}.items() <= result.items()


def test_too_many_bad_rows_make_the_command_incomplete(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("talk.csv").write_text("Q,A,label\n배고파,밥 먹어요,0\n졸려,,0\n", "utf-8")
    assert run(["import", "chatbot-csv", "talk.csv"]) == 1
    assert "1 of 2 rows set aside" in capsys.readouterr().err


def test_the_version_is_told(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"mundap {code_version()}\n"


def test_the_replica_s_help_lists_every_fault_and_what_it_does(capsys):
    assert run(["replica", "--help"]) == 0
    told = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert {f"{name} {what}" for name, what in FAULTS.items()} <= set(told)


@pytest.mark.parametrize(
    ("html", "kind", "words"),
    [
        pytest.param("", "empty", "open its address in a browser", id="empty"),
        pytest.param("<p>안녕</p>", "unknown", "check that --url is the page's own address", id="unknown"),
    ],
)
def test_a_page_without_records_says_what_to_do_next(html, kind, words, tmp_path, capsys):
    (tmp_path / "page.html").write_text(html, "utf-8")
    arguments = ["parse", str(tmp_path / "page.html"), "--url", "https://pann.nate.com/talk/1"]
    assert run(arguments) == 0
    first, hint = capsys.readouterr().out.splitlines()
    assert kind in first and words in hint
    assert run([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == kind


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        pytest.param(["--url", "https://xo.nate.com/login"], "login", id="login host"),
        pytest.param(
            [
                "--url",
                "https://kin.naver.com/qna/detail.naver?docId=1",
                "--final-url",
                "https://nid.naver.com/nidlogin",
            ],
            "login",
            id="sent to a login",
        ),
        pytest.param(["--url", "https://pann.nate.com/talk/1", "--status", "410"], "gone", id="status"),
        pytest.param(
            ["--url", "http://127.0.0.1:8900/talk/1", "--site", "nate_pann", "--status", "500"], "error", id="site"
        ),
    ],
)
def test_parse_shows_every_kind_from_a_saved_page(tmp_path, capsys, more, kind):
    (tmp_path / "page.html").write_text("<html><body><p>잠시만요</p></body></html>", "utf-8")
    assert run(["parse", str(tmp_path / "page.html"), *more, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == kind


def test_parse_shows_lines_under_one_another_and_no_empty_form(tmp_path, capsys):
    page = """<div class="post-tit-info"><h1>제목</h1></div><div id="contentArea">첫 줄<br>둘째 줄</div>
    <div class="cmt_tit"><span class="num"><strong>3</strong></span></div>"""
    (tmp_path / "page.html").write_text(page, "utf-8")
    assert run(["parse", str(tmp_path / "page.html"), "--url", "https://pann.nate.com/talk/1"]) == 0
    out = capsys.readouterr().out
    assert f"  {'body':<20} 첫 줄\n  {'':<20} 둘째 줄\n" in out and "{}" not in out
    assert run(["parse", str(tmp_path / "page.html"), "--url", "https://blog.naver.com/1"]) == 2
    assert "--site" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["init"], ["status"], ["import", "chatbot-csv", "talk.csv"]], ids=lambda it: it[0])
def test_another_program_s_database_is_left_alone_in_one_line(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("talk.csv").write_text("Q,A,label\n배고파,밥 먹어요,0\n", "utf-8")
    Path(".mundap").mkdir()
    theirs = sqlite3.connect(".mundap/warehouse.db")
    theirs.execute("create table load (weight)")
    theirs.close()
    assert run(command) == 4
    err = capsys.readouterr().err
    assert "another program" in err and "[warehouse] url" in err and len(err.strip().splitlines()) == 1


def test_one_row_is_one_row(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    open_warehouse(Settings(root=tmp_path).database_url, create=True).dispose()
    assert run(["query", "select 1 as one"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 row"


def test_a_load_that_was_killed_shows_as_broken_off(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code = (
        "import os, signal; from pathlib import Path; from pipelines.settings import Settings;"
        "from pipelines.steps.ledger import load; from warehouse.connect import open_warehouse;"
        "settings = Settings(root=Path()); engine = open_warehouse(settings.database_url, create=True);"
        "entry = load(settings, engine, 'export killed'); entry.__enter__(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = str(Path(__file__).resolve().parents[2])
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": root}, timeout=60, check=False)
    assert run(["status", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["loads"]
    assert (entry["command"], entry["outcome"]) == ("export killed", "broken off")


def test_status_says_why_a_load_is_not_done_and_of_what_pages_it_speaks(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    settings = Settings(root=tmp_path)
    engine = open_warehouse(settings.database_url, create=True)
    for outcome in ("done", "incomplete: 2 of 4 rows set aside"):
        with load(settings, engine, "import nsmc x") as entry:
            entry.outcome = outcome
    with pytest.raises(Unready), load(settings, engine, "crawl naver_kin"):
        raise Unready("no disk space left;\nfree some")
    with pytest.raises(ZeroDivisionError), load(settings, engine, "export qa"):
        raise ZeroDivisionError
    engine.dispose()
    assert run(["status"]) == 0
    out = capsys.readouterr().out
    assert "pages set aside: none" in out and "set_aside: none" not in out and "reason" not in out
    assert [line for line in out.splitlines() if line.startswith("  load ")] == [
        "  load 4, failed: ZeroDivisionError",
        "  load 3, stopped: no disk space left; free some",
        "  load 2, incomplete: 2 of 4 rows set aside",
    ]
    assert all(len(line) <= 80 for line in out.splitlines()), out


def test_the_demo_says_at_once_what_it_does(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["demo", "--corpus", "nowhere.csv"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == "the whole pipeline, into mundap-demo: loading what it needs ..."
    assert "nowhere.csv" in second


def test_the_clock_of_the_demo_starts_before_the_imports():
    code = (
        "import sys, pipelines; print(pipelines.STARTED > 0, sorted({'typer', 'rich', 'sqlalchemy'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "True []\n"


def test_a_stop_by_hand_says_that_nothing_is_lost(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def stopped(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.steps.start.initialise", stopped)
    assert [run(["init"]), run(["init", "--json"])] == [130, 130]
    assert capsys.readouterr().err.splitlines() == ["mundap: stopped; nothing is lost, the same command goes on"] * 2
