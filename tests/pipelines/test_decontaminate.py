"""Rows that overlap with a named evaluation set leave the dataset, by a rule that names the set."""

import hashlib
import json
from pathlib import Path
from unicodedata import normalize

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps.building.evaluationfiles import read_evaluation_file
from pipelines.steps.building.prepare import prepare
from pipelines.steps.importing import import_file
from warehouse.datasets.manifest import read_manifest
from warehouse.datasets.parquet import read_rows
from warehouse.errors import Misuse

PAIRS = [
    ("오늘 점심은 뭐가 좋을까요?", "따뜻한 국밥은 어때요? 든든하고 금방 나와요."),
    ("잠이 안 와서 큰일이에요ㅠㅠ", "우유 한 잔 마시고 불을 꺼 보세요."),
    ("시험에 떨어졌어요...", "많이 속상했겠어요. 다음에는 꼭 붙을 거예요!!!"),
    ("비가 오는데 우산이 없어요", "감사합니다"),
]
OVERLAPS = {
    "an answer": ("따뜻한 국밥은 어때요? 든든하고 금방 나와요", {0}),
    "nearly a question": ("잠이 안와서 큰일이에요 ㅠㅠ!", {1}),
    "a whole dialogue": ("시험에 떨어졌어요 많이 속상했겠어요 다음에는 꼭 붙을 거예요", {2}),
    "a short part": ("다음에는 꼭 붙을 거예요", set()),
    "a saying that is a whole turn": ("감사합니다!", {3}),
    "a saying within a turn": ("우산", set()),
    "a saying nearly a turn": ("감사합니닷", set()),
    "something else": ("주말에 어디로 놀러 갈까요", set()),
}


@pytest.fixture
def filled(settings: Settings) -> Settings:
    lines = [
        json.dumps({"question": q, "answer": a, "id": str(n)}, ensure_ascii=False) for n, (q, a) in enumerate(PAIRS)
    ]
    file = settings.root / "pairs.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    import_file(settings, "jsonl", file)
    return settings


def kept_questions(version: Path) -> set[str]:
    rows = [row for split in ("train", "validation", "test") for row in read_rows(version, split)]
    return {row["messages"][0]["content"] for row in rows}


@pytest.mark.parametrize(("text", "gone"), OVERLAPS.values(), ids=OVERLAPS)
def test_what_overlaps_goes_and_nothing_else(filled, text, gone):
    whole = kept_questions(prepare(filled, "all").path)
    file = filled.root / "korsts.txt"
    file.write_text(text, "utf-8")
    report = prepare(filled, "all", decontaminate=[file])
    assert len(whole - kept_questions(report.path)) == len(gone)
    assert report.decontaminated == {"korsts.txt": len(gone)}
    assert report.drops.get("evaluation_overlap:korsts", 0) == len(gone)


def test_a_text_of_twenty_letters_is_found_inside_a_longer_turn(filled):
    file = filled.root / "long.txt"
    file.write_text("국밥은 어때요? 든든하고 금방 나와요. 따뜻한 국물도", "utf-8")
    assert prepare(filled, "all", decontaminate=[file]).decontaminated == {"long.txt": 0}
    import_file(
        filled,
        "jsonl",
        _one(
            filled,
            "저기",
            "제가 어제 들은 말인데 국밥은 어때요? 든든하고 금방 나와요. 따뜻한 국물도 있고요. 그래서 갔어요",
        ),
    )
    report = prepare(filled, "all", decontaminate=[file])
    assert report.decontaminated == {"long.txt": 1}
    dropped = [row for row in read_rows(report.path, "dropped") if row["rule"] == "evaluation_overlap:long"]
    assert [row["reason"] for row in dropped] == ["holds a whole text of the evaluation set long"]


def _one(settings: Settings, question: str, answer: str) -> Path:
    file = settings.root / "one.jsonl"
    file.write_text(json.dumps({"question": question, "answer": answer}, ensure_ascii=False), "utf-8")
    return file


