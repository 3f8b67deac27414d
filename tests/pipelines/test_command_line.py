"""The command line: light to start, documented, one line and the right exit code for every fault."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.__main__ import run
from pipelines.cli import app

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
    assert "1 of 2 rows were set aside" in capsys.readouterr().err
