"""Imports: good rows kept, bad ones aside with the reason, the same file twice changes nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as modest
from hypothesis import strategies as st

from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps.formats import csv_pairs
from pipelines.steps.formats.rows import Columns
from pipelines.steps.importing import import_file
from tests.stored import stored_dialogues
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(root=tmp_path)


def stored(settings: Settings) -> list[tuple[str, ...]]:
    engine = open_warehouse(settings.database_url)
    return [tuple(turn.content for turn in row.turns) for row in stored_dialogues(engine)]


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


def test_personal_data_is_masked_in_what_is_set_aside_too(settings, tmp_path):
    path = file_of(tmp_path, "talk.csv", "Q,A,label\n번호 줘,010-1234-5678이야,셋\n좋아,그래,0\n")
    assert "010-1234" not in import_file(settings, "chatbot-csv", path).set_aside_file.read_text("utf-8")


def test_rows_without_text_go_aside_with_their_line_and_reason(settings, tmp_path):
    path = file_of(tmp_path, "talk.csv", "Q,A,label\n배고파,밥 먹어요,0\n졸려,,0\n심심해,놀자,셋\n")
    report = import_file(settings, "chatbot-csv", path)
    assert (report.read, report.stored, report.set_aside) == (3, 1, 2)
    assert report.set_aside_file is not None
    aside = [json.loads(line) for line in report.set_aside_file.read_text("utf-8").splitlines()]
    assert [(row["line"], row["reason"]) for row in aside] == [
        (3, "the question or the answer has no text"),
        (4, "the label '셋' is none of 0, 1, 2"),
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
        pytest.param("Q,A\n하나,둘\n", Columns("Q", "Q"), "both the column 'Q'; name two with", id="one column twice"),
        pytest.param("", Columns(), "is empty; check the path", id="empty file"),
        pytest.param("question,answer\n", Columns(), "holds no rows; check the path", id="header only"),
        pytest.param("Q,A\n하나,둘\n".encode("utf-16"), Columns("Q", "A"), "UTF-16 text; save it", id="UTF-16"),
        pytest.param(b"Q,A\n\xff\xfe\x81\n", Columns("Q", "A"), "neither UTF-8 nor CP949", id="no known encoding"),
    ],
)
def test_a_file_at_fault_is_refused_before_anything_is_written(settings, tmp_path, data, columns, words):
    with pytest.raises(Misuse, match=words):
        import_file(settings, "csv", file_of(tmp_path, "talk.csv", data), columns=columns)
    assert not (tmp_path / ".mundap").exists()


@pytest.mark.parametrize("source", ["", "  "], ids=["empty", "blank"])
def test_a_source_without_a_name_is_refused(settings, tmp_path, monkeypatch, capsys, source):
    monkeypatch.chdir(settings.root)
    file = file_of(tmp_path, "talk.csv", "question,answer\n하나,둘\n")
    assert run(["import", "csv", str(file), "--source", source]) == 2
    assert capsys.readouterr().err == "mundap: --source is empty; name the source, or leave --source out\n"
    assert not (tmp_path / ".mundap").exists()


def test_a_missing_file_is_named(settings, tmp_path):
    with pytest.raises(Misuse, match=r"nowhere\.csv"):
        import_file(settings, "csv", tmp_path / "nowhere.csv")


@pytest.mark.parametrize("form", ["csv", "nsmc", "jsonl"])
def test_a_folder_is_called_one(settings, tmp_path, form):
    with pytest.raises(Misuse, match="is a folder; name a file in it"):
        import_file(settings, form, tmp_path)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("[" * 200_000, "nested too deeply", id="deep"),
        pytest.param("9" * 5_000, "more than 4,300 digits", id="digits"),
    ],
)
def test_json_that_python_gives_up_on_is_told_in_our_words(settings, tmp_path, line, words):
    report = import_file(settings, "jsonl", file_of(tmp_path, "t.jsonl", f"{line}\n".encode()))
    assert words in set_aside(report)[0]["reason"]


def set_aside(report):
    return [json.loads(line) for line in report.set_aside_file.read_text("utf-8").splitlines()]


GOOD = [f"배고파 {number},밥 먹어요 {number}".encode() for number in range(3)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param("졸려,자야죠".encode("cp949"), "the file is UTF-8, this text is CP949", id="CP949"),
        pytest.param(b"\xff\xff,\xff", "this text is neither UTF-8 nor CP949; the file is UTF-8", id="no text at all"),
        pytest.param("졸려,자야죠, 네".encode(), "the row has 3 columns, the header 2; put quotes around", id="long"),
        pytest.param("졸려".encode(), "the row ends before its column A", id="short"),
    ],
)
def test_one_bad_line_of_a_csv_goes_aside_and_the_others_are_kept(settings, tmp_path, bad, reason):
    data = b"\n".join([b"Q,A", *GOOD[:2], bad, *GOOD[2:], b""])
    report = import_file(settings, "csv", file_of(tmp_path, "talk.csv", data), columns=Columns("Q", "A"))
    assert (report.read, report.stored, report.set_aside) == (4, 3, 1)
    (row,) = set_aside(report)
    assert row["line"] == 4 and row["reason"].startswith(reason)
    assert ("졸려" in row["text"]) is ("neither" not in reason)
    assert sorted(stored(settings)) == [(f"배고파 {number}", f"밥 먹어요 {number}") for number in range(3)]


def test_a_utf8_line_in_a_cp949_file_never_becomes_other_letters(settings, tmp_path):
    # Words whose UTF-8 bytes happen to be valid CP949: without a look they would be stored as Hanja.
    stray = "결혼,좋아".encode()
    assert stray.decode("cp949") == "寃고샎,醫뗭븘"
    lines = [b"Q,A", *("배고파,밥 먹어요".encode("cp949"), "졸려,자야죠".encode("cp949")), stray]
    report = import_file(settings, "csv", file_of(tmp_path, "t.csv", b"\n".join(lines)), columns=Columns("Q", "A"))
    assert sorted(stored(settings)) == [("배고파", "밥 먹어요"), ("졸려", "자야죠")]
    (row,) = set_aside(report)
    assert (row["line"], row["reason"]) == (4, "the file is CP949, this text is UTF-8")
    assert "결혼" in row["text"]


def test_a_csv_row_of_empty_cells_too_many_is_kept(settings, tmp_path):
    path = file_of(tmp_path, "talk.csv", "question,answer\n배고파,밥 먹어요,,\n")
    assert import_file(settings, "csv", path).stored == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_jsonl_is_read_in_any_of_the_encodings_too(settings, tmp_path, encoding):
    line = json.dumps({"question": "배고파", "answer": "밥 먹어요"}, ensure_ascii=False)
    path = file_of(tmp_path, "talk.jsonl", f"{line}\n".encode(encoding) + b'{"question": "\xff"}\n')
    report = import_file(settings, "jsonl", path)
    assert stored(settings) == [("배고파", "밥 먹어요")]
    assert [row["line"] for row in set_aside(report)] == [2]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("[" * 100_000, id="too deep"),
        pytest.param('{"question": "a", "answer": "b", "label": ' + "9" * 5000 + "}", id="a number beyond Python"),
        pytest.param('{"question": "a", "answer": "b", "label": Infinity}', id="an infinite label"),
        pytest.param('{"question": "a", "answer": "b", "label": 99999999999999999999}', id="a label beyond the column"),
        pytest.param('{"messages": [{"role": ["user"], "content": "a"}]}', id="a list for a role"),
        pytest.param('{"question": "\\ud800", "answer": ""}', id="a lone surrogate without answer"),
    ],
)
def test_an_odd_json_line_goes_aside_and_nothing_breaks(settings, tmp_path, line):
    good = json.dumps({"question": "배고파", "answer": "밥 먹어요"})
    report = import_file(settings, "jsonl", file_of(tmp_path, "odd.jsonl", f"{good}\n{line}\n"))
    assert (report.stored, report.set_aside) == (1, 1)


@modest(max_examples=60, deadline=None)
@given(rows=st.lists(st.binary(max_size=20), min_size=1, max_size=5))
def test_whatever_the_bytes_a_csv_is_read_or_refused_in_words(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("bytes") / "talk.csv"
    # Sixty lines outvote whatever the others look like.
    path.write_bytes(("Q,A\n" + "배고파,밥 먹어요\n졸려,자야죠\n" * 30).encode() + b"\n".join(rows))
    found = list(csv_pairs.read(path, "bytes", Columns("Q", "A")))
    assert [row.turns[0].content for row in found[:2]] == ["배고파", "졸려"]
    assert all("\udc80" <= char <= "\udcff" for row in found for char in repr(row)) is False


PAIR = {"question": "가", "answer": "나"}


def message(role, content="네"):
    return {"messages": [{"role": "user", "content": "가"}, {"role": role, "content": content}]}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param(PAIR | {"question": 1}, "the question is a number, not text", id="a number"),
        pytest.param(PAIR | {"answer": float("nan")}, "the answer is a number, not text", id="NaN"),
        pytest.param(PAIR | {"answer": ["나"]}, "the answer is a list, not text", id="a list"),
        pytest.param(PAIR | {"answer": None}, "the question or the answer has no text", id="null"),
        pytest.param({"messages": {}}, "messages is an object, not a list", id="no list"),
        pytest.param({"messages": []}, "messages is an empty list", id="empty list"),
        pytest.param({"messages": ["가"]}, "message 1: it is text, not an object with role and content", id="a text"),
        pytest.param(
            message("assistant", [{"type": "text", "text": "네"}]),
            "message 2: its content is a list, not text",
            id="content of parts",
        ),
        pytest.param(message("assistant", " "), "message 2: it has no text", id="blank"),
        pytest.param(
            message("tool"),
            "message 2: its role 'tool' is none of user, human, assistant, gpt, bot, system",
            id="role",
        ),
        pytest.param(message(None), "message 2: its role is null, not text", id="null for a role"),
        pytest.param({"messages": [{"content": "가"}]}, "message 1: it has no role", id="no role"),
        pytest.param(message("system"), "messages holds no assistant turn", id="nobody answers"),
    ],
)
def test_each_fault_of_a_json_line_has_its_own_reason(settings, tmp_path, row, reason):
    lines = f"{json.dumps(PAIR)}\n{json.dumps(row)}\n"
    (told,) = set_aside(import_file(settings, "jsonl", file_of(tmp_path, "t.jsonl", lines)))
    assert (told["line"], told["reason"]) == (2, reason)


def test_a_column_that_stands_twice_is_refused_where_it_is_asked_for(settings, tmp_path):
    path = file_of(tmp_path, "talk.csv", "Q,A,A,B,B\n배고파,밥,빵,1,2\n")
    with pytest.raises(Misuse, match="has 2 columns called A; give each a name of its own"):
        import_file(settings, "csv", path, columns=Columns("Q", "A"))
    path.write_text("Q,A,B,B\n배고파,밥,1,2\n", "utf-8")
    assert import_file(settings, "csv", path, columns=Columns("Q", "A")).stored == 1


@pytest.mark.parametrize("label", ["3", "-1", "1.0", "둘"])
def test_a_chatbot_label_other_than_the_published_ones_goes_aside(settings, tmp_path, label):
    path = file_of(tmp_path, "talk.csv", f"Q,A,label\n배고파,밥,0\n졸려,자,2\n심심해,놀자,{label}\n")
    report = import_file(settings, "chatbot-csv", path)
    assert report.stored == 2
    assert [row["reason"] for row in set_aside(report)] == [f"the label {label!r} is none of 0, 1, 2"]
    assert import_file(settings, "csv", path, columns=Columns("Q", "A", "label")).set_aside == (label in ("둘", "1.0"))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        pytest.param("notzip.zip", b"PK no", "notzip.zip can be read: the zip cannot be read: File is not", id="zip"),
        pytest.param("empty.json", b"", "empty.json can be read: it breaks off in the middle; fetch", id="json"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_one_sentence_and_no_load(settings, tmp_path, name, data, words):
    with pytest.raises(Misuse, match=words) as caught:
        import_file(settings, "aihub-kakao", file_of(tmp_path, name, data))
    assert "row" not in str(caught.value) and not (tmp_path / ".mundap").exists()
