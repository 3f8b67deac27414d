"""Which messages get the help lines."""

import unicodedata

import pytest

from pipelines.crisis import needs_help

SIGNS = (
    "자살하고 싶어요",
    "자살 생각이 나요",
    "자살할 방법",
    "자 살 충동이 들어",
    "자살골 말고 진짜 자살",
    "자\u200b살\u2060하려고요",
    unicodedata.normalize("NFD", "자살 시도를 했어요"),
    "요즘 너무 죽고 싶어요",
    "죽고만 싶어",
    "죽어버리고 싶다",
    "확 죽어 버릴까",
    "그냥 죽을래",
    "차라리 죽는 게 낫겠어",
    "안 아프게 죽는 법",
    "죽는 방법 알려줘",
    "살기 싫어",
    "이런 세상에서 살기도 싫다",
    "더는 살고 싶지 않아",
    "살 이유가 없어요",
    "사라지고 싶다",
    "없어지고 싶어",
    "목을 매달까 해",
    "목매고 싶다",
    "손목을 그었어",
    "손목 긋고 싶어",
    "옥상에서 뛰어내리고 싶어요",
    "한강에서 뛰어내릴래",
    "제가 자해했어요",
    "자해 충동이 와요",
    "ㅈㅅ 하고싶다",
    "ㅈㅅ각이다",
    "번개탄 사 왔어",
    "유서를 썼어요",
    "수면제를 한번에 먹으면",
    "수면제 30알을 삼켰어",
)
HARMLESS = (
    "자살골 넣었어",
    "축구하다 자살 골을 넣었어",
    "바둑에서 자살수는 금지야",
    "배고파 죽겠다",
    "웃겨 죽는 줄",
    "더워 죽겠어",
    "좋아 죽어",
    "화분이 죽어 버렸어요",
    "힘들어 죽을 것 같아도 할 만해",
    "목이 말라",
    "과목 매달 시험 봐요",
    "손목시계를 긋지 않게 조심해",
    "손목이 아파요",
    "줄을 그었어",
    "버스에서 내렸어요",
    "주식에 투자해 하루에 만 원 벌어요",
    "혼자 해를 봤어",
    "늦어서 ㅈㅅ합니다",
    "ㅈㅅㅈㅅ",
    "사유서를 썼어요",
    "수면제 처방을 받을 수 있나요",
    "짜증이 사라지면 좋겠다",
    "번개가 쳤어요",
    "",
)


@pytest.mark.parametrize("text", SIGNS, ids=ascii)
def test_a_sign_of_crisis_is_heard(text):
    assert needs_help(text)


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_a_figure_of_speech_is_none(text):
    assert not needs_help(text)
