"""What is longer than 16 MiB is set aside in bounded memory, wherever it stands; what is around it is kept."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as modest
from hypothesis import strategies as st

from pipelines.settings import Settings
from pipelines.steps.formats import bounds, jsonstream
from pipelines.steps.formats.bounds import LONGEST_BYTES
from pipelines.steps.formats.rows import Columns
from pipelines.steps.importing import ImportReport, import_file

LINES = [{"participantID": f"P{place}", "utterance": f"말 {place}"} for place in range(2)]
GOOD = json.dumps({"body": {"dialogue": LINES}}, ensure_ascii=False).encode()
LONG = LONGEST_BYTES + 2
TOO_LONG = "the element is longer than 16 MiB; break it up"
DIGITS = "a whole number in it has more than 4,300 digits"
MANY = 35_000_000


def reasons(report: ImportReport) -> list[str]:
    assert report.set_aside_file is not None
    lines = report.set_aside_file.read_text("utf-8").splitlines()
    assert all(len(line) < 20_000 for line in lines)
    return [json.loads(line)["reason"] for line in lines]


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        pytest.param(b'{"\\"]}": [{"utterance": "%s"}]}' % (b"a" * LONG), TOO_LONG, id="text"),
        pytest.param(b'"%s"' % ("가\\\\".encode() * (LONG // 5)), TOO_LONG, id="Hangul and backslashes"),
        pytest.param(b"[%s1]" % ((b'{"a": "%s"},' % (b"[{" * 5_000)) * (LONG // 10_000)), TOO_LONG, id="many in one"),
        pytest.param(b"1" * LONG, DIGITS, id="number"),
    ],
)  # fmt: skip
def test_a_long_element_goes_aside_and_those_around_it_are_kept(
    settings: Settings, tmp_path: Path, element: bytes, reason: str
) -> None:
    behind = GOOD.replace("말".encode(), "글".encode())
    (tmp_path / "1.json").write_bytes(b'{"data": [%s, %s, %s], "more": 1}' % (GOOD, element, behind))
    report = import_file(settings, "aihub-kakao", tmp_path)
    assert (report.read, report.stored, report.set_aside, report.broken_files) == (3, 2, 1, 0)
    assert reasons(report) == [reason]


def test_a_long_value_beside_the_list_is_passed_over_and_a_long_name_ends_the_file(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "1.json").write_bytes(b'{"more": "%s", "data": [%s]}' % (b"a" * LONG, GOOD))
    (tmp_path / "2.json").write_bytes(b'{"%s": 1, "data": [%s]}' % (b"a" * LONG, GOOD))
    (tmp_path / "3.json").write_bytes(b'{"data": ["%s' % (b"a" * LONG))
    report = import_file(settings, "aihub-kakao", tmp_path)
    assert (report.stored, report.broken_files) == (1, 2)
    assert [reason.removeprefix("the file cannot be read on: ") for reason in reasons(report)] == [
        "a name in it is no text, or longer than 16 MiB",
        "it breaks off in the middle",
    ]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)


@modest(max_examples=150, deadline=None)
@given(
    rows=st.lists(VALUES, max_size=6),
    beside=VALUES,
    chunk=st.integers(1, 40),
    bound=st.integers(1, 60),
    ascii=st.booleans(),
)
def test_pieces_of_any_size_and_any_bound_give_the_same_elements(
    rows: list[Any], beside: Any, chunk: int, bound: int, ascii: bool
) -> None:
    text = json.dumps({"first": beside, "data": rows, "last": beside}, ensure_ascii=ascii)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonstream, "CHUNK_CHARS", chunk)
        patch.setattr(jsonstream, "LONGEST_BYTES", max(bound, 10))  # its own names must fit
        patch.setattr(bounds, "LONGEST_BYTES", max(bound, 10))
        found = list(jsonstream.elements(io.StringIO(text), "data"))
    assert len(found) == len(rows)
    for one, row in zip(found, rows, strict=True):
        written = json.dumps(row, ensure_ascii=ascii)
        is_long = len(written.encode("utf-8", "surrogatepass")) > max(bound, 10)
        if is_long:
            assert isinstance(one, jsonstream.PassedOver) and one.text and written.startswith(one.text)
        else:
            assert one == row and type(one) is type(row)


@modest(max_examples=60, deadline=None)
@given(rows=st.lists(VALUES, min_size=1, max_size=4), chunk=st.integers(1, 40), data=st.data())
def test_a_text_cut_anywhere_gives_its_first_elements_and_says_that_it_ends(
    rows: list[Any], chunk: int, data: st.DataObject
) -> None:
    text = json.dumps({"data": rows})
    kept = text[: data.draw(st.integers(0, len(text) - 1))]
    found = []
    with pytest.MonkeyPatch.context() as patch, pytest.raises(jsonstream.WrongShape):
        patch.setattr(jsonstream, "CHUNK_CHARS", chunk)
        for one in jsonstream.elements(io.StringIO(kept), "data"):
            found.append(one)
    # Of a number cut short there is a number to be had.
    whole = found[:-1] if found and isinstance(found[-1], int | float) else found
    assert whole == rows[: len(whole)]


# The peak of a process is its own only where it is started anew.
PEAK = (
    "import resource, sys; from pathlib import Path; from pipelines.settings import Settings;"
    "from pipelines.steps.importing import import_file;"
    "at = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
    "settings = Settings(root=Path(sys.argv[1])); import_file(settings, 'aihub-kakao', Path(sys.argv[2]));"
    "before = at(); report = import_file(settings, 'aihub-kakao', Path(sys.argv[3]));"
    "print(report.stored, report.set_aside, (at() - before) // 1024)"
)


@pytest.mark.skipif(sys.platform == "darwin", reason="counts in bytes there")
def test_an_element_of_35_million_characters_takes_little_memory(tmp_path: Path) -> None:
    (tmp_path / "small.json").write_bytes(b'{"data": [%s]}' % GOOD)
    said = b'{"body": {"dialogue": [{"participantID": 1, "utterance": "%s"}]}}' % ("가".encode() * MANY)
    (tmp_path / "large.json").write_bytes(b'{"data": [%s, %s]}' % (said, GOOD.replace("말".encode(), "글".encode())))
    del said
    command = [
        sys.executable,
        "-c",
        PEAK,
        str(tmp_path),
        *(str(tmp_path / f"{name}.json") for name in ("small", "large")),
    ]
    stored, aside, mib = map(int, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    assert (stored, aside) == (1, 1) and mib < 160, mib


def smilestyle(conversation: bytes) -> bytes:
    return "formal\tinformal\n가\t가\n나\t나\n\n".encode() + conversation + "\n다\t다\n라\t라\n".encode()


@pytest.mark.parametrize(
    ("form", "data", "wanted", "stored"),
    [
        pytest.param(
            "smilestyle",
            smilestyle(b"a%s\tb\n" % (b"a" * 1_000_000) * 17),
            ["the conversation is longer than 16 MiB; break it up"],
            4,
            id="conversation",
        ),
        pytest.param(
            "csv",
            b'Q,A\n1,2\n%s"3","4"\n5,6\n' % (b'"%s\n",' % (b"a" * 4_000_000) * 5),
            ["no CSV row: the row is longer than 16 MiB; break it up"],
            2,
            id="row of many cells",
        ),
    ],
)
def test_what_lines_make_together_is_bounded_too(
    settings: Settings, tmp_path: Path, form: str, data: bytes, wanted: list[str], stored: int
) -> None:
    (tmp_path / "talk").write_bytes(data)
    columns: Any = Columns("Q", "A") if form == "csv" else None
    report = import_file(settings, form, tmp_path / "talk", columns=columns)
    assert reasons(report)[: len(wanted)] == wanted and report.stored >= stored
