"""Many texts masked at once are masked as each is alone."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.personal import batches as masking
from cleaning.personal.batches import mask_texts
from cleaning.personal.masks import mask_personal
from cleaning.personal.spelling import plainly

PIECES = [
    "010-1234-5678",
    "공일공",
    "a.b@naver.com",
    "카톡 abc123",
    "12가 3456",
    "900101-1234567",
    "국민 123456-12-123456",
    "０１０－１２３４－５６７８",
    "010  9876  5432",
    "010\n1234\n5678",
    "010\u200b-1234-\u00ad5678",
    "010&nbsp;2222&nbsp;3333",
    "abc&#64;naver.com",
    "abc&amp;#64;naver.com",
    "abc＠naver．com",
    "010<b>-1234-</b>5678",
    "010–1234–5678",
    "( 02) 123-4567",
]
TEXTS = st.lists(
    st.lists(st.sampled_from([*PIECES, "가", " ", "\n", "1", "", "😀"]), max_size=6).map("".join), max_size=12
)


@settings(max_examples=80, deadline=None)
@given(texts=TEXTS)
def test_many_texts_are_masked_as_each_alone(texts: list[str]) -> None:
    assert mask_texts(texts) == [mask_personal(text) for text in texts]


def test_pieces_end_between_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*PIECES, "", "배고파"] * 7
    monkeypatch.setattr(masking, "_AT_ONCE_CHARS", 20)
    assert mask_texts(texts) == [mask_personal(text) for text in texts]
    assert mask_texts([]) == []


def test_a_text_without_personal_data_stays_the_same_object() -> None:
    text = "".join(["배", "고파"])
    assert mask_texts([text])[0] is text


@pytest.mark.parametrize("text", PIECES[7:])
def test_no_spelling_hides_personal_data(text: str) -> None:
    found = mask_personal(f"연락은 {text} 로 주세요")
    assert re.fullmatch(r"연락은 \[(전화번호|이메일)\] 로 주세요", found)


@pytest.mark.parametrize("text", ["가격  ３０００원", "&lt;기생충&gt; 봤어요  진짜", "3 <b>1</b>\n2\u200b", "a&#64;b"])
def test_a_text_that_hides_nothing_stays_as_it_is_spelled(text: str) -> None:
    assert mask_personal(text) == text


@settings(max_examples=80, deadline=None)
@given(texts=TEXTS)
def test_what_cleaning_would_spell_holds_no_personal_data(texts: list[str]) -> None:
    for masked in mask_texts(texts):
        assert mask_personal(masked) == masked
        assert mask_personal(plainly(masked, "space")) == plainly(masked, "space")
