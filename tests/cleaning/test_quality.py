from typing import Literal

import pytest

from cleaning.dialogues import CleanDialogue
from cleaning.quality import check
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
