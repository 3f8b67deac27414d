"""Dialogues that are clean but not worth learning from, and those that a reader should be warned of."""

import re
from dataclasses import replace
from typing import Literal

from cleaning.dialogues import CleanDialogue
from cleaning.duplicates.search import normalise
from cleaning.profanity import MARK, has_profanity
from warehouse.records.dialogues import Dialogue, Dropped

# A reply of one syllable (네, 응, 글쎄 has two) teaches nothing; a consonant abbreviation such as ㄴㄴ is a reply.
_LEAST_LETTERS = 2
# Below this share of Hangul among the letters the text is in another language or a listing of code.
_LEAST_HANGUL_SHARE = 0.3
# A shorter answer that stands in the question is a choice among what was asked, not a copy.
_LEAST_COPIED = 10

_TOKEN = re.compile(r"\[[가-힣]+\]")
_ANSWERABLE = re.compile("[가-힣ㄱ-ㅊㅌㅍ]")
_HANGUL = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]")


def check(
    dialogue: CleanDialogue | Dialogue, *, written_by: Literal["person", "ai", "seller"] = "person"
) -> Dropped | None:
    """The first fault of a cleaned dialogue, or None.

    Faults: `ai_answer` and `seller_answer` by `written_by`; `question_too_short` and `answer_too_short` (fewer
    than two Hangul syllables or consonants outside tokens, counted over all turns of that role); `off_language`
    (Hangul below 0.3 of the letters of either role); `copied_question` (the answer says the question again, or
    a part of it that is at least ten letters long).
    """
    spoken = dialogue.dialogue if isinstance(dialogue, CleanDialogue) else dialogue
    asked, answered = (" ".join(turn.content for turn in spoken.turns if turn.role == role) for role in _ROLES)
    fault = _writer_fault(written_by) or _text_fault(asked, answered)
    if fault is None:
        return None
    return Dropped(spoken.dialogue_id, *fault, "\n".join(turn.content for turn in spoken.turns))


def mark(dialogue: CleanDialogue) -> CleanDialogue:
    """The same dialogue, with `profanity` among its rules where one of its turns holds abusive words."""
    if any(has_profanity(turn.content) for turn in dialogue.dialogue.turns):
        return replace(dialogue, rules=(*dialogue.rules, MARK))
    return dialogue


_ROLES = ("user", "assistant")


def _writer_fault(written_by: str) -> tuple[str, str] | None:
    if written_by == "ai":
        return "ai_answer", "an AI wrote the answer"
    if written_by == "seller":
        return "seller_answer", "a seller wrote the answer"
    return None


def _text_fault(asked: str, answered: str) -> tuple[str, str] | None:
    for rule, text in (("question_too_short", asked), ("answer_too_short", answered)):
        letters = len(_ANSWERABLE.findall(_TOKEN.sub("", text)))
        if letters < _LEAST_LETTERS:
            plural = "" if letters == 1 else "s"
            return rule, f"{letters} Hangul letter{plural}, at least {_LEAST_LETTERS} are needed"
    share = min(_hangul_share(asked), _hangul_share(answered))
    if share < _LEAST_HANGUL_SHARE:
        return "off_language", f"{share:.0%} of the letters are Hangul, at least {_LEAST_HANGUL_SHARE:.0%} are needed"
    if _is_copy(normalise(asked), normalise(answered)):
        return "copied_question", "the answer repeats the question"
    return None


def _hangul_share(text: str) -> float:
    said = _TOKEN.sub("", text)
    letters = sum(character.isalpha() for character in said)
    return len(_HANGUL.findall(said)) / letters if letters else 0.0


def _is_copy(asked: str, answered: str) -> bool:
    return answered == asked or (len(answered) >= _LEAST_COPIED and answered in asked)
