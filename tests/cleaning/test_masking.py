"""Many texts masked at once are masked as each is alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning import masking
from cleaning.masking import mask_texts
from cleaning.personal import mask_personal

PIECES = [
    "010-1234-5678",
    "공일공",
    "a.b@naver.com",
    "카톡 abc123",
    "12가 3456",
    "900101-1234567",
    "국민 123456-12-123456",
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
