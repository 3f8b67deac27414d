"""`mundap clean` on what real files hold: every line comes out kept or dropped with its reason, and nothing breaks."""

import json
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.__main__ import run

TALK = "오늘 날씨 좋네요!! ㅋㅋㅋ (참고) 010-1234-5678 a@b.co ^^ "
# What each line becomes: the text (by its beginning), or the rule that drops it.
ROWS = {
    "five megabytes": (
        TALK * (5_000_000 // len(TALK.encode())),
        "오늘 날씨 좋네요! ㅋㅋ [전화번호] [이메일] 오늘",
        None,
    ),
    "laughing": ("ㅋ" * 100_000 + " 가", "ㅋㅋ 가", None),
    "only laughing": ("ㅋ" * 100_000, None, "says_nothing"),
    "nested": ("끝 " + "(가" * 10_000 + ")" * 10_000, "끝", None),
    "half a character": ("\ud83d 안녕하세요", None, "broken"),
    "a whole one in halves": ("\ud83d\ude00 안녕하세요", "안녕하세요", None),
    "nul": ("안녕\0하세요", "안녕하세요", None),
    "only placeholders": ("#@이모티콘##@기타# #@계정#", None, "says_nothing"),
    "a picture": ("#@이름# #@시스템#사진#", None, "lost_content"),
    "null": (None, None, "empty"),
    "blank": ("", None, "says_nothing"),
}
LINES = {
    "deep": "[" * 100_000,
    "no text": '{"id": 1, "text": 5}',
    "no JSON": "nonsense",
    "a huge number": '{"id": "n", "text": "가", "n": ' + "9" * 5000 + "}",
}


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_bad_row_is_kept_or_dropped_with_its_reason(in_folder, capsys):
    written = [json.dumps({"id": name, "text": text}) for name, (text, *_) in ROWS.items()]
    (in_folder / "in.jsonl").write_text("\n".join([*written, *LINES.values(), "", '{"id": "\\ud800", "text": "가나"}']))
    assert run(["clean", "in.jsonl", "out.jsonl", "--json"]) == 1
    out, err = capsys.readouterr()
    report = json.loads(out.splitlines()[-1])
    assert "4 of 16 lines could not be read (the limit is 5%)" in err and len(err.splitlines()) == 1
    kept = {row["id"]: row for row in read(in_folder / "out.jsonl")}
    dropped = {row["id"]: row for row in read(in_folder / "out.jsonl.dropped.jsonl")}
    for name, (_, beginning, rule) in ROWS.items():
        if rule is None:
            assert kept[name]["text"].startswith(beginning), name
        else:
            assert dropped[name]["rule"] == rule and dropped[name]["reason"], name
    assert kept["\ufffd"]["text"] == "가나"
    assert [dropped[f"line {number}"]["rule"] for number in range(12, 16)] == ["unreadable"] * 4
    assert max(len(row["text"] or "") for row in dropped.values() if row["rule"] == "unreadable") <= 2_000
    # The report's counters are the rows' own, added up.
    counts = Counter(rule for row in kept.values() for rule in row["rules"])
    counts.update(f"drop:{row['rule']}" for row in dropped.values())
    assert report["rules"] == dict(counts)
    assert (report["read"], report["kept"], report["dropped"]) == (16, len(kept), len(dropped))


OPTIONS = {
    "unknown": ('{"loud": true}', "its opts: unknown cleaning option 'loud'"),
    "out of range": ('{"laugh": "loud"}', "its opts: cleaning option laugh = 'loud' is not allowed"),
    "no object": ('["laugh"]', "its opts are no object"),
}


@pytest.mark.parametrize(("opts", "words"), OPTIONS.values(), ids=OPTIONS)
def test_a_row_with_faulty_options_is_set_aside_by_id_and_line(in_folder, capsys, opts, words):
    rows = [
        '{"id": "a", "text": "가나 ㅎㅎㅎ", "opts": {"laugh": "unify"}}',
        f'{{"id": "b", "text": "나", "opts": {opts}}}',
    ]
    (in_folder / "in.jsonl").write_text("\n".join(["", *rows]), "utf-8")
    pq.write_table(pa.table({"id": ["a", "b"], "text": ["가나", "나"], "opts": [None, opts]}), "in.parquet")
    for source, place in (("in.jsonl", "line 3"), ("in.parquet", "row 2")):
        assert run(["clean", source, "out.jsonl"]) == 1
        assert "1 of 2 lines could not be read" in capsys.readouterr().err
        assert [row["id"] for row in read(in_folder / "out.jsonl")] == ["a"]
        (bad,) = read(in_folder / "out.jsonl.dropped.jsonl")
        assert (bad["id"], bad["rule"], bad["text"]) == ("b", "unreadable", "나")
        assert bad["reason"].startswith(f"{place}: {words}")


def test_an_empty_file_is_an_empty_result(in_folder, capsys):
    (in_folder / "in.jsonl").write_text("")
    assert run(["clean", "in.jsonl", "out.jsonl", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["read"] == 0
    assert (in_folder / "out.jsonl").read_text() == (in_folder / "out.jsonl.dropped.jsonl").read_text() == ""
    pq.write_table(pa.table({"id": pa.array([], pa.string()), "text": pa.array([], pa.string())}), "in.parquet")
    assert run(["clean", "in.parquet", "out.parquet", "--json"]) == 0
    assert pq.read_table("out.parquet").to_pylist() == []


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ('name = "a"\nversion = "1"\nsteps = ["shout"]', "unknown rule 'shout'"),
        ('name = "a"\nversion = "1"\nsteps = "tidy"', "no list of rule names"),
        ("name = ", "no valid TOML"),
        ('name = "a"\nversion = "1"\nsteps = ["tidy"]\n[options]\nlaugh = "loud"', "laugh = 'loud' is not allowed"),
    ],
    ids=["unknown rule", "no list", "no TOML", "bad option"],
)
def test_a_recipe_at_fault_is_one_line_and_writes_nothing(in_folder, capsys, recipe, words):
    (in_folder / "in.jsonl").write_text('{"id": "1", "text": "가"}\n')
    (in_folder / "a.toml").write_text(recipe)
    assert run(["clean", "in.jsonl", "out.jsonl", "--recipe", "a.toml"]) == 2
    out, err = capsys.readouterr()
    assert not out and len(err.splitlines()) == 1 and words in err
    assert not list(in_folder.glob("out*"))


def test_a_full_disk_leaves_no_half_file(in_folder, capsys):
    (in_folder / "in.jsonl").write_text('{"id": "1", "text": "가나다"}\n' * 20_000)
    (in_folder / "out.jsonl.partial").symlink_to("/dev/full")
    assert run(["clean", "in.jsonl", "out.jsonl"]) == 4
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1 and "no space left on the disk" in err
    assert not (in_folder / "out.jsonl").exists()
