"""The flows on a real Prefect server, down to the event that starts a training on a worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.events.schemas.events import Event, Resource
from prefect.states import Running

from crawlers.replica.server import Replica
from pipelines.flows import tasks
from pipelines.flows.automations import SILENCE
from pipelines.flows.deployments import deploy
from pipelines.flows.events import announce_to_known_server
from pipelines.flows.local_server import local_server
from pipelines.flows.nightly import nightly
from pipelines.flows.prepare import run_prepare
from pipelines.flows.server import answers, url_file
from pipelines.flows.tasks import as_task, foreseen
from pipelines.flows.worker import run_worker
from pipelines.settings import Settings, load_settings
from pipelines.steps.formats.rows import Columns
from pipelines.steps.importing import import_file
from pipelines.steps.start import initialise
from warehouse.errors import Misuse, Permanent, Refused, Transient

T = TypeVar("T")
RUN = """
about = "as little as trains at all"
max_tokens = 48
[scratch]
max_steps = 4
layers = 1
width = 16
heads = 2
vocab_size = 300
[pretrained]
"""
WORKER = """
import pathlib, sys, pipelines.flows.worker, pipelines.settings
settings = pipelines.settings.load_settings(pathlib.Path(sys.argv[1]))
sys.exit(pipelines.flows.worker.run_worker(settings, "gpu"))
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with local_server(tmp_path_factory.mktemp("prefect")) as url:
        yield url
    assert not answers(url)


@pytest.fixture
def client(url: str) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture(scope="module")
def settings(url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("project")
    initialise(root, None)
    file, run = root / "mundap.toml", root / "least.toml"
    run.write_text(RUN, "utf-8")
    text = file.read_text("utf-8").replace('run = "mundap"', f'run = "{run}"')
    text = text.replace('model = "skt/kogpt2-base-v2"', 'model = "tiny"')
    text = text.replace("# [sites.nate_pann]\n# permission", "[sites.nate_pann]\npermission")
    file.write_text(text, "utf-8")
    settings = load_settings(file)
    rows = [
        f"{n}번 문제는 어떻게 푸나요 {chr(0xAC00 + 37 * n)},{chr(0xB098 + 41 * n)} 공식 {n}쪽을 보세요"
        for n in range(120)
    ]
    pairs = root / "pairs.csv"
    pairs.write_text("Q,A\n" + "\n".join(rows) + "\n", "utf-8")
    import_file(settings, "csv", pairs, columns=Columns("Q", "A"))
    return settings


def wait_for(what: Callable[[], T], seconds: float = 300) -> T:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.2)
    return found


def runs_of(client: SyncPrefectClient, name: str) -> list[Any]:
    flows = {entry.id: entry.name for entry in client.read_flows()}
    return [run for run in client.read_flow_runs() if flows[run.flow_id] == name]


def test_a_task_takes_what_cannot_be_pickled_and_gives_it_back_as_it_is(url: str) -> None:
    given = [iter([1]), open, {"a": object()}]

    @flow(name="unpicklable")
    def body() -> bool:
        return as_task(lambda *args, key: (args, key), *given, key=given)[1] is given  # type: ignore[no-any-return, misc]

    assert body()


def test_only_transient_errors_are_tried_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tasks._task
    monkeypatch.setattr(tasks, "_task", lambda name: made(name).with_options(retry_delay_seconds=0))
    calls: list[str] = []

    def locked() -> str:
        calls.append("locked")
        if calls.count("locked") <= 3:
            raise Transient("the database is locked; try again")
        return "done"

    def broken() -> str:
        calls.append("broken")
        raise Permanent("a bad row")

    @flow(name="retries")
    def body() -> str:
        with pytest.raises(Permanent, match=r"^a bad row$"):
            as_task(broken)
        return as_task(locked)

    assert body() == "done"
    assert calls == ["broken", *["locked"] * 4]


def test_a_foreseen_error_is_the_run_s_message_and_comes_out_as_it_is(
    url: str, client: SyncPrefectClient, capfd: pytest.CaptureFixture[str]
) -> None:
    def misused() -> None:
        raise Misuse("no file at x.csv; check the path")

    @flow(name="misused")
    @foreseen
    def body() -> None:
        as_task(misused)

    with pytest.raises(Misuse, match=r"^no file at x\.csv; check the path$"):
        body()
    (run,) = runs_of(client, "misused")
    assert run.state.type is StateType.FAILED
    assert run.state.message == "no file at x.csv; check the path"
    assert "Traceback" not in capfd.readouterr().err


