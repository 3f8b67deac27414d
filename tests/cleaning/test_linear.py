"""Long runs of one thing are cleaned to the end, up to 5 MB.

The clock is not asked: over runs of these lengths a quadratic step takes many times the limit of a test, a linear
one less than a second. How the time grows, bait by bait, is measured by `make bench ONLY=growth`.
"""

import pytest

from bench.bait import BAIT
from cleaning.clean import clean_text
from cleaning.options import Options
from cleaning.personal.masks import mask_personal
from cleaning.recipe import Recipe, load_recipe

LONG = 200_000
MEGABYTES = 5


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", BAIT.values(), ids=BAIT)
def test_a_long_run_comes_to_its_end(unit: str) -> None:
    run = unit * (LONG // len(unit))
    careful = clean_text(f"신한 주민 {run} 나", load_recipe("careful"), options=Options(site="kin"))
    published = clean_text(run, load_recipe("published"))
    for cleaned in (careful, published):
        assert (cleaned.text is None) == (cleaned.drop is not None)


@pytest.mark.timeout(60)
def test_brackets_nested_forty_thousand_deep_come_to_their_end(dialogue_recipe: Recipe) -> None:
    assert clean_text("끝 " + "(가" * 40_000 + ")" * 40_000, dialogue_recipe).text == "끝"


@pytest.mark.timeout(120)
def test_five_megabytes_of_talk_come_to_their_end(dialogue_recipe: Recipe) -> None:
    talk = "오늘 날씨 좋네요!! ㅋㅋㅋ (참고) 010-1234-5678 a@b.co ^^ "
    whole = talk * (MEGABYTES * 1_000_000 // len(talk.encode()))
    cleaned = clean_text(whole, dialogue_recipe).text
    assert cleaned is not None
    assert set(cleaned.split(" 오늘 ")[1:-1]) == {"날씨 좋네요! ㅋㅋ [전화번호] [이메일]"}


@pytest.mark.timeout(120)
def test_five_megabytes_of_mail_beginnings_come_to_their_end() -> None:
    text = "a.b@" * (MEGABYTES * 1_000_000 // 4)
    assert mask_personal(text) == text


def test_a_run_of_more_than_2048_address_characters_is_none(dialogue_recipe: Recipe) -> None:
    long = "a" * 2049
    assert clean_text(f"여기 https://{long} 봐", dialogue_recipe).text == f"여기 https:/{long} 봐".replace(":/", ": ")
    assert clean_text(f"메일 {long}@naver.com 이야", dialogue_recipe).text == f"메일 {long}@naver.com 이야"
    short = "a" * 2000
    assert clean_text(f"여기 https://{short} 봐", dialogue_recipe).text == "여기 봐"
    assert clean_text(f"메일 {short}@naver.com 이야", dialogue_recipe).text == "메일 [이메일] 이야"
