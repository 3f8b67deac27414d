from typing import Literal

import pytest

from cleaning.dialogues import CleanDialogue
from cleaning.profanity import has_profanity
from cleaning.quality import check, mark
from warehouse.records.dialogues import Dialogue, Turn


def _dialogue(asked: str, answered: str) -> Dialogue:
    return Dialogue("d1", "test", "1", (Turn("user", asked), Turn("assistant", answered)))


FAULTS = {
    "good": ("오늘 뭐 먹지?", "김치찌개 어때", None),
    "abbreviation is an answer": ("갈래?", "ㄴㄴ", None),
    "one syllable": ("갈래?", "네!", "answer_too_short"),
    "token is no answer": ("번호 뭐야?", "[전화번호] 네", "answer_too_short"),
    "no question": ("[링크] 음?", "몰라요", "question_too_short"),
    "foreign answer": ("이거 뜻이 뭐야?", "이것 please read the manual first", "off_language"),
    "foreign question": ("what does this error mean 이거", "다시 설치하세요", "off_language"),
    "repeated question": ("자격증은 어떻게 따나요?", "자격증은 어떻게, 따나요.", "copied_question"),
    "part of the question": ("자격증은 어떻게 따나요? 급해요", "자격증은 어떻게 따나요", "copied_question"),
    "choice of what was asked": ("라면이 좋아 밥이 좋아?", "밥이 좋아", None),
}


@pytest.mark.parametrize(("asked", "answered", "rule"), FAULTS.values(), ids=FAULTS)
def test_faults(asked: str, answered: str, rule: str | None) -> None:
    dropped = check(_dialogue(asked, answered))
    assert (dropped.rule if dropped else None) == rule
    assert check(CleanDialogue(_dialogue(asked, answered), ())) == dropped
    assert dropped is None or (dropped.row_id, dropped.text) == ("d1", f"{asked}\n{answered}")


@pytest.mark.parametrize(("writer", "rule"), [("ai", "ai_answer"), ("seller", "seller_answer")])
def test_who_wrote_it(writer: Literal["ai", "seller"], rule: str) -> None:
    dropped = check(_dialogue("뭐 먹지?", "김치찌개 어때"), written_by=writer)
    assert dropped is not None
    assert dropped.rule == rule


ABUSE = [
    "아 씨발 진짜",
    "시발 뭐야",
    "아시발",
    "병신아",
    "ㅅㅂ 짜증나",
    "ㅆㅂ",
    "개새끼야",
    "이 새끼가",
    "존나 웃겨",
    "지랄하네",
    "ㅈㄴ 춥다",
    "미친놈 아냐",
    "닥쳐라",
]
DECENT = [
    *(
        "여기가 시발점이에요",
        "서울역 시발 열차",
        "도시발전 계획",
        "제시발언",
        "새끼 고양이 귀여워요",
        "새끼손가락 다쳤어요",
    ),
    *(
        "병신년에 태어나셨대요",
        "날씨 발표",
        "홍씨 발언",
        "개발 공부",
        "좋나요?",
        "어미 고양이",
        "조용히 하세요",
        "18살이에요",
        "비싼 새 끼니",
    ),
]


@pytest.mark.parametrize("text", ABUSE)
def test_abuse_is_marked_and_never_dropped(text: str) -> None:
    dialogue = _dialogue("오늘 뭐 했어?", text)
    assert check(dialogue) is None
    assert mark(CleanDialogue(dialogue, ("tidy",))) == CleanDialogue(dialogue, ("tidy", "profanity"))


@pytest.mark.parametrize("text", DECENT)
def test_decent_words_are_not_taken_for_abuse(text: str) -> None:
    assert not has_profanity(text)
    unmarked = CleanDialogue(_dialogue(text, text), ())
    assert mark(unmarked) is unmarked
