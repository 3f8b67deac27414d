"""Runs from their first minute on: what train, evaluate, status and leaderboard say of each state."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps.building.prepare import prepare
from pipelines.steps.importing import import_file
from pipelines.steps.training.finetune import finetune
from pipelines.steps.training.runs import runs
from pipelines.steps.training.train import train
from warehouse.connect import open_warehouse
from warehouse.datasets.manifest import read_manifest
from warehouse.errors import Misuse, Unready
from warehouse.frontier.holders import this_process
from warehouse.lineage import record_run

SMALL = {"max_steps": "2", "batch_size": "4", "width": "16", "heads": "2", "vocab_size": "400", "threads": "1"}
SET = [part for name, value in SMALL.items() for part in ("--set", f"{name}={value}")]


@pytest.fixture
def few(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A dataset so small that nothing falls on validation or test."""
    monkeypatch.chdir(settings.root)
    file = settings.root / "pairs.jsonl"
    rows = [
        {"question": f"{word} 먹어도 돼요?", "answer": f"{word} 조금만 드세요."} for word in ("떡", "밥", "김", "빵")
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    import_file(settings, "jsonl", file)
    counted = read_manifest(prepare(settings, "few").path).rows
    assert (counted["validation"], counted["test"]) == (0, 0), "the test needs a dataset without held-out rows"
    return settings


def last_json(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_training_without_held_out_rows_says_what_that_means(few, capsys):
    assert run(["train", "few", "--model", "tiny", *SET]) == 0
    out = capsys.readouterr().out
    note = next(line for line in out.splitlines() if line.startswith("note: "))
    assert (
        "no validation and no test rows" in note and "last weights are kept" in note and "nothing to evaluate" in note
    )
    assert run(["train", "few", "--model", "tiny", *SET, "--json"]) == 0
    result = last_json(capsys)
    assert result["already"] is True and result["notes"] == [note.removeprefix("note: ")]
    assert run(["train", "few", "--model", "tiny", *SET]) == 0
    assert f"already there: {result['checkpoint']} was trained on this very dataset" in capsys.readouterr().out
    assert len(runs(few)) == 1


@pytest.mark.parametrize("extra", [[], ["--split", "test"], ["--split", "train"]], ids=["any", "test", "no such side"])
def test_evaluating_on_nothing_is_refused_with_a_remedy(few, extra, capsys):
    checkpoint = train(few, Path("few"), run_name="mundap", model="tiny", overrides=SMALL).outcome.checkpoint
    assert run(["evaluate", str(checkpoint), *extra]) == 2
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1 and (
        "export again" in err or "choose validation (0 rows) or test (0 rows)" in err
    )
    assert [row["command"] for row in _loads(few)] == ["train"], "a refusal is no load"


def _loads(settings: Settings) -> list[dict[str, str]]:
    with open_warehouse(settings.database_url).connect() as connection:
        found = connection.exec_driver_sql("select command from load order by load_id").scalars().all()
    return [{"command": command.split()[0]} for command in found if command.split()[0] in {"train", "evaluate"}]


def test_the_flow_trains_and_leaves_out_what_cannot_be_measured(few):
    report = finetune(few, Path("few"), run_name="mundap", model="tiny", overrides=SMALL)
    assert report.metrics == () and report.steps == 2 and "nothing to evaluate" in report.notes[0]


def test_status_shows_runs_in_every_state(few, monkeypatch, capsys):
    def no_disk(*_args: object, **_kwargs: object) -> None:
        raise Unready("no space left on the disk; free some")

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.steps.training.train.fit", no_disk)
        with pytest.raises(Unready):
            train(few, Path("few"), run_name="mundap", model="tiny", overrides=SMALL)
    engine = open_warehouse(few.database_url)
    record_run(engine, run="helpbot", model="tiny", content_id="c", checkpoint=Path("here"))
    monkeypatch.setattr("warehouse.lineage.this_process", lambda: _gone())
    record_run(engine, run="kodialogpt", model="tiny", content_id="c", checkpoint=Path("there"))
    train(few, Path("few"), run_name="review_lm", model="tiny", overrides=SMALL)
    states = {row["run"]: row["state"] for row in runs(few)}
    assert states == {"mundap": "failed", "helpbot": "running", "kodialogpt": "broken off", "review_lm": "done"}
    capsys.readouterr()
    assert run(["status"]) == 0
    out = capsys.readouterr().out
    assert f"run {next(row['run_id'] for row in runs(few) if row['reason'])} failed: no space left on the disk" in out
    assert "not yet" in out


def _gone() -> str:
    """A holder of this host whose process ended: the number belongs to no process that ever started at tick 0."""
    return this_process().rpartition(":")[0] + ":t0"


def test_a_refused_training_leaves_the_finished_run_as_it_was(few):
    made = train(few, Path("few"), run_name="mundap", model="tiny", overrides=SMALL)
    with pytest.raises(Misuse, match="go on with --resume, or give another --out"):
        train(few, Path("few"), run_name="mundap", model="tiny", overrides={**SMALL, "seed": "9"})
    (row,) = runs(few)
    assert (row["run_id"], row["state"], row["steps"]) == (made.run_id, "done", 2)


def test_an_empty_leaderboard_says_how_to_get_a_first_row(few, capsys):
    assert run(["leaderboard"]) == 0
    assert "mundap train few --model tiny, then mundap evaluate" in capsys.readouterr().out
    checkpoint = train(few, Path("few"), run_name="mundap", model="tiny", overrides=SMALL).outcome.checkpoint
    assert run(["leaderboard"]) == 0
    assert capsys.readouterr().out.strip().endswith(f"mundap evaluate {checkpoint.resolve()}")
    assert run(["leaderboard", "--json"]) == 0
    assert last_json(capsys)["rows"] == []


def test_a_training_cut_by_the_clock_says_so_and_goes_on(few, capsys):
    assert run(["train", "few", "--model", "tiny", *SET, "--set", "max_seconds=0", "--resume"]) == 0
    out = capsys.readouterr().out
    assert "nothing was there to resume" in out and "started from the beginning" in out
    assert "note: stopped by its time limit after 1 of 2 steps; go on by the same command with --resume" in out
    assert run(["train", "few", "--model", "tiny", *SET, "--set", "max_seconds=60", "--resume", "--json"]) == 0
    result = last_json(capsys)
    assert (result["steps"], result["planned_steps"], result["stopped_by"]) == (2, 2, "steps")
    assert not any("time limit" in note for note in result["notes"])


def test_a_training_broken_off_is_told_before_torch_with_the_command_that_takes_it_up(few, capsys):
    def broken(step: int, _total: int, _loss: float) -> None:
        if step == 2:
            raise KeyboardInterrupt

    options = {**SMALL, "max_steps": "3", "save_every": "1", "max_seconds": "none"}
    with pytest.raises(KeyboardInterrupt):
        train(few, Path("few"), run_name="mundap", model="tiny", overrides=options, on_step=broken)
    (folder,) = few.checkpoints.iterdir()
    for words in (["chat"], ["evaluate", folder.name]):
        code = f"import sys; sys.modules['torch'] = None; from pipelines.__main__ import run; sys.exit(run({words!r}))"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2, done.stderr
        assert f"training {folder.name} was broken off at step 1 (or still runs" in " ".join(done.stderr.split())
    told = " ".join(done.stderr.split()).partition("go on with: mundap ")[2]
    assert told.startswith("train few@") and "--set max_steps=3" in told and told.endswith(" --resume")
    capsys.readouterr()
    assert run(shlex.split(told)) == 0
    out = capsys.readouterr().out
    assert f"{folder}: 2 further steps in " in out and " s (3 in all), " in out