def test_deploy_twice_leaves_one_of_each(url: str, settings: Settings, client: SyncPrefectClient) -> None:
    first, second = deploy(settings), deploy(settings)
    assert first == second
    assert first.schedules == ("crawl: 0 3 * * * Asia/Seoul (nate_pann)", "nightly: 0 5 * * * Asia/Seoul")
    (left_out,) = first.unscheduled
    assert "naver_kin" in left_out and "[sites.naver_kin] permission" in left_out
    assert url_file(settings).read_text("utf-8").strip() == url
    pools = {pool.name: pool for pool in client.read_work_pools()}
    assert {name: (pool.type, pool.concurrency_limit) for name, pool in pools.items()} == {
        "crawl": ("process", None),
        "gpu": ("process", 1),
    }
    assert [entry.name for entry in client.read_deployments()] == ["mundap"] * 4
    assert sorted(automation.name for automation in client.read_automations()) == sorted(first.automations)


def test_schedules_that_the_settings_drop_are_gone(url: str, settings: Settings, client: SyncPrefectClient) -> None:
    deploy(settings)
    silent = settings.model_copy(update={"schedule": settings.schedule.model_copy(update={"crawl": "", "nightly": ""})})
    bare = deploy(silent)
    assert bare.schedules == () and bare.unscheduled == ()
    assert [entry.schedules for entry in client.read_deployments()] == [[], [], [], []]


def test_a_line_that_is_no_schedule_is_refused_before_anything_is_made(url: str, settings: Settings) -> None:
    faulty = settings.model_copy(update={"schedule": settings.schedule.model_copy(update={"nightly": "each night"})})
    with pytest.raises(Misuse, match=r"\[schedule\] nightly = 'each night' is no cron line"):
        deploy(faulty)


def test_a_worker_for_an_unknown_pool_is_refused(url: str) -> None:
    with pytest.raises(Misuse, match="no work pool moon"):
        run_worker(Settings(), "moon")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_run_whose_process_fell_silent_is_put_back_on_the_schedule(
    url: str, settings: Settings, client: SyncPrefectClient
) -> None:
    deploy(settings)
    deployment = client.read_deployment_by_name("finetune/mundap")
    run = client.create_flow_run_from_deployment(deployment.id, parameters={"manifest": "nowhere"}, state=Running())
    beat = Event(
        event="prefect.flow-run.heartbeat",
        resource=Resource({"prefect.resource.id": f"prefect.flow-run.{run.id}"}),
        occurred=datetime.now(UTC) - SILENCE,
    )
    client.request("POST", "/events", json=[beat.model_dump(mode="json")]).raise_for_status()
    try:
        wait_for(lambda: client.read_flow_run(run.id).state_name == "AwaitingRetry")
    finally:
        client.delete_flow_run(run.id)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nightly_s_dataset_is_trained_on_by_the_gpu_worker_once(
    url: str, settings: Settings, client: SyncPrefectClient, tmp_path: Path, serve: Callable[..., Replica]
) -> None:
    deploy(settings)
    config = str(settings.source_file)
    sites = {
        "nate_pann": serve("nate_pann", posts=3).base_url,
        "naver_kin": serve(posts=3, fault="robots_refuse").base_url,
    }
    log = tmp_path / "worker.log"
    quick = {**os.environ, "PREFECT_WORKER_QUERY_SECONDS": "1"}
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, config], cwd=tmp_path, env=quick, stdout=out, stderr=out
        )
    try:
        # The site that refuses fails the night at its end, the dataset of the other is made all the same.
        with pytest.raises(Refused, match="naver_kin"):
            nightly(config=config, base_urls=sites)
        wait_for(lambda: trainings(client) == ["Completed"])
        again = run_prepare(settings, "mundap", "dialogue", 1, lambda *_: None)
        assert again.unchanged
        # The same content announced a second time: the flow runs, the training does not.
        assert announce_to_known_server(settings, "mundap", again).startswith("told the Prefect server")
        wait_for(lambda: trainings(client) == ["Completed"] * 2)
    finally:
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(120)
    assert code == 0, log.read_text("utf-8")
    checkpoint = f"least-tiny-{again.content_id[:8]}"
    assert [path.name for path in settings.checkpoints.iterdir()] == [checkpoint]
    keys = {artifact.key for artifact in client.read_artifacts() if artifact.key}
    assert keys == {"crawl-nate-pann", "dataset-mundap", f"training-{checkpoint}"}


def trainings(client: SyncPrefectClient) -> list[str]:
    """How each training ended, or stands; one that failed fails the test at once, with its message."""
    states = [run.state for run in runs_of(client, "finetune")]
    assert not [state.message for state in states if state.is_failed()]
    return [state.name for state in states]
