"""The flows on a real Prefect server, down to the event that starts a training on a worker."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType

from pipelines.flows.crawl import crawl
from pipelines.flows.deployments import deploy
from pipelines.flows.events import announce_to_known_server
from pipelines.flows.local_server import local_server
from pipelines.flows.prepare import run_prepare
from pipelines.flows.server import url_file
from pipelines.flows.tasks import as_task, foreseen
from pipelines.flows.worker import run_worker
from pipelines.settings import Settings, load_settings
from pipelines.steps.files import Columns
from pipelines.steps.importing import import_file
from pipelines.steps.prepare import ExportReport
from pipelines.steps.prepare import prepare as prepare_here
from pipelines.steps.start import initialise
from warehouse.errors import Misuse, Permanent, Transient

T = TypeVar("T")
RUN = """
about = "as little as trains at all"
format = "multiturn"
label_mode = "all"
max_tokens = 48
[scratch]
max_steps = 4
batch_size = 8
layers = 1
width = 16
heads = 2
vocab_size = 300
[pretrained]
"""
WORKER = """
import sys
from pathlib import Path
from pipelines.flows.worker import run_worker
from pipelines.settings import load_settings
sys.exit(run_worker(load_settings(Path(sys.argv[1])), "gpu"))
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with local_server(tmp_path_factory.mktemp("prefect")) as url:
        yield url


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


def wait_for(what: Callable[[], T], seconds: float = 120) -> T:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.2)
    return found


def run_of(client: SyncPrefectClient, name: str) -> list[Any]:
    flows = {entry.id: entry.name for entry in client.read_flows()}
    return [run for run in client.read_flow_runs() if flows[run.flow_id] == name]


def test_a_task_takes_what_cannot_be_pickled_and_gives_it_back_as_it_is(url: str) -> None:
    given = [iter([1]), open, {"a": object()}]

    @flow(name="unpicklable")
    def body() -> bool:
        return as_task(lambda *args, key: (args, key), *given, key=given)[1] is given  # type: ignore[no-any-return, misc]

    assert body()


def test_only_transient_errors_are_tried_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.flows.tasks._task", quick_tasks())
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


def quick_tasks() -> Callable[[str], Any]:
    """The tasks of the room without their waits."""
    from pipelines.flows import tasks

    made = tasks._task
    return lambda name: made(name).with_options(retry_delay_seconds=0)


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
    (run,) = run_of(client, "misused")
    assert run.state.type is StateType.FAILED
    assert run.state.message == "no file at x.csv; check the path"
    assert "Traceback" not in capfd.readouterr().err


def test_a_flow_with_bad_parameters_fails_in_one_line(url: str, settings: Settings) -> None:
    with pytest.raises(Misuse, match="'soon' is no day"):
        crawl("naver_kin", config=str(settings.source_file), since="soon")


def test_deploy_twice_leaves_one_of_each(url: str, settings: Settings, client: SyncPrefectClient) -> None:
    first, second = deploy(settings), deploy(settings)
    assert first == second
    assert first.schedules == ("crawl: 0 3 * * * Asia/Seoul (nate_pann)", "nightly: 0 5 * * * Asia/Seoul")
    assert url_file(settings).read_text("utf-8").strip() == url
    pools = {pool.name: pool for pool in client.read_work_pools()}
    assert {name: (pool.type, pool.concurrency_limit) for name, pool in pools.items()} == {
        "crawl": ("process", None),
        "gpu": ("process", 1),
    }
    deployments = {f"{entry.name}": entry for entry in client.read_deployments()}
    assert set(deployments) == {"mundap"}
    assert len(client.read_deployments()) == len(first.deployments) == 4
    assert sorted(automation.name for automation in client.read_automations()) == sorted(first.automations)


def test_schedules_that_the_settings_drop_are_gone(url: str, settings: Settings, client: SyncPrefectClient) -> None:
    deploy(settings)
    silent = settings.model_copy(update={"schedule": settings.schedule.model_copy(update={"crawl": "", "nightly": ""})})
    assert deploy(silent).schedules == ()
    assert [entry.schedules for entry in client.read_deployments()] == [[], [], [], []]


def test_a_line_that_is_no_schedule_is_refused_before_anything_is_made(url: str, settings: Settings) -> None:
    faulty = settings.model_copy(update={"schedule": settings.schedule.model_copy(update={"nightly": "each night"})})
    with pytest.raises(Misuse, match=r"\[schedule\] nightly = 'each night' is no cron line"):
        deploy(faulty)


def test_a_worker_for_an_unknown_pool_is_refused(url: str, settings: Settings) -> None:
    with pytest.raises(Misuse, match="no work pool moon"):
        run_worker(settings, "moon")


@pytest.mark.slow
def test_an_exported_dataset_is_trained_on_by_the_gpu_worker_once(
    url: str, settings: Settings, client: SyncPrefectClient, tmp_path: Path
) -> None:
    deploy(settings)
    log = tmp_path / "worker.log"
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(settings.source_file)], cwd=tmp_path, stdout=out, stderr=out
        )
    try:
        trained = follow(client, lambda: run_prepare(settings, "talks", "dialogue", 1, lambda *_: None), 1)
        again = run_prepare(settings, "talks", "dialogue", 1, lambda *_: None)
        assert again.unchanged
        assert again.content_id == trained.content_id
        # The same content announced a second time: the flow runs, the training does not.
        follow(client, lambda: told(settings, again), 2)
        keys = {artifact.key for artifact in client.read_artifacts()}
        assert {"dataset-talks", f"training-least-tiny-{trained.content_id[:8]}"} <= keys
        checkpoints = [path.name for path in settings.checkpoints.iterdir()]
        assert checkpoints == [f"least-tiny-{trained.content_id[:8]}"]
    finally:
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(30)
    assert code == 0, log.read_text("utf-8")


def follow(client: SyncPrefectClient, export: Callable[[], ExportReport], number: int) -> ExportReport:
    """Export, and wait until the training that it starts has ended well."""
    report = export()
    runs = wait_for(lambda: [run for run in run_of(client, "finetune") if run.state.is_final()][number - 1 :] or None)
    assert runs
    states = [(run.state.name, run.state.message) for run in run_of(client, "finetune")]
    assert states == [("Completed", None)] * number
    return report


def told(settings: Settings, report: ExportReport) -> ExportReport:
    assert announce_to_known_server(settings, "talks", report).startswith("told the Prefect server")
    assert prepare_here(settings, "talks").unchanged
    return report
