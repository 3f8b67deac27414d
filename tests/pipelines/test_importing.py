"""Imports: good rows kept, bad ones aside with the reason, the same file twice changes nothing."""

import json
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.steps.files import Columns
from pipelines.steps.importing import import_file
from warehouse.connect import open_warehouse
from warehouse.dialogues import read_dialogues
from warehouse.errors import Misuse


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(root=tmp_path)


def stored(settings: Settings) -> list[tuple[str, ...]]:
    engine = open_warehouse(settings.database_url)
    return [tuple(turn.content for turn in row.turns) for batch in read_dialogues(engine) for row in batch]


def file_of(tmp_path: Path, name: str, data: str | bytes, encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_csv_in_any_of_the_encodings_gives_the_same_rows(settings, tmp_path, encoding):
    path = file_of(tmp_path, "talk.csv", 'Q,A,label\n배고파,밥 먹어요,0\n"쉼표, 있음",네,1\n', encoding)
    report = import_file(settings, "chatbot-csv", path)
    assert (report.read, report.stored, report.set_aside) == (2, 2, 0)
    assert sorted(stored(settings)) == [("배고파", "밥 먹어요"), ("쉼표, 있음", "네")]


def test_the_same_file_again_changes_nothing(settings, tmp_path):
    path = file_of(tmp_path, "talk.csv", "Q,A,label\n배고파,밥 먹어요,0\n배고파,밥 먹어요,0\n")
    assert import_file(settings, "chatbot-csv", path).stored == 1
    assert import_file(settings, "chatbot-csv", path).unchanged == 2


def test_personal_data_never_reaches_the_warehouse(settings, tmp_path):
    path = file_of(tmp_path, "talk.csv", "Q,A,label\n번호 줘,010-1234-5678이야,0\n")
    import_file(settings, "chatbot-csv", path)
    assert stored(settings) == [("번호 줘", "[전화번호]이야")]


def test_rows_without_text_go_aside_with_their_line_and_reason(settings, tmp_path):
    path = file_of(tmp_path, "talk.csv", "Q,A,label\n배고파,밥 먹어요,0\n졸려,,0\n심심해,놀자,셋\n")
    report = import_file(settings, "chatbot-csv", path)
    assert (report.read, report.stored, report.set_aside) == (3, 1, 2)
    assert report.set_aside_file is not None
    aside = [json.loads(line) for line in report.set_aside_file.read_text("utf-8").splitlines()]
    assert [(row["line"], row["reason"]) for row in aside] == [
        (3, "the question or the answer has no text"),
        (4, "the label '셋' is no whole number"),
    ]


def test_jsonl_takes_pairs_and_message_lists_and_sets_the_rest_aside(settings, tmp_path):
    lines = [
        json.dumps({"question": "배고파", "answer": "밥 먹어요"}, ensure_ascii=False),
        json.dumps({"messages": [{"role": "user", "content": "안녕"}, {"role": "assistant", "content": "반가워"}]}),
        "{broken",
        "[1, 2]",
        json.dumps({"messages": [{"role": "user", "content": "혼잣말"}]}),
        "",
    ]
    report = import_file(settings, "jsonl", file_of(tmp_path, "talk.jsonl", "\n".join(lines)))
    assert (report.read, report.stored, report.set_aside) == (5, 2, 3)
    assert sorted(stored(settings)) == [("배고파", "밥 먹어요"), ("안녕", "반가워")]


def test_nul_and_lone_surrogates_do_not_break_the_store(settings, tmp_path):
    line = '{"question": "a\\u0000b", "answer": "c\\ud800d"}'
    assert import_file(settings, "jsonl", file_of(tmp_path, "odd.jsonl", line)).stored == 1
    assert stored(settings) == [("a\ufffdb", "c\ufffdd")]


@pytest.mark.parametrize(
    ("data", "columns", "words"),
    [
        pytest.param("질문,답변\n하나,둘\n", Columns(), "it has: 질문, 답변", id="columns of other names"),
        pytest.param("", Columns(), "it has: none", id="empty file"),
        pytest.param(b"Q,A\n\xff\xfe\x81\n", Columns("Q", "A"), "neither UTF-8 nor CP949", id="no known encoding"),
    ],
)
def test_a_file_at_fault_is_refused_before_anything_is_written(settings, tmp_path, data, columns, words):
    with pytest.raises(Misuse, match=words):
        import_file(settings, "csv", file_of(tmp_path, "talk.csv", data), columns=columns)
    assert not (tmp_path / ".mundap").exists()


def test_a_missing_file_is_named(settings, tmp_path):
    with pytest.raises(Misuse, match=r"nowhere\.csv"):
        import_file(settings, "csv", tmp_path / "nowhere.csv")
