"""Talking with a checkpoint in the terminal."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from cleaning.clean import clean_text
from cleaning.recipe import load_recipe
from modeling.facts import read_facts
from modeling.generate import DECODERS, Decoding, Replier
from pipelines.output import tell
from pipelines.settings import Settings
from pipelines.steps.training.champion import champion_or_newest
from warehouse.records.dialogues import Turn

CHAT_DECODER: Final = "chat"
HISTORY_TURNS: Final = 6  # three exchanges, as the published systems keep
SPEECHLESS: Final = "음… 뭐라고 답해야 할지 모르겠어요. 조금 더 자세히 말해 주실래요?"
UNREADABLE: Final = "무슨 말인지 모르겠어요. 한국어로 다시 말해 주세요."
CRISIS_WORDS: Final = ("죽고 싶", "죽고싶", "자살", "자해", "살기 싫", "살기싫")
HELP_LINES: Final = (
    "많이 힘드시군요. 혼자 견디지 마세요. 자살예방상담전화 109, 청소년전화 1388이 하루 종일 열려 있어요."
)


def answer_once(settings: Settings, prompt: str, checkpoint: Path | None, *, compare: bool = False) -> dict[str, str]:
    """Answer one prompt: by the first decoder, or with `compare` by every one (decoder → reply).

    Raises:
        Misuse: there is no checkpoint.
    """
    speaker = _Speaker(settings, checkpoint)
    decoders = list(DECODERS) if compare else [CHAT_DECODER]
    return {name: speaker.reply((), prompt, DECODERS[name]) for name in decoders}


def talk(
    settings: Settings,
    checkpoint: Path | None,
    ask: Callable[[], Iterator[str]] | None = None,
) -> list[str]:
    """Talk until `quit` or the end of the input; returns the replies.

    Raises:
        Misuse: there is no checkpoint.
    """
    speaker = _Speaker(settings, checkpoint)
    print("문답이 이야기를 들어드릴게요. (초기화: 처음부터, quit: 끝)", flush=True)
    history: list[Turn] = []
    replies: list[str] = []
    for said in (ask or _lines)():
        if said in ("quit", "exit"):
            break
        if said == "초기화":
            history.clear()
            print("mundap > 처음부터 다시 이야기해요.", flush=True)
            continue
        if not said:
            continue
        # The turn's number, so that a question asked again is answered anew.
        reply = speaker.reply(tuple(history), said, replace(DECODERS[CHAT_DECODER], seed=len(replies)))
        replies.append(reply)
        print(f"mundap > {reply}", flush=True)
        history = [*history, Turn("user", said), Turn("assistant", reply)][-HISTORY_TURNS:]
    return replies


class _Speaker:
    """A loaded checkpoint, and the recipe that its training text went through."""

    def __init__(self, settings: Settings, checkpoint: Path | None) -> None:
        folder, told = champion_or_newest(settings, checkpoint)
        tell(told)
        recipe = read_facts(folder).get("recipe") or {}
        self._recipe = load_recipe(str(recipe.get("name", "dialogue")))
        self._replier = Replier(folder)

    def reply(self, history: tuple[Turn, ...], said: str, decoding: Decoding) -> str:
        if any(word in said for word in CRISIS_WORDS):
            return HELP_LINES
        cleaned = clean_text(said, self._recipe).text
        if cleaned is None:
            return UNREADABLE
        return self._replier.reply([*history, Turn("user", cleaned)], decoding) or SPEECHLESS


def _lines() -> Iterator[str]:
    while True:
        try:
            yield input("user > ").strip()
        except EOFError:
            return
