"""The files are WARC to everybody: warcio's own checker and reader say so."""

import gzip
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio

from tests.warehouse.test_snapshots import GET, PAGE, killed_writer
from warehouse.pages.snapshots import SnapshotWriter, cut_torn_tail
from warehouse.pages.warc import pack

POST = replace(PAGE, fetched_by="http", url="https://pann.nate.com/talk/reply/load", final_url=PAGE.final_url)
DRAWN = replace(GET, fetched_by="browser", body="<html><p>그려진 쪽</p></html>".encode())
PAGES = (GET, POST, DRAWN, replace(GET, body=b"", status=204), replace(GET, status=599, headers=(("x", "ㄱ\r\nㄴ"),)))


def passes(file: Path) -> bool:
    """Whether `warcio check FILE` exits 0, having checked every digest."""
    with pytest.raises(SystemExit) as ended:
        warcio(["check", "-v", str(file)])
    return ended.value.code == 0


def records_of(file: Path) -> list[tuple[str, Any, Any, bytes]]:
    with file.open("rb") as stream:
        return [
            (found.rec_type, found.rec_headers, found.http_headers, found.content_stream().read())
            for found in ArchiveIterator(stream, check_digests="raise")
        ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with SnapshotWriter(tmp_path, "kin") as snapshots:
        refs = [snapshots.write(page) for page in PAGES]
    return tmp_path / refs[0].file


def test_warcio_check_passes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert passes(file)
    assert capsys.readouterr().out.count("digest pass") == 1 + len(PAGES) + 1  # warcinfo, pages, the POST's request


def test_warcio_check_sees_a_changed_byte(tmp_path: Path) -> None:
    plain = tmp_path / "changed.warc"
    plain.write_bytes(gzip.decompress(pack(GET)).replace("안녕".encode(), "안넝".encode()))
    assert not passes(plain)


def test_each_page_has_the_type_that_it_is(file: Path) -> None:
    kinds = [kind for kind, *_ in records_of(file)]
    assert kinds == ["warcinfo", "response", "response", "request", "resource", "response", "response"]


def test_the_file_says_who_wrote_it_and_by_what_manners(file: Path) -> None:
    _, head, _, info = records_of(file)[0]
    assert head.get_header("WARC-Filename") == file.name
    assert "software: mundap/" in info.decode() and "robots: obey" in info.decode()


def test_a_post_keeps_what_was_asked_beside_the_answer(file: Path) -> None:
    records = records_of(file)
    _, answer, _, _ = records[2]
    _, head, http, form = records[3]
    assert head.get_header("WARC-Concurrent-To") == answer.get_header("WARC-Record-ID")
    assert (http.statusline, http.get_header("Host")) == ("/talk/reply/load HTTP/1.1", "pann.nate.com")
    assert http.protocol == "POST" and form == POST.request_body


def test_a_drawn_page_is_no_http_answer(file: Path) -> None:
    _, head, http, body = records_of(file)[4]
    assert http is None and body == DRAWN.body
    assert head.get_header("Content-Type") == "text/html; charset=utf-8"


@pytest.mark.parametrize("torn", [b"", pack(GET)[:-20], pack(POST)[:-20], b"\x00" * 4096], ids=["", "get", "post", "0"])
def test_a_killed_writers_file_passes_once_its_tail_is_cut(tmp_path: Path, torn: bytes) -> None:
    file = killed_writer(tmp_path)
    with file.open("ab") as out:
        out.write(torn)
    assert bool(cut_torn_tail(tmp_path)) == bool(torn)
    assert passes(file) and len(records_of(file)) >= 1 + 3


KILLED_WHILE_WRITING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from warehouse.records.pages import Page
from warehouse.pages.snapshots import SnapshotWriter
writer = SnapshotWriter(Path(sys.argv[1]), "kin")
page = Page("https://a/b", "https://a/b", 200, (), b"x" * 500_000, "utf-8", datetime.now(UTC), "POST", b"a=1")
print(writer.file, flush=True)
while True:
    writer.write(page)
    print(flush=True)
"""


@pytest.mark.parametrize("after", [1, 4])
def test_kill_9_in_the_middle_of_writing_leaves_a_file_that_passes(tmp_path: Path, after: int) -> None:
    argv = [sys.executable, "-c", KILLED_WHILE_WRITING, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        name = process.stdout.readline().decode().strip()
        for _ in range(after):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    cut_torn_tail(tmp_path)
    assert passes(tmp_path / name)
