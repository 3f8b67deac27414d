"""Long runs of one thing are cleaned to the end, up to 5 MB.

The clock is not asked: over runs of these lengths a quadratic step takes many times the limit of a test, a linear
one a few seconds. How the time grows, bait by bait, is measured by `make bench ONLY=growth`.
"""

import pytest

from bench.bait import BAIT, TALK
from bench.growth_of_bait import clean_every_way, of_megabytes
from cleaning.clean import clean_text
from cleaning.personal.masks import mask_personal
from cleaning.recipe import Recipe

LONG = 200_000


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", BAIT.values(), ids=BAIT)
def test_a_long_run_comes_to_its_end(unit: str) -> None:
    for cleaned in clean_every_way(unit * (LONG // len(unit))):
        assert (cleaned.text is None) == (cleaned.drop is not None)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("depth", [10_000, 40_000])
def test_brackets_nested_deep_come_to_their_end(depth: int, dialogue_recipe: Recipe) -> None:
    assert clean_text("끝 " + "(가" * depth + ")" * depth, dialogue_recipe).text == "끝"


@pytest.mark.timeout(120)
def test_five_megabytes_of_talk_come_to_their_end(dialogue_recipe: Recipe) -> None:
    cleaned = clean_text(f"가 {of_megabytes(TALK)}", dialogue_recipe).text
    assert cleaned is not None
    assert set(cleaned.split(" 오늘 ")[1:-1]) == {"날씨 좋네요! ㅋㅋ [전화번호] [이메일]"}


@pytest.mark.timeout(120)
def test_five_megabytes_of_mail_chain_come_to_their_end(dialogue_recipe: Recipe) -> None:
    text = of_megabytes(BAIT["mail chain"])
    assert clean_text(f"가 {text}", dialogue_recipe).text is not None
    assert mask_personal(text) == text


def test_a_run_of_more_than_2048_address_characters_is_none(dialogue_recipe: Recipe) -> None:
    long = "a" * 2049
    assert clean_text(f"여기 https://{long} 봐", dialogue_recipe).text == f"여기 https:/{long} 봐".replace(":/", ": ")
    assert clean_text(f"메일 {long}@naver.com 이야", dialogue_recipe).text == f"메일 {long}@naver.com 이야"
    short = "a" * 2000
    assert clean_text(f"여기 https://{short} 봐", dialogue_recipe).text == "여기 봐"
    assert clean_text(f"메일 {short}@naver.com 이야", dialogue_recipe).text == "메일 [이메일] 이야"
