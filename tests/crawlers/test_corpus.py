import json
from pathlib import Path

import pytest

from crawlers.replica.corpus import corpus_from_file, load_corpus
from crawlers.replica.faults import FAULTS
from crawlers.replica.server import Replica
from warehouse.errors import Misuse


def write(folder: Path, text: str, name: str = "corpus.csv", charset: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(charset))
    return path


@pytest.mark.parametrize("columns", ["Q,A,label", "question,answer", "que,ans", " Question , Answer "])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp949"])
def test_columns_and_charset_are_found(tmp_path: Path, columns: str, charset: str) -> None:
    posts = corpus_from_file(write(tmp_path, f"{columns}\n안녕,반가워요,0\n뭐해,놀아요,1\n", charset=charset))
    assert sorted((post.title, post.answers[0].body) for post in posts) == [("뭐해", "놀아요"), ("안녕", "반가워요")]


def test_details_join_their_question(tmp_path: Path) -> None:
    text = "id,que,que_detail,ans_writer,ans_detail\n1,제목,본문 한 줄,도토리,답이에요\n"
    (post,) = corpus_from_file(write(tmp_path, text))
    assert (post.title, post.body, post.answers[0].by, post.answers[0].body) == (
        "제목",
        "본문 한 줄",
        "도토리",
        "답이에요",
    )


def test_one_question_asked_often_is_one_post_with_one_chosen_answer(tmp_path: Path) -> None:
    (post,) = corpus_from_file(write(tmp_path, "Q,A\n안녕,하나\n안녕,둘\n안녕,셋\n"))
    assert [(answer.body, answer.is_chosen) for answer in post.answers] == [
        ("하나", True),
        ("둘", False),
        ("셋", False),
    ]


def test_rows_without_text_are_left_out(tmp_path: Path) -> None:
    posts = corpus_from_file(write(tmp_path, "Q,A\n,답만\n질문만,\n \u200b,x\n안녕,반가워\n"))
    assert [post.title for post in posts] == ["안녕"]


def test_jsonl_is_read(tmp_path: Path) -> None:
    rows = [{"question": "첫 줄\n둘째 줄", "answer": "답\u0007"}, {"question": None, "answer": 3}]
    text = "\n".join(json.dumps(row) for row in rows)
    (post,) = corpus_from_file(write(tmp_path, text, "corpus.jsonl"))
    assert (post.title, post.body, post.answers[0].body) == ("첫 줄", "둘째 줄", "답")


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        pytest.param("제목,내용\na,b\n", "c.csv", r"found: 제목, 내용", id="other columns"),
        pytest.param("Q,A\n", "c.csv", "no row with both", id="no rows"),
        pytest.param("", "c.csv", "no row with both", id="nothing"),
        pytest.param('{"Q":"a","A":"b"}\n{broken', "c.jsonl", "line 2", id="broken JSON"),
        pytest.param("[1]", "c.jsonl", "line 1", id="no object"),
    ],
)
def test_a_file_that_fits_nothing_is_told(tmp_path: Path, text: str, name: str, words: str) -> None:
    with pytest.raises(Misuse, match=words):
        corpus_from_file(write(tmp_path, text, name))


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"Q,A\n\xff\xff\xff,\x81\n")
    with pytest.raises(Misuse, match="neither UTF-8 nor CP949"):
        corpus_from_file(tmp_path / "c.csv")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"none\.csv"):
        corpus_from_file(tmp_path / "none.csv")


def test_the_shipped_corpus_is_the_same_every_time() -> None:
    assert load_corpus() == load_corpus()


def test_the_shipped_corpus_holds_what_it_should() -> None:
    corpus = load_corpus()
    posts = [post for posts in corpus.values() for post in posts]
    kinds = {answer.written_by for post in posts for answer in post.answers}
    assert set(corpus) == {"naver_kin", "nate_pann"}
    assert len(posts) >= 300
    assert kinds == {"person", "ai", "seller"}
    assert any(answer.turns for post in corpus["naver_kin"] for answer in post.answers)


def test_an_unknown_fault_or_site_is_told() -> None:
    with pytest.raises(Misuse, match=r"'fire'.*429"):
        Replica("naver_kin", (), fault="fire")
    with pytest.raises(Misuse, match=r"'daum'.*naver_kin"):
        Replica("daum", ())
    assert all(text and not text.endswith(".") for text in FAULTS.values())


SHARED = Path(__file__).parents[3] / "shared" / "data" / "chatbot_data.csv"


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="the shared text is not on this machine")
def test_the_public_chat_set_is_served_whole() -> None:
    posts = corpus_from_file(SHARED)
    assert 8_000 < len(posts) <= 9_347
    assert sum(len(post.answers) for post in posts) == 9_347
