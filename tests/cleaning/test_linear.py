"""Long runs of one thing take time linear in the text, up to 5 MB.

A text of four times the length may take four times as long; a quadratic step would take sixteen times. The limit
lies well between, and the shorter text is taken twice so that a hiccup of the machine does not count.
"""

import time

import pytest

from cleaning.clean import clean_text
from cleaning.options import Options
from cleaning.personal.masks import mask_personal, personal_rules
from cleaning.recipe import Recipe, load_recipe

TIMES = 4
MOST = 10.0
SHORT = 30_000
MEGABYTES = 5

BAIT = {
    "laughing": "ㅋ",
    "spaced laughing": "ㅋ ",
    "laughing and crying": "ㅋ큐",
    "mail beginnings": "a@",
    "mail chain": "a.b@",
    "dotted labels": "a.",
    "www": "www.",
    "open brackets": "(",
    "brackets": "가(나)",
    "brackets falling apart": "(나)가",
    "stars": "*",
    "carets": "^-",
    "angle faces": ">_<",
    "titles": "<가>~",
    "titles falling apart": "가>~<",
    "open titles": "「가",
    "dots then a letter": "...가",
    "dots": ".",
    "waves": "~.",
    "account list": "110-123-456789, ",
    "resident list": "9001011234567, ",
    "bank words": "은행 ",
    "handles": "@a_b.",
    "digits": "1-",
    "plates": "12가",
    "phones": "010-",
    "open tags": "<p a",
    "open line tags": "<br ",
    "backticks": "`가",
    "crying": "ㅠ_",
    "grins": ":D",
    "smiles": ";))(",
    "sad faces": ":(",
    "hearts": "<3",
    "names": "#@이름#이가",
    "greetings": "안녕하세요. ",
    "one endless unit": "빠른 ",
    "references": "&amp;",
    "empty lines": "\n ",
    "spaces": " ",
    "commas": ", ",
    "phone beginnings": "010 ",
    "spaced phone": "0 1 0 ",
    "letters for digits": "oIo",
    "loose accounts": "은행 12 34 ",
    "loose account list": "110 345 678901, ",
    "cards": "1234 ",
    "dotted Hangul": "가.",
    "Hangul links": "a.kr/가",
    "Hangul handles": "@가나",
    "dashed handles": "@a-b",
    "handles apart": "@ a1",
    "Hangul hosts": "가나.com",
    "mentions": "@가나 ",
    "dashed mentions": "@a-b_",
    "messengers": "카톡 ",
    "spoken mails": "ab 골뱅이 ",
    "loose plates": "12 바 1234 차주 ",
}


def _seconds(text: str, dialogue: Recipe) -> float:
    started = time.process_time()
    clean_text(f"신한 주민 {text} 나", dialogue)
    clean_text(f"가 {text} 나", dialogue, options=Options(site="kin"))
    clean_text(text, load_recipe("published"))
    clean_text(f"신한 {text} 나", load_recipe("careful"))
    mask_personal(text)
    mask_personal(f"계좌 {text}"[: len(text) // 2], personal_rules(load_recipe("careful").steps))
    return time.process_time() - started


@pytest.mark.parametrize("unit", BAIT.values(), ids=BAIT)
def test_a_long_run_takes_linear_time(unit: str, dialogue_recipe: Recipe) -> None:
    run = unit * (SHORT // len(unit))
    short = min(_seconds(run, dialogue_recipe) for _ in range(2))
    assert _seconds(run * TIMES, dialogue_recipe) < MOST * short


def test_brackets_nested_ten_thousand_deep_take_linear_time(dialogue_recipe: Recipe) -> None:
    short, long = ("(가" * depth + ")" * depth for depth in (10_000, 10_000 * TIMES))
    taken = min(_seconds(short, dialogue_recipe) for _ in range(2))
    assert _seconds(long, dialogue_recipe) < MOST * taken
    assert clean_text(f"끝 {short}", dialogue_recipe).text == "끝"


@pytest.mark.parametrize(
    "unit", ["오늘 날씨 좋네요!! ㅋㅋㅋ (참고) 010-1234-5678 a@b.co ^^ ", "a.b@"], ids=["talk", "bait"]
)
def test_five_megabytes_take_linear_time(unit: str, dialogue_recipe: Recipe) -> None:
    whole = unit * (MEGABYTES * 1_000_000 // len(unit.encode()))
    seconds = []
    for text in (whole[: len(whole) // TIMES], whole):
        started = time.process_time()
        assert clean_text(f"가 {text}", dialogue_recipe).text is not None
        seconds.append(time.process_time() - started)
    assert seconds[1] < MOST * seconds[0]


def test_a_run_of_more_than_2048_address_characters_is_none(dialogue_recipe: Recipe) -> None:
    long = "a" * 2049
    assert clean_text(f"여기 https://{long} 봐", dialogue_recipe).text == f"여기 https:/{long} 봐".replace(":/", ": ")
    assert clean_text(f"메일 {long}@naver.com 이야", dialogue_recipe).text == f"메일 {long}@naver.com 이야"
    short = "a" * 2000
    assert clean_text(f"여기 https://{short} 봐", dialogue_recipe).text == "여기 봐"
    assert clean_text(f"메일 {short}@naver.com 이야", dialogue_recipe).text == "메일 [이메일] 이야"