def test_the_manifest_says_which_file_and_how_many_and_the_content_has_another_id(filled, capsys, monkeypatch):
    monkeypatch.chdir(filled.root)
    assert run(["export", "talk", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out.splitlines()[-1])
    Path("nsmc_test.tsv").write_text("id\tdocument\tlabel\n1\t우유 한 잔 마시고 불을 꺼 보세요\t1\n", "utf-8")
    assert run(["export", "talk", "--decontaminate", "nsmc_test.tsv", "--json"]) == 0
    less = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert less["content_id"] != whole["content_id"] and less["dropped"] == whole["dropped"] + 1
    manifest = read_manifest(Path(less["path"]))
    (found,) = manifest.decontaminated
    digest = hashlib.sha256(Path("nsmc_test.tsv").read_bytes()).hexdigest()
    assert (found.file, found.sha256, found.rows) == ("nsmc_test.tsv", digest, 1)
    dropped = [row for row in read_rows(manifest.path, "dropped") if row["rule"].startswith("evaluation_overlap")]
    assert dropped[0]["rule"] == "evaluation_overlap:nsmc_test"
    assert run(["why", dropped[0]["id"]]) == 0
    assert "by the evaluation set rule evaluation_overlap:nsmc_test" in " ".join(capsys.readouterr().out.split())
    assert run(["export", "talk", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["content_id"] == whole["content_id"]


def test_every_form_gives_its_texts_and_those_of_a_row_together(tmp_path):
    rows = [{"q": "가나다", "a": "라마바", "n": 1}, {"q": "사아자", "a": "abc", "n": 2}]
    texts = ("가나다", "라마바", "가나다 라마바", "사아자")
    (tmp_path / "a.csv").write_text("q,a,n\n가나다,라마바,1\n사아자,abc,2\n", "utf-8")
    (tmp_path / "b.tsv").write_text("q\ta\tn\n가나다\t라마바\t1\n사아자\tabc\t2\n", "utf-8")
    (tmp_path / "c.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "d.parquet")
    for name in ("a.csv", "b.tsv", "c.jsonl", "d.parquet"):
        assert read_evaluation_file(tmp_path / name).texts.texts == texts, name
    (tmp_path / "e.txt").write_text("가나다\n\n라마바\n", "utf-8")
    assert read_evaluation_file(tmp_path / "e.txt").texts.texts == ("가나다", "라마바")
    messages = {"messages": [{"role": "user", "content": "가나다"}, {"role": "assistant", "content": "라마바"}]}
    (tmp_path / "f.jsonl").write_text(json.dumps(messages, ensure_ascii=False), "utf-8")
    assert read_evaluation_file(tmp_path / "f.jsonl").texts.texts == texts[:3]


BAD = {
    "missing": ("nowhere.txt", None, "no evaluation set"),
    "no text": ("a.txt", "1\n2\n", "holds no text"),
    "no JSON": ("a.jsonl", "{", "line 1, is no JSON"),
    "no Parquet": ("a.parquet", "가", "is no Parquet file"),
}


@pytest.mark.parametrize(("name", "text", "words"), BAD.values(), ids=BAD)
def test_a_file_at_fault_is_refused_before_anything_is_written(filled, name, text, words):
    if text is not None:
        (filled.root / name).write_text(text, "utf-8")
    with pytest.raises(Misuse, match=words):
        prepare(filled, "talk", decontaminate=[filled.root / name])
    assert not filled.datasets.exists()


def test_how_texts_are_compared_is_told_and_none_is_passed_over(filled):
    file = filled.root / "asked.csv"
    file.write_text(
        f"id,text\n1,따뜻한 국밥은 어때요? 든든하고\n2,ㅇㅋ\n3,{normalize('NFD', '감사합니다')}\n4,\n", "utf-8"
    )
    report = prepare(filled, "all", decontaminate=[file])
    assert report.evaluation_texts == {"asked.csv": {"nearly": 1, "equal": 2, "without_hangul": 6}}
    assert report.decontaminated == {"asked.csv": 1}


def test_two_sets_of_one_name_are_refused(filled):
    for name in ("a.txt", "a.csv"):
        (filled.root / name).write_text("따뜻한 국밥", "utf-8")
    with pytest.raises(Misuse, match="two evaluation sets are named a"):
        prepare(filled, "talk", decontaminate=[filled.root / "a.txt", filled.root / "a.csv"])
