"""Text that provokes the rules, for the property tests."""

import pytest
from hypothesis import strategies as st

from cleaning.recipe import Recipe, load_recipe

FRAGMENTS = [
    *("가", "나다", "그래요", "네이버", "진짴", "엌", "키키", "크크", "와이키키", "큐", "ㄱㄱ", "냉무", "음슴체"),
    *("ㅋ", "ㅋㅋㅋ", "ㅎ", "ㅎㅎ", "ㅠ", "ㅜㅜ", "ㅡ", "ㅇ", "ㅁ", "ㅅ", "ㅂ", "ㅇㅋ", "ㄷ"),
    *(" ", "  ", "\n", "\t", "\u3000", "\u200b", "\r\n", "\u3164", "\ufeff", "\x7f"),
    *(".", ",", "!", "?", "~", "…", "·", "‥", "'", '"', "-", "=", "*", "_", "#", "@", "^", ";", ":", "|", "/", "\\"),
    *("(", ")", "[", "]", "<", ">", "「", "」", "`", "&", "%", "+", "$", "{", "}"),
    *("a", "T", "O", "o", "x", "D", "XD", "OTL", "www.", "https://", ".com", ".co.kr", "be/", "naver.com", "é", "İ"),
    *("0", "3", "12", "010", "1234", "5678", "900101", "1234567", "02", "110-123-456789", "12가 3456", "공일공"),
    *("a.b@c.net", "abc @ 네이버", "신한", "주민", "카톡 아이디", "@handle", "서울", "[계좌번호]", "[강추]"),
    *("#@이름#", "#@이모티콘#", "#@전번#", "#@몰라#", "야", "이가", "으로", "는"),
    *("은", "에서", "이랑", "😀", "👍🏽", "♥", "→", "あ", "王", "ﾻ", "ᄏ", "가\u0301", "ᄀ", "ﬁ", "℃", "乃"),
    *("<b>", "<br>", "<기생충>", "&lt;", "&#44032;", "&amp;"),
]


@pytest.fixture(scope="session")
def dialogue_recipe() -> Recipe:
    return load_recipe("dialogue")


def provoking_text(max_size: int = 14) -> st.SearchStrategy[str]:
    return st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.characters()), max_size=max_size).map("".join)
