"""The same records through a real headless Chromium as by HTTP."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from crawlers.browser import BrowserFetcher
from crawlers.chromium import find_chromium
from crawlers.fetch import Request
from crawlers.leftovers import end_leftovers
from crawlers.sites.boards import TOPICS
from crawlers.sites.registry import SITES
from warehouse.errors import Permanent, Transient, Unready

needs_chromium = pytest.mark.skipif(find_chromium() is None, reason="Chromium or its driver is not on this machine")


@pytest.mark.browser
@needs_chromium
def test_both_ways_give_the_same_records_and_no_process_stays(opened: Any, corpus: Any) -> None:
    kin, by_http_kin = opened("naver_kin")
    pann, by_http_pann = opened("nate_pann")
    busy, _ = opened("naver_kin", "503")
    servers = {"naver_kin": (kin, by_http_kin), "nate_pann": (pann, by_http_pann)}
    hosts = frozenset(replica.base_url.removeprefix("http://") for replica in (kin, pann, busy))
    with BrowserFetcher("Mundap/0.1", hosts) as browser:
        processes = browser.process_ids
        for site_id, (replica, by_http) in servers.items():
            site = SITES[site_id]
            post = next(post for post in corpus[site_id] if len(post.answers) > 5 or site_id == "naver_kin")
            todo = [link for link in site.seeds(TOPICS["연애"], None) if link][:1]
            path = f"/talk/{post.external_id}" if site_id == "nate_pann" else _question(post)
            todo.append(type(todo[0])("question", site.base_url + path))
            for link in todo:
                request = site.request(link, replica.base_url)
                parsed = site.read(by_http.fetch(request), b"salt")
                assert site.read(browser.fetch(request), b"salt") == parsed
                todo += [further for further in parsed.links if further.kind == "next" and link.kind != "list"]
            assert len(todo) > 2 or site_id == "naver_kin"
        gone = browser.fetch(Request(pann.base_url + "/talk/1"))
        assert (gone.fetched_by, SITES["nate_pann"].read(gone, None).kind) == ("browser", "gone")
        with pytest.raises(Transient, match="answered 503"):
            browser.fetch(Request(busy.base_url + "/"))
        with pytest.raises(Permanent, match="not on"):
            browser.fetch(Request("https://other.example.com/"))
    assert not any(psutil.pid_exists(number) for number in processes)


def _question(post: Any) -> str:
    return f"/qna/detail.naver?d1id=8&dirId={post.board}&docId={post.external_id}"


KILLED = """
import os, signal
from crawlers.browser import BrowserFetcher
browser = BrowserFetcher("Mundap/0.1", frozenset({"127.0.0.1:9"}))
print(*browser.process_ids, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.browser
@needs_chromium
def test_the_browser_of_a_killed_crawl_is_ended_by_the_next() -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True, check=False)
    left = [psutil.Process(int(number)) for number in killed.stdout.split()]
    assert len(left) == 2
    end_leftovers()
    gone, alive = psutil.wait_procs(left, timeout=10)
    assert (len(gone), alive) == (2, [])


def test_without_chromium_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() is None
    with pytest.raises(Unready, match="apt-get install chromium chromium-driver"):
        BrowserFetcher("Mundap/0.1", frozenset({"127.0.0.1:1"}))
