"""An export that is killed, or whose disk is full, leaves no half dataset; the next one goes on and writes the same."""

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cleaning.recipe import load_recipe
from pipelines.settings import Settings
from pipelines.steps.building.cleandialogues import clean_all, clean_batch
from pipelines.steps.building.orders import Order
from pipelines.steps.building.prepare import prepare
from pipelines.steps.importing import import_file
from warehouse.connect import open_warehouse
from warehouse.datasets.manifest import newest_version
from warehouse.datasets.parts import building
from warehouse.datasets.shards import verify
from warehouse.errors import Transient
from warehouse.store.dialogue_batches import dialogue_batches, read_batch

# Dies at the nth call of one function: after that many parts, in the midst of a shard, before and after the rename.
DYING = """
import os, signal, sys
from pathlib import Path
import pipelines.steps.building.cleandialogues as cleandialogues
from pipelines.settings import load_settings
from pipelines.steps.building import prepare
from warehouse.datasets import parts
from warehouse.datasets import shards
from warehouse.datasets import shardwriter
cleandialogues.BATCH_ROWS = 50
owner, name, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
owner = {"parts": parts.Parts, "writer": shardwriter.ShardWriter, "shards": shards, "prepare": prepare}[owner]
real = getattr(owner, name)
def dying(*args, **kwargs):
    global calls
    calls -= 1
    if calls == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)
setattr(owner, name, dying)
prepare.prepare(load_settings(Path("mundap.toml")), "talk", workers=int(sys.argv[4]))
"""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of 300 dialogues that no compression makes small."""
    folder = tmp_path_factory.mktemp("stored")
    chance = random.Random(3)
    lines = ["question,answer"]
    for _ in range(300):
        lines.append(",".join("".join(chr(chance.randint(0xAC00, 0xD7A3)) for _ in range(150)) for _ in range(2)))
    (folder / "pairs.csv").write_text("\n".join(lines), "utf-8")
    import_file(Settings(root=folder), "csv", folder / "pairs.csv")
    return folder


@pytest.fixture
def here(stored: Path, tmp_path: Path) -> Settings:
    shutil.copytree(stored / ".mundap", tmp_path / ".mundap")
    (tmp_path / "mundap.toml").write_text('[paths]\ndatasets = "datasets"\n', "utf-8")
    return Settings(root=tmp_path)


@pytest.fixture(scope="module")
def whole(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The content of an export that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copytree(stored / ".mundap", folder / ".mundap")
    return prepare(Settings(root=folder), "talk").content_id


@pytest.mark.parametrize(
    ("place", "taken_over"),
    [
        pytest.param(("parts", "write", "4", "2"), 150, id="between parts of two processes"),
        pytest.param(("writer", "_write", "2", "1"), 300, id="in the midst of a shard"),
        pytest.param(("shards", "_finish", "1", "1"), 300, id="before the rename"),
        pytest.param(("prepare", "record_dataset", "1", "1"), 300, id="after the rename"),
    ],
)
def test_a_killed_export_is_taken_up_again(here, whole, monkeypatch, place, taken_over):
    # Its output ends only when its processes have gone with it.
    command = [sys.executable, "-c", DYING, *place]
    done = subprocess.run(command, cwd=here.root, capture_output=True, text=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    visible = newest_version(here.datasets, "talk")
    assert (visible is not None) == (place[1] == "record_dataset")
    assert visible is None or verify(visible) == []
    monkeypatch.setattr("pipelines.steps.building.cleandialogues.BATCH_ROWS", 50)
    report = prepare(here, "talk")
    assert (report.content_id, verify(report.path)) == (whole, [])
    assert (report.stages["clean"].rows, report.stages["clean"].taken_over) == (300, taken_over)
    assert not (here.folder / "building").exists()
    assert [folder.name for folder in (here.datasets / "talk").iterdir() if folder.is_dir()] == [report.version]


@pytest.mark.parametrize("place", ["datasets", ".mundap/building"])
def test_a_full_disk_is_said_in_plain_words(here, place):
    (here.root / place).mkdir()
    script = (
        f"mount -t tmpfs -o size=64k tmpfs {place} || exit 77; "
        f"{sys.executable} -m pipelines export talk; code=$?; ls -AR {place} > left; exit $code"
    )
    try:
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script], cwd=here.root, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no unshare(1) here: a small disk cannot be made")
    if done.returncode == 77 or "unshare:" in done.stderr:
        pytest.skip("this user may not mount: a small disk cannot be made")
    (line,) = done.stderr.splitlines()
    assert (done.returncode, "(No space left on device); free some space" in line) == (4, True), done.stderr
    assert "parquet" not in (left := (here.root / "left").read_text()) and "arrow" not in left
    assert newest_version(here.datasets, "talk") is None


def test_two_exports_of_one_name_do_not_meet(here):
    with building(here.folder / "building" / "talk"), pytest.raises(Transient, match="built by another process"):
        prepare(here, "talk")
    assert prepare(here, "talk").kept == 300


class Quick:
    """Does each order at once, as others may have by the time that the next batch is read; the fourth never ends."""

    ahead = 4

    def __init__(self) -> None:
        self._orders = 0

    def order(self, step, /, *args):
        self._orders += 1
        if self._orders == 4:
            raise Transient("killed")
        result = step(*args)
        return Order(lambda: result, lambda: True)


def test_what_is_done_is_on_disk_before_more_is_ordered(here, monkeypatch):
    monkeypatch.setattr("pipelines.steps.building.cleandialogues.BATCH_ROWS", 50)
    engine, recipe = open_warehouse(here.database_url), load_recipe("dialogue")
    with pytest.raises(Transient), building(here.folder / "building" / "talk") as parts:
        clean_all(engine, recipe, parts, Quick(), lambda *_: None)
    assert len([*parts.folder.glob("*.arrow")]) == 3


def test_a_killed_worker_process_is_told_and_the_rest_stays(here, whole, monkeypatch):
    monkeypatch.setattr("pipelines.steps.building.cleandialogues.BATCH_ROWS", 50)
    engine = open_warehouse(here.database_url)
    fourth = [*dialogue_batches(engine, rows=50)][3]
    monkeypatch.setenv("DIES_AT", read_batch(engine, fourth)[0].dialogue_id)
    with monkeypatch.context() as patch, pytest.raises(Transient, match="ended from outside"):
        patch.setattr("pipelines.steps.building.cleandialogues.clean_batch", dies_at_one)
        prepare(here, "talk", workers=2)
    report = prepare(here, "talk", workers=2)
    assert (report.content_id, report.stages["clean"].taken_over < 300) == (whole, True)


def dies_at_one(batch, recipe):
    """Clean a batch as ever, but die at one of them, as a process does for which memory is out."""
    if batch[0].dialogue_id == os.environ["DIES_AT"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return clean_batch(batch, recipe)


def test_an_empty_folder_that_a_killed_build_left_goes_with_the_next_export_of_any_name(tmp_path):
    home = tmp_path / "building"
    for name in ("left", "begun", "live"):
        (home / name).mkdir(parents=True)
    (home / "begun" / "part.arrow").write_bytes(b"x")
    with building(home / "live"), building(home / "talk"):
        assert sorted(folder.name for folder in home.iterdir()) == ["begun", "live", "talk"]
    assert sorted(folder.name for folder in home.iterdir()) == ["begun"]
