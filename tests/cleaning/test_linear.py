"""Long runs of one thing take time linear in the text.

Each text is ten times as long as one that a quadratic step would already feel. A quadratic step on it takes
minutes where a linear one takes well under a second, so the generous limit tells them apart on any machine.
"""

import time

import pytest

from cleaning.clean import clean_text
from cleaning.options import Options
from cleaning.personal import mask_personal
from cleaning.recipe import Recipe, load_recipe

LIMIT_SECONDS = 10.0

RUNS = {
    "laughing": "ㅋ" * 100_000,
    "mail beginnings": "a@" * 500_000,
    "mail chain": "a.b@" * 100_000,
    "dotted labels": "a." * 200_000,
    "www": "www." * 50_000,
    "open brackets": "(" * 100_000,
    "nested brackets": "(가" * 10_000 + ")" * 10_000,
    "stars": "*" * 100_000,
    "angle faces": ">_<" * 30_000,
    "titles": "<가>~" * 20_000,
    "dots then a letter": "...가" * 30_000,
    "dots": "." * 100_000,
    "account list": "신한 " + "110-123-456789, " * 8_000,
    "resident list": "주민 " + "9001011234567, " * 8_000,
    "handles": "@a_b." * 30_000,
    "digits": "1-" * 100_000,
    "open tags": "<p a" * 30_000,
    "backticks": "`가" * 50_000,
    "crying": "ㅠ_" * 50_000,
    "grins": ":D" * 50_000,
    "smiles": ";))(" * 30_000,
    "names": "#@이름#이가" * 15_000,
    "greetings": "안녕하세요. " * 15_000,
    "one endless unit": "빠른 " * 30_000,
    "references": "&amp;" * 30_000,
    "empty lines": "\n " * 50_000,
}


@pytest.mark.parametrize("text", RUNS.values(), ids=RUNS)
def test_a_long_run_takes_linear_time(text: str, dialogue_recipe: Recipe) -> None:
    started = time.process_time()
    clean_text(f"가 {text} 나", dialogue_recipe)
    clean_text(f"가 {text} 나", dialogue_recipe, options=Options(site="kin"))
    clean_text(text, load_recipe("published"))
    mask_personal(text)
    assert time.process_time() - started < LIMIT_SECONDS


def test_a_run_of_more_than_2048_address_characters_is_none(dialogue_recipe: Recipe) -> None:
    long = "a" * 2049
    assert clean_text(f"여기 https://{long} 봐", dialogue_recipe).text == f"여기 https:/{long} 봐".replace(":/", ": ")
    assert clean_text(f"메일 {long}@naver.com 이야", dialogue_recipe).text == f"메일 {long}@naver.com 이야"
    short = "a" * 2000
    assert clean_text(f"여기 https://{short} 봐", dialogue_recipe).text == "여기 봐"
    assert clean_text(f"메일 {short}@naver.com 이야", dialogue_recipe).text == "메일 [이메일] 이야"
