import errno
import gzip
import io
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.errors import Permanent, Unready
from warehouse.pages import snapshots
from warehouse.pages.snapshots import SnapshotRef, SnapshotWriter, cut_torn_tail, read_snapshot
from warehouse.pages.warc import pack, unpack
from warehouse.records.pages import Page

PAGE = Page(
    url="https://kin.naver.com/qna/detail.naver?docId=1&q=한글",
    final_url="https://kin.naver.com/qna/detail.naver?docId=1",
    status=200,
    headers=(("content-type", "text/html; charset=utf-8"), ("content-encoding", "gzip"), ("set-cookie", "a=1")),
    body="<p>안녕하세요 😀</p>".encode(),
    charset="utf-8",
    fetched_at=datetime(2026, 11, 21, 3, 4, 5, 678901, tzinfo=UTC),
    method="POST",
    request_body="page=2&이름=값".encode(),
    fetched_by="browser",
)
GET = replace(PAGE, method="GET", request_body=b"", fetched_by="http")


def test_pages_come_back_whole(tmp_path: Path) -> None:
    other = replace(PAGE, body=b"", status=599, headers=())
    with SnapshotWriter(tmp_path, "naver_kin / 요리") as snapshots:
        refs = [snapshots.write(page) for page in (PAGE, other, PAGE)]
    assert [read_snapshot(tmp_path, ref) for ref in refs] == [PAGE, other, PAGE]
    assert refs[0].sha256 == refs[2].sha256 != refs[1].sha256
    assert len({ref.file for ref in refs}) == 1 and refs[0].file.isascii() and "/" not in refs[0].file


def test_a_record_is_on_disk_when_write_returns(tmp_path: Path) -> None:
    with SnapshotWriter(tmp_path, "kin") as snapshots:
        ref = snapshots.write(PAGE)
        assert read_snapshot(tmp_path, ref) == PAGE
        assert (tmp_path / ref.file).stat().st_size == ref.offset + ref.length


def test_a_writer_without_pages_leaves_no_file(tmp_path: Path) -> None:
    SnapshotWriter(tmp_path / "new", "kin").close()
    assert list((tmp_path / "new").iterdir()) == []


@settings(max_examples=50, deadline=None)
@given(
    body=st.binary(max_size=200),
    value=st.text(max_size=20),
    name=st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True),
    url=st.text(max_size=30),
)
def test_any_page_survives(body: bytes, value: str, name: str, url: str) -> None:
    address = f"https://kin.naver.com/{url}"
    page = replace(PAGE, body=body, headers=((name, value),), url=address, final_url=address)
    assert unpack(pack(page)) == page


def test_damage_and_loss_are_told(tmp_path: Path) -> None:
    with SnapshotWriter(tmp_path, "kin") as snapshots:
        ref = snapshots.write(PAGE)
    file = tmp_path / ref.file
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    file.write_bytes(raw)
    for broken in (ref, replace(ref, offset=3), replace(ref, length=5), replace(ref, sha256="0" * 64)):
        with pytest.raises(Permanent, match="damaged; fetch the page again"):
            read_snapshot(tmp_path, broken)
    with pytest.raises(Permanent, match="cannot be read"):
        read_snapshot(tmp_path, SnapshotRef("gone.warc.gz", 0, 1, "0" * 64))


def test_another_page_in_the_same_place_is_damage(tmp_path: Path) -> None:
    with SnapshotWriter(tmp_path, "kin") as snapshots:
        ref = snapshots.write(PAGE)
        other = snapshots.write(replace(PAGE, body=b"other"))
    with pytest.raises(Permanent, match="damaged"):
        read_snapshot(tmp_path, replace(ref, offset=other.offset, length=other.length))


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from warehouse.records.pages import Page
from warehouse.pages.snapshots import SnapshotWriter
writer = SnapshotWriter(Path(sys.argv[1]), "kin")
page = Page("https://a/b", "https://a/b", 200, (), b"x" * 5000, "utf-8", datetime.now(UTC))
for _ in range(3):
    writer.write(page)
print(writer.file, flush=True)
sys.stdin.read()
"""


def killed_writer(folder: Path) -> Path:
    argv = [sys.executable, "-c", KILLED, str(folder)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stdin=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        name = process.stdout.readline().decode().strip()
        os.kill(process.pid, signal.SIGKILL)
    return folder / name


def test_the_torn_tail_of_a_killed_writer_is_cut(tmp_path: Path) -> None:
    file = killed_writer(tmp_path)
    whole = file.stat().st_size
    torn = pack(GET)[:-20]
    with file.open("ab") as out:
        out.write(torn)
    with SnapshotWriter(tmp_path, "alive") as alive:
        ref = alive.write(PAGE)
        with (tmp_path / ref.file).open("ab") as out:
            out.write(torn)
        assert cut_torn_tail(tmp_path) == len(torn)
        assert (tmp_path / ref.file).stat().st_size == ref.offset + ref.length + len(torn), (
            "a living writer's file is its own"
        )
    assert file.stat().st_size == whole
    with gzip.open(file) as stream:
        assert io.BytesIO(stream.read()).getvalue().count(b"WARC/1.1\r\n") == 1 + 3
    assert cut_torn_tail(tmp_path) == 0


def test_a_tail_of_zeros_is_cut_and_an_empty_rest_removed(tmp_path: Path) -> None:
    file = killed_writer(tmp_path)
    file.write_bytes(b"\x00" * 4096)
    assert cut_torn_tail(tmp_path) == 4096
    assert not file.exists()
    assert cut_torn_tail(tmp_path / "nowhere") == 0


def test_what_another_start_has_seen_to_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = killed_writer(tmp_path)
    # Listed, and gone when it is read, as a mark is whose writer ends meanwhile.
    (tmp_path / f"ended-{file.name}.writer").symlink_to(tmp_path / "nowhere")
    file.write_bytes(b"\x00" * 4096)
    judged = snapshots.is_gone

    def removed_meanwhile(holder: str) -> bool:
        file.unlink()
        return judged(holder)

    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "is_gone", removed_meanwhile)
        assert cut_torn_tail(tmp_path) == 0
    assert [path.name for path in tmp_path.glob("*.writer")] == [f"ended-{file.name}.writer"]


def test_a_full_disk_is_told_and_leaves_whole_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SnapshotWriter(tmp_path, "kin") as snapshots:
        ref = snapshots.write(PAGE)

        def half(out: io.FileIO, record: bytes) -> None:
            out.write(record[:100])
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch, pytest.raises(Unready, match=r"No space left .*; free some space"):
            patch.setattr("warehouse.pages.snapshots._write_all", half)
            snapshots.write(PAGE)
        assert (tmp_path / ref.file).stat().st_size == ref.offset + ref.length
        assert read_snapshot(tmp_path, snapshots.write(PAGE)) == PAGE


def test_pages_that_could_not_be_flushed_are_not_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with SnapshotWriter(tmp_path, "kin") as snapshots:
        first = snapshots.write(PAGE)
        lost = [snapshots.append(PAGE), snapshots.append(GET)]
        with monkeypatch.context() as patched, pytest.raises(Unready, match="free some space"):
            patched.setattr(os, "fsync", refuse)
            snapshots.flush()
        assert (tmp_path / first.file).stat().st_size == lost[0].offset
        again = snapshots.write(GET)
    assert [read_snapshot(tmp_path, ref) for ref in (first, again)] == [PAGE, GET]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unready, match="snapshots cannot be written"):
        SnapshotWriter(tmp_path / "file" / "below", "kin")
