"""Export on a real Dask cluster of two workers: the same bytes, also when a worker dies; plain words when all do."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.steps.building import cluster as clustering
from pipelines.steps.building.prepare import prepare
from pipelines.steps.importing import import_file
from warehouse.errors import Misuse, Unready

distributed = pytest.importorskip("distributed", reason="the extra `cluster` (Dask) is not installed")


@pytest.fixture(scope="module")
def workers() -> Iterator[object]:
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
        ) as found,
    ):
        yield found


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("pipelines.steps.building.cleandialogues.BATCH_ROWS", 20)
    lines = [
        f"질문 {number}번은 어떻게 하나요ㅋㅋㅋㅋ?,{number}번 답은 이렇게 하시면 됩니다!!!" for number in range(200)
    ]
    (tmp_path / "pairs.csv").write_text("\n".join(["question,answer", *lines]), "utf-8")
    settings = Settings(root=tmp_path)
    import_file(settings, "csv", tmp_path / "pairs.csv")
    return settings


def on(settings: Settings, address: str) -> Settings:
    return settings.model_copy(update={"engine": settings.engine.model_copy(update={"address": address})})


def hashes(version: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(version.rglob("*.parquet"))}


def test_a_cluster_writes_the_bytes_of_one_process(filled, workers):
    here, there = prepare(filled, "here"), prepare(on(filled, workers.scheduler_address), "there")
    assert here.content_id == there.content_id
    assert hashes(here.path) == hashes(there.path)


def test_a_dead_worker_is_survived(filled, workers):
    """The scheduler gives its batches to the other one, and its nanny starts a new one."""
    whole = prepare(filled, "whole").content_id
    pids = [nanny.process.process.pid for nanny in workers.workers.values()]

    def kill_one(_done, _total=None, note=""):
        if note == "cleaning" and pids:
            os.kill(pids.pop(), signal.SIGKILL)
            pids.clear()

    assert prepare(on(filled, workers.scheduler_address), "again", on_step=kill_one).content_id == whole
    assert not pids


def test_a_cluster_without_a_worker_is_told_and_left(filled, monkeypatch):
    monkeypatch.setattr(clustering, "ALONE_SECONDS", 0.2)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", host="127.0.0.1") as empty,
        pytest.raises(Unready, match="has no worker; start it, then run the same command again"),
    ):
        prepare(on(filled, empty.scheduler_address), "talk")
    assert not filled.datasets.exists()


def test_no_scheduler_is_told_with_its_remedy(filled, monkeypatch):
    monkeypatch.setattr(clustering, "CONNECT_SECONDS", 0.5)
    with pytest.raises(Unready, match=r"no Dask scheduler answers at tcp://127.0.0.1:9; start it \(dask scheduler"):
        prepare(on(filled, "tcp://127.0.0.1:9"), "talk")


def test_an_address_that_is_none_is_told(filled):
    with pytest.raises(Misuse, match="write tcp://host:8786"):
        prepare(on(filled, "nowhere at all"), "talk")


ASK = """
import sys
from pipelines.steps.building import cluster as clustering
from warehouse.errors import Unready
clustering.CONNECT_SECONDS = 0.5
try:
    with clustering.cluster(sys.argv[1]):
        pass
except Unready as error:
    held = error  # and with it the frames in which the client was made
    print(error)
"""


@pytest.mark.parametrize("listens", [False, True], ids=["nobody listens", "one who is no scheduler"])
def test_where_no_scheduler_answers_one_sentence_is_all_that_is_left(listens):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1] if listens else 1}"
        ended = subprocess.run(
            [sys.executable, "-c", ASK, address], capture_output=True, text=True, timeout=60, check=True
        )
    assert ended.stdout.startswith(f"no Dask scheduler answers at {address}; start it")
    assert ended.stderr == ""
