"""Talking with a checkpoint in the terminal."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TextIO

from cleaning.clean import clean_text
from cleaning.recipe import Recipe, load_recipe, read_recipe, recipe_names
from modeling.facts import FACTS, read_facts
from modeling.generate import DECODERS, Decoding, Replier
from pipelines.crisis import needs_help
from pipelines.output import tell
from pipelines.settings import Settings
from pipelines.steps.training.checkpoints import champion_or_newest
from warehouse.records.dialogues import Turn

_CHAT_DECODER: Final = "chat"
_FALLBACK_RECIPE: Final = "dialogue"
_PROMPT: Final = "user > "
_HISTORY_TURNS: Final = 6  # three exchanges, as the published systems keep
_SPEECHLESS: Final = "음… 뭐라고 답해야 할지 모르겠어요. 조금 더 자세히 말해 주실래요?"
UNREADABLE: Final = "무슨 말인지 모르겠어요. 한국어로 다시 말해 주세요."
HELP_LINES: Final = (
    "많이 힘드시군요. 혼자 견디지 마세요. 자살예방상담전화 109, 청소년전화 1388이 하루 종일 열려 있어요."
)


def answer_once(settings: Settings, prompt: str, checkpoint: Path | None, *, compare: bool = False) -> dict[str, str]:
    """Answer one prompt: by the first decoder, or with `compare` by every one (decoder → reply).

    Raises:
        Misuse: there is no checkpoint.
    """
    speaker = _Speaker(settings, checkpoint)
    decoders = list(DECODERS) if compare else [_CHAT_DECODER]
    return {name: speaker.reply((), prompt, DECODERS[name]).reply for name in decoders}


def talk(
    settings: Settings,
    checkpoint: Path | None,
    ask: Callable[[], Iterator[str]] | None = None,
    *,
    aside: bool = False,
) -> list[str]:
    """Talk until `quit` or the end of the input; returns the replies. `aside` talks on stderr, prompts included.

    Raises:
        Misuse: there is no checkpoint.
    """
    speaker = _Speaker(settings, checkpoint)
    stream = sys.stderr if aside else sys.stdout
    print("문답이 이야기를 들어드릴게요. (초기화: 처음부터, quit: 끝)", file=stream, flush=True)
    history: list[Turn] = []
    replies: list[str] = []
    for said in ask() if ask else _lines(stream):
        if said in ("quit", "exit"):
            break
        if said == "초기화":
            history.clear()
            print("mundap > 처음부터 다시 이야기해요.", file=stream, flush=True)
            continue
        if not said:
            continue
        # The turn's number, so that a question asked again is answered anew.
        exchange = speaker.reply(tuple(history), said, replace(DECODERS[_CHAT_DECODER], seed=len(replies)))
        replies.append(exchange.reply)
        print(f"mundap > {exchange.reply}", file=stream, flush=True)
        if exchange.heard is not None:
            turns = (Turn("user", exchange.heard), Turn("assistant", exchange.reply))
            history = [*history, *turns][-_HISTORY_TURNS:]
    return replies


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What was heard of a message, cleaned as the training text was (None: nothing legible), and the reply."""

    heard: str | None
    reply: str


class _Speaker:
    """A loaded checkpoint, and the recipe that its training text went through."""

    def __init__(self, settings: Settings, checkpoint: Path | None) -> None:
        folder, told = champion_or_newest(settings, checkpoint)
        tell(told)
        self._recipe = _recipe_of(folder)
        self._replier = Replier(folder)

    def reply(self, history: tuple[Turn, ...], said: str, decoding: Decoding) -> _Exchange:
        heard = clean_text(said, self._recipe).text
        if needs_help(said):
            return _Exchange(heard, HELP_LINES)
        if heard is None:
            return _Exchange(None, UNREADABLE)
        return _Exchange(heard, self._replier.reply([*history, Turn("user", heard)], decoding) or _SPEECHLESS)


def _recipe_of(checkpoint: Path) -> Recipe:
    """The recipe as it was at the training; checkpoints of before 2026-11-22 name it only."""
    kept = read_facts(checkpoint).get("recipe") or {}
    name = str(kept.get("name") or _FALLBACK_RECIPE)
    if text := kept.get("text"):
        return read_recipe(f"in {checkpoint}/{FACTS}", str(text))
    if name not in recipe_names():
        tell(
            f"{checkpoint} was trained on text of recipe {name!r}, which it does not keep: what you say is prepared "
            f"by {_FALLBACK_RECIPE!r} instead; train again to have the recipe kept"
        )
        name = _FALLBACK_RECIPE
    return load_recipe(name)


def _lines(stream: TextIO) -> Iterator[str]:
    while True:
        try:
            # A terminal's line editing wants to write the prompt itself.
            if stream is sys.stdout and sys.stdin.isatty():
                said = input(_PROMPT)
            else:
                print(_PROMPT, end="", file=stream, flush=True)
                said = input()
        except EOFError:
            print(file=stream, flush=True)
            return
        yield said.strip()
