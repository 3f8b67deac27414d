"""What the flows' room does without any Prefect server."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pipelines.flows.nightly import crawl_plans
from pipelines.flows.processes import child_group, leave_on, on_signals
from pipelines.flows.seat import config_of, seat_for, seated
from pipelines.flows.server import api_url, pointed_at, reachable_url, url_file
from pipelines.flows.summaries import artifact_key, crawl_summary, export_summary
from pipelines.flows.tasks import without_trace
from pipelines.settings import Settings, load_settings
from pipelines.steps.building.exported import ExportReport
from pipelines.steps.crawling.crawl import CrawlReport
from warehouse.errors import Misuse, Refused, Unready


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    file = tmp_path / "mundap.toml"
    file.write_text('[sites.nate_pann]\npermission = "Nate, letter of 2026-10-01"\n[sites.naver_kin]\n', "utf-8")
    return load_settings(file)


@pytest.fixture
def healthy() -> Iterator[str]:
    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/api/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api"
        server.shutdown()
        thread.join()


def note(settings: Settings, url: str) -> None:
    url_file(settings).parent.mkdir(parents=True, exist_ok=True)
    url_file(settings).write_text(url + "\n", "utf-8")


def test_settings_steps_and_flows_package_load_without_prefect() -> None:
    modules = (
        "pipelines.cli, pipelines.flows, pipelines.flows.server, pipelines.flows.local_server, pipelines.flows.worker"
    )
    code = f"import sys, {modules}; sys.exit('prefect' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_server_is_known_before_deploy(settings: Settings) -> None:
    assert api_url(settings) is None


def test_noted_server_is_used_while_it_answers(settings: Settings, healthy: str) -> None:
    note(settings, healthy)
    assert api_url(settings) == healthy == reachable_url(settings)


def test_noted_server_that_is_gone_is_none(settings: Settings) -> None:
    note(settings, "http://127.0.0.1:9/api")
    assert api_url(settings) is None


def test_environment_server_comes_first(settings: Settings, healthy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    note(settings, "http://127.0.0.1:9/api")
    monkeypatch.setenv("PREFECT_API_URL", healthy)
    assert api_url(settings) == healthy


def test_environment_server_that_is_gone_is_an_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with pytest.raises(Unready, match=r"no Prefect server answers at http://127\.0\.0\.1:9/api .*prefect server start"):
        api_url(settings)


def test_pointing_restores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://before/api")
    monkeypatch.delenv("MUNDAP_TRIAL", raising=False)
    with pytest.raises(KeyError), pointed_at("http://during/api", {"MUNDAP_TRIAL": "1"}):
        assert (os.environ["PREFECT_API_URL"], os.environ["MUNDAP_TRIAL"]) == ("http://during/api", "1")
        raise KeyError
    assert os.environ["PREFECT_API_URL"] == "http://before/api"
    assert "MUNDAP_TRIAL" not in os.environ


def test_seat_holds_for_the_block_only(settings: Settings, tmp_path: Path) -> None:
    told: list[object] = []
    with seated(settings, lambda *args: told.append(args)):
        seat_for("anything").on_step(1, 2, "x")
        assert seat_for("anything").settings is settings
    assert told == [(1, 2, "x")]
    with pytest.raises(Misuse, match="no settings file"):
        seat_for(str(tmp_path / "absent.toml"))
    assert seat_for(config_of(settings)).settings.sites == settings.sites


def test_nightly_crawls_what_is_permitted_or_served_here(settings: Settings) -> None:
    plans = crawl_plans(settings, {"naver_kin": "http://127.0.0.1:8900"}, 7)
    assert plans == [
        {"site": "nate_pann", "base_url": None, "max_pages": 7},
        {"site": "naver_kin", "base_url": "http://127.0.0.1:8900", "max_pages": 7},
    ]


@pytest.mark.parametrize(
    ("error", "kept"), [(Refused("robots.txt refuses"), False), (KeyError("x"), True)], ids=["ours", "defect"]
)
def test_only_foreseen_errors_lose_their_trace(error: Exception, kept: bool) -> None:
    record = logging.LogRecord("prefect", logging.ERROR, "", 0, "failed", None, (type(error), error, None))
    assert without_trace(record)
    assert bool(record.exc_info) is kept


def test_summaries_are_whole_tables() -> None:
    report = CrawlReport(12, 1, 1_234, 0, 2, 5, blocked=True, load_id=9)
    assert "| stored | 1,234 |" in crawl_summary("naver_kin", report)
    assert "stopped by the site" in crawl_summary("naver_kin", report)
    export = ExportReport(3, 2, 1, {"a|b": 2}, {"near_duplicate": 1}, {"train": 2}, 2, Path("d"), "v", "c", False)
    text = export_summary("n", export)
    assert "| near_duplicate | 1 |" in text
    assert r"| a\|b | 2 |" in text
    assert {line.replace(r"\|", "").count("|") for line in text.splitlines() if line.startswith("|")} == {3}


def test_artifact_keys_hold_what_prefect_takes() -> None:
    assert artifact_key("crawl", "naver_kin") == "crawl-naver-kin"
    assert artifact_key("dataset", "내 데이터.v2") == "dataset-v2"


GRANDCHILD = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print(child.pid, flush=True); time.sleep(600)"
)


def test_a_group_ends_with_its_block_even_by_an_error(tmp_path: Path) -> None:
    out = tmp_path / "log"
    command = [sys.executable, "-c", GRANDCHILD]
    with (
        pytest.raises(KeyboardInterrupt),
        out.open("wb") as log,
        child_group(command, os.environ, log=log, grace_seconds=2) as child,
    ):
        deadline = time.monotonic() + 90
        while not out.read_text().strip():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        raise KeyboardInterrupt
    assert child.returncode is not None
    assert gone(int(out.read_text()))


def test_sigterm_leaves_by_way_of_finally() -> None:
    left = False
    with pytest.raises(SystemExit) as caught, on_signals(leave_on, signal.SIGTERM):
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        finally:
            left = True
    assert left
    assert caught.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def gone(pid: int) -> bool:
    """A killed orphan may stand as a zombie until its new parent reaps it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
