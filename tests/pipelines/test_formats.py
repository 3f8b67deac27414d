"""Each import format in its published shape, the texts of our own writing: what it gives, and that again is nothing."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps.formats.registry import FORMATS
from pipelines.steps.formats.rows import Columns
from pipelines.steps.importing import ImportReport, import_file
from tests.stored import stored_dialogues
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse
from warehouse.loads import read_loads
from warehouse.records.dialogues import Dialogue

HERE = Path(__file__).parent / "formats"
KOREAN = Columns("질문", "답변", id="번호")
LUNCH = ("점심 뭐 먹었어? 나는 #@이름#이랑 김밥", "난 라면 먹었지ㅋㅋ", "맛있었겠다", "[전화번호]로 전화해")
GARDEN = ("안녕하세요. 저는 텃밭을 가꿔요.", "무엇을 심으셨어요?", '상추랑 "쌈추"요.', "부럽네요.")
HIKING = ("주말에 뭐 해? #@시스템#사진#", "등산 가려고 같이 갈래? #@이모티콘#")


def stored(settings: Settings) -> list[Dialogue]:
    engine = open_warehouse(settings.database_url)
    found = stored_dialogues(engine)
    engine.dispose()
    return found


def told(settings: Settings) -> list[tuple[Any, ...]]:
    rows = [(row.source, row.topic, row.label, *(turn.content for turn in row.turns)) for row in stored(settings)]
    return sorted(rows, key=repr)


def aside(report: ImportReport) -> list[dict[str, Any]]:
    assert report.set_aside_file is not None
    return [json.loads(line) for line in report.set_aside_file.read_text("utf-8").splitlines()]


EXPECTED: dict[str, tuple[str, list[tuple[Any, ...]], list[str]]] = {
    "chatbot-csv": (
        "chatbot.csv",
        [
            ("chatbot-csv", None, 0, "오늘 너무 피곤해", "일찍 주무세요."),
            ("chatbot-csv", None, 1, "헤어졌어, 어제", "마음이 아프겠어요."),
            ("chatbot-csv", None, 2, "썸 타는 중이야", "설레겠네요."),
        ],
        [],
    ),
    "aihub-topic": ("aihub_topic.json", [("aihub-topic", "식음료", None, *LUNCH)], []),
    "aihub-kakao": (
        "aihub_kakao.json",
        [("aihub-kakao", "개인 및 관계", None, *HIKING)],
        ["nobody is answered in it"],
    ),
    "nsmc": (
        "nsmc.txt",
        [
            ("nsmc", None, 0, "부정", "졸다가 나왔네요 ㅠㅠ"),
            ("nsmc", None, 1, "긍정", '끝까지 웃으면서 봤어요 "최고"'),
        ],
        ["the review has no text", "the label '5' is neither 0 nor 1"],
    ),
    "smilestyle": (
        "smilestyle.tsv",
        [
            ("smilestyle", "formal", None, *GARDEN),
            ("smilestyle", "formal", None, "취미가 있으세요?", "사진을 찍습니다."),
            ("smilestyle", "informal", None, "안녕. 나는 텃밭 가꿔.", "뭐 심었어?", "상추랑 쌈추.", "부럽다."),
            ("smilestyle", "informal", None, "취미 있어?", "사진 찍어."),
        ],
        ["android: nothing is said in line 4"],
    ),
    "csv": (
        "pairs_cp949.csv",
        [
            ("csv:pairs_cp949", None, None, "국 끓일 때 간은요?", "국간장으로 하세요."),
            ("csv:pairs_cp949", None, None, "전기기사 실기는 언제예요?", "7월입니다.\r\n접수는 5월이에요."),
        ],
        [],
    ),
    "jsonl": (
        "talk.jsonl",
        [
            ("jsonl:talk", None, 0, "배고파", "밥 먹어요"),
            ("jsonl:talk", None, None, "안녕 😀", "반가워요", "또 봐"),
        ],
        ["the label '비' is no whole number that can be stored"],
    ),
}


@pytest.mark.parametrize("form", FORMATS)
def test_a_published_file_gives_its_rows_and_nothing_the_second_time(settings: Settings, form: str) -> None:
    name, rows, reasons = EXPECTED[form]
    columns = KOREAN if form == "csv" else None
    first = import_file(settings, form, HERE / name, columns=columns)
    assert told(settings) == sorted(rows, key=repr)
    assert (first.read, first.stored, first.set_aside) == (len(rows) + len(reasons), len(rows), len(reasons))
    assert [row["reason"] for row in aside(first)] == reasons if reasons else first.set_aside_file is None
    before = stored(settings)
    again = import_file(settings, form, HERE / name, columns=columns)
    assert (again.read, again.stored, again.unchanged) == (first.read, 0, len(rows))
    assert stored(settings) == before


def test_roles_alternate_from_the_user(settings: Settings) -> None:
    import_file(settings, "aihub-topic", HERE / "aihub_topic.json")
    assert [turn.role for turn in stored(settings)[0].turns] == ["user", "assistant", "user", "assistant"]


def test_all_styles_of_a_conversation_are_one_thread(settings: Settings) -> None:
    import_file(settings, "smilestyle", HERE / "smilestyle.tsv")
    threads = {row.topic: row.thread for row in stored(settings) if "텃밭" in row.turns[0].content}
    assert len(threads) == 2 and len(set(threads.values())) == 1
    assert len({row.thread for row in stored(settings)}) == 2


class KoreanInfo(zipfile.ZipInfo):
    """A member as Korean Windows writes it: the name in CP949, not marked as UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp949"), self.flag_bits & ~0x800


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(KoreanInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def kakao(number: int) -> bytes:
    lines = [{"participantID": f"P{place}", "utterance": f"말 {number}-{place}"} for place in range(2)]
    return json.dumps({"data": [{"body": {"dialogue": lines}}]}, ensure_ascii=False).encode()


@pytest.mark.parametrize("shape", ["folder", "zip", "zip in a folder", "zip in a zip", "one file"])
def test_ai_hubs_files_are_found_wherever_they_stand(settings: Settings, tmp_path: Path, shape: str) -> None:
    data = (HERE / "aihub_topic.json").read_bytes()
    place = tmp_path / "받은 것"
    place.mkdir()
    (place / "readme.txt").write_text("읽어 보세요", "utf-8")
    inner = zipped({"라벨/식음료/KAKAO_1.json": data, "__MACOSX/._KAKAO_1.json": b"\0", "../밖.json": kakao(0)})
    if shape == "folder":
        (place / "Training").mkdir()
        (place / "Training" / "KAKAO_1.json").write_bytes(b"\xef\xbb\xbf" + data)
    elif shape == "one file":
        place = place / "KAKAO_1.json"
        place.write_bytes(data)
    else:
        name = "라벨.zip" if shape == "zip in a folder" else "all.zip"
        (place / name).write_bytes(zipped({"TL.zip": inner}) if shape == "zip in a zip" else inner)
        place = place if shape == "zip in a folder" else place / name
    report = import_file(settings, "aihub-topic", place)
    assert [tuple(turn.content for turn in row.turns) for row in stored(settings)] == [LUNCH]
    assert not (tmp_path / "밖.json").exists() and not (tmp_path.parent / "밖.json").exists()
    if "zip" in shape:  # the other corpus's file in it is told by its name
        assert [row["file"].rsplit("/", 2)[-2:] for row in aside(report)] == [["..", "밖.json"]]


def test_a_broken_member_of_a_zip_is_named_and_the_others_kept(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(zipped({f"{number}.json": kakao(number) for number in range(3)}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.infolist()[1]
    data[info.header_offset + 30 + len(info.filename) + 8] ^= 0xFF  # within the packed bytes of the second
    (tmp_path / "talks.zip").write_bytes(data)
    (tmp_path / "mundap.toml").touch()
    arguments = ["import", "aihub-kakao", str(tmp_path / "talks.zip"), "--config", str(tmp_path / "mundap.toml")]
    assert run([*arguments, "--json"]) == 1
    printed = capsys.readouterr()
    result = json.loads(printed.out.splitlines()[-1])
    assert (result["read"], result["stored"], result["set_aside"], result["broken_files"]) == (3, 2, 1, 1)
    (row,) = [json.loads(line) for line in Path(result["set_aside_file"]).read_text("utf-8").splitlines()]
    (load,) = read_loads(open_warehouse(Settings(root=tmp_path).database_url))
    assert (load.outcome, load.reason) == ("incomplete", "1 file could not be read to the end; 1 of 3 rows set aside")
    assert row["file"] == "talks.zip/1.json" and row["reason"].startswith("the member is broken: ")
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    ("text", "reason", "rows"),
    [
        pytest.param("[1, 2]", "it is no JSON object", 0, id="a list"),
        pytest.param('{"data": {"body": 1}}', "it holds no list 'data'", 0, id="an object for the list"),
        pytest.param("", "it breaks off in the middle", 0, id="empty"),
        pytest.param('{"data": [GOOD, {"body"', "it breaks off in the middle", 1, id="cut"),
        pytest.param('{"data": [GOOD, nonsense]}', "no JSON: ", 1, id="no JSON behind a good row"),
        pytest.param('{"data": ' + "[" * 100_000, "it is nested too deeply", 0, id="too deep"),
        pytest.param('{"data": [GOOD], "more": "\ufffd', "", 1, id="cut behind the list"),
        pytest.param(
            b'{"data": [GOOD, {"body": "\xff"}]}', "it is neither UTF-8 nor CP949", 0, id="bytes that are no text"
        ),
    ],
)
def test_json_of_a_wrong_shape_ends_its_file_only(
    settings: Settings, tmp_path: Path, text: str | bytes, reason: str, rows: int
) -> None:
    good = kakao(1)[len('{"data": [') : -2]
    data = (text.encode() if isinstance(text, str) else text).replace(b"GOOD", good)
    (tmp_path / "1.json").write_bytes(data)
    (tmp_path / "2.json").write_bytes(kakao(2))
    report = import_file(settings, "aihub-kakao", tmp_path)
    assert (report.stored, report.set_aside, report.broken_files) == (rows + 1, 1, 1)
    assert aside(report)[0]["reason"].startswith("the file cannot be read on: " + reason)


@pytest.mark.parametrize("encoding", [None, "cp949", "utf-8"])
def test_ai_hubs_json_may_be_cp949(settings: Settings, tmp_path: Path, encoding: str | None) -> None:
    (tmp_path / "1.json").write_bytes(kakao(1).decode().encode("cp949"))
    if encoding == "utf-8":
        words = r"\(1 file, such as 1.json\): it is not UTF-8 text; drop --encoding"
        with pytest.raises(Misuse, match=words):
            import_file(settings, "aihub-kakao", tmp_path, encoding=encoding)
    else:
        import_file(settings, "aihub-kakao", tmp_path, encoding=encoding)
        assert [turn.content for row in stored(settings) for turn in row.turns] == ["말 1-0", "말 1-1"]


@pytest.mark.parametrize(("named", "other"), [("utf-8", "cp949"), ("cp949", "utf-8")])
def test_a_file_that_is_not_in_the_named_encoding_is_refused(
    settings: Settings, tmp_path: Path, named: str, other: str
) -> None:
    file = tmp_path / "talk.csv"
    file.write_bytes("question,answer\n졸려,자야죠\n".encode(other))
    with pytest.raises(Misuse, match=f"is {other.upper()}, not {named.upper()}; drop --encoding"):
        import_file(settings, "csv", file, encoding=named)


@pytest.mark.parametrize(
    "element",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="a list"),
        pytest.param({"body": {}}, id="no dialogue"),
        pytest.param({"body": {"dialogue": [{"participantID": [], "utterance": "가"}]}}, id="a list for a speaker"),
        pytest.param({"body": {"dialogue": [{"participantID": "P1", "utterance": 3}]}}, id="a number for a text"),
    ],
)
def test_an_element_of_a_wrong_shape_goes_aside_alone(settings: Settings, tmp_path: Path, element: Any) -> None:
    good = json.loads(kakao(1))["data"][0]
    (tmp_path / "1.json").write_text(json.dumps({"data": [good, element, good]}))
    report = import_file(settings, "aihub-kakao", tmp_path)
    assert (report.read, report.stored, report.unchanged, report.set_aside) == (3, 1, 1, 1)
    assert (aside(report)[0]["line"], report.broken_files) == (2, 0)
    assert "object" not in aside(report)[0]["reason"]  # Python's word


def test_a_large_json_file_is_read_piece_by_piece(settings: Settings, tmp_path: Path) -> None:
    element = kakao(1)[len('{"data": [') : -2]
    many = b", ".join(element.replace(b"1-", b"%d-" % number) for number in range(30_000))
    (tmp_path / "1.json").write_bytes(b'{"numberOfItems": 30000, "data": [' + many + b'], "more": {}}')
    assert (tmp_path / "1.json").stat().st_size > 2 * 1024 * 1024  # several pieces
    assert import_file(settings, "aihub-kakao", tmp_path / "1.json").stored == 30_000


def test_nsmc_in_parquet_is_labelled_by_rating(settings: Settings, tmp_path: Path) -> None:
    rows = {
        "review_id": [1, 2, 3, 4, 5],
        "rating": [10, 1, 5, 11, None],
        "review": ["좋다", "싫다", "그냥", "왜", "음"],
    }
    pq.write_table(pa.table(rows), tmp_path / "reviews.parquet")
    report = import_file(settings, "nsmc", tmp_path / "reviews.parquet")
    assert told(settings) == [
        ("nsmc", None, 0, "부정", "싫다"),
        ("nsmc", None, 1, "긍정", "좋다"),
        ("nsmc", None, None, "보통", "그냥"),
    ]
    assert [(row["row"], row["key"], row["reason"]) for row in aside(report)] == [
        (4, "4", "the rating '11' is none"),
        (5, "5", "the rating 'None' is none"),
    ]
    assert all("line" not in row for row in aside(report))


def test_a_line_of_100_mb_goes_aside_and_text_of_2_mb_is_kept(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    long = "가나다라마바사 " * 90_000 + "😀"
    with path.open("wb") as out:
        out.write(json.dumps({"question": "길어요", "answer": long}, ensure_ascii=False).encode() + b"\n")
        out.write(b'{"question": "' + b"a" * 100_000_000 + b'", "answer": "b"}\n')
        out.write('{"question": "끝", "answer": "네 👩‍👩‍👧 𠮷"}\n'.encode())
    assert len(long.encode()) > 1_900_000
    report = import_file(settings, "jsonl", path)
    assert (report.stored, report.set_aside) == (2, 1)
    assert aside(report)[0]["reason"] == "the line is longer than 16 MiB; break it up"
    assert {row.turns[1].content for row in stored(settings)} == {long, "네 👩‍👩‍👧 𠮷"}


@pytest.mark.parametrize(
    ("form", "name", "data", "words"),
    [
        pytest.param("nsmc", "r.txt", b"a\tb\n", "does not begin with id, document, label", id="nsmc"),
        pytest.param("nsmc", "r.parquet", b"PAR1nonsense", "cannot be read as Parquet", id="nsmc parquet"),
        pytest.param("smilestyle", "s.tsv", b"a\tb\n", "does not begin with the names of styles", id="smilestyle"),
        pytest.param("aihub-topic", "t.txt", b"{}", "neither .json nor a zip", id="aihub-topic"),
        pytest.param("aihub-kakao", "k.zip", zipped({"a.txt": b"1"}), "holds no .json file", id="aihub-kakao"),
    ],
)
def test_a_file_of_another_format_is_refused_in_words(
    settings: Settings, tmp_path: Path, form: str, name: str, data: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Misuse, match=words):
        import_file(settings, form, tmp_path / name)
    assert not (tmp_path / ".mundap").exists()


def test_long_names_are_cut_or_refused_in_words(settings: Settings, tmp_path: Path) -> None:
    row = json.loads(kakao(1))["data"][0] | {"header": {"dialogueInfo": {"topic": "😀" * 150 + "끝"}}}
    (tmp_path / "1.json").write_text(json.dumps({"data": [row]}))
    import_file(settings, "aihub-kakao", tmp_path)
    assert [row.topic for row in stored(settings)] == ["😀" * 100]
    path = tmp_path / ("긴" * 60 + "n" * 60 + ".csv")
    path.write_text("question,answer\n가,나\n", "utf-8")
    with pytest.raises(Misuse, match="give one with --source"):
        import_file(settings, "csv", path)
    assert import_file(settings, "csv", path, source="짧은 이름").stored == 1


@pytest.mark.parametrize("label", [1.5, True, "셋", [1], {}])
def test_a_label_that_is_no_whole_number_sets_its_row_aside(settings: Settings, tmp_path: Path, label: Any) -> None:
    talk = [{"role": "user", "content": "가"}, {"role": "assistant", "content": "나"}]
    rows = [{"messages": talk, "label": label}, {"question": "가", "answer": "나", "label": label}, {"messages": talk}]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    report = import_file(settings, "jsonl", tmp_path / "t.jsonl")
    assert (report.stored, report.set_aside) == (1, 2)


def test_a_key_that_comes_twice_with_two_texts_is_set_aside_with_its_place(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "ratings.txt"
    file.write_text(
        "id\tdocument\tlabel\n1\t좋아요\t1\n\t빈 번호\t1\n1\t좋아요\t1\n1\t싫어요 010-1234-5678\t0\n", "utf-8"
    )
    report = import_file(settings, "nsmc", file)
    assert (report.read, report.stored, report.unchanged, report.set_aside) == (4, 1, 1, 2)
    clash = aside(report)[1]
    assert (clash["row"], clash["key"]) == (4, "1") and clash["text"].startswith("부정\n싫어요 ")
    assert "010-1234-5678" not in clash["text"] and "another text" in clash["reason"]
