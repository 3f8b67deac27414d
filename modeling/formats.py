"""A dialogue's turns in, its pieces in order out: the four published forms, without any tokenizer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from warehouse.records.dialogues import Turn


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, or a special token's name, with the turn it belongs to; `is_answer`: it is measured as a reply."""

    text: str
    turn: int
    is_mark: bool = False
    is_answer: bool = False


def chatbot(turns: Sequence[Turn], label: int | None) -> list[Piece]:
    """`<usr>question</s><unused1>label</s><sys>answer</s>`, Helpbot's form; label 0 (everyday) where none is known."""
    pieces: list[Piece] = []
    for n, turn in enumerate(turns):
        if turn.role == "user":
            pieces += [Piece("<usr>", n, is_mark=True), Piece(turn.content, n), Piece("</s>", n, is_mark=True)]
        else:
            pieces += [Piece("<unused1>", n, is_mark=True), Piece(str(label or 0), n), Piece("</s>", n, is_mark=True)]
            pieces += [Piece("<sys>", n, is_mark=True), Piece(turn.content, n, is_answer=True)]
            pieces += [Piece("</s>", n, is_mark=True, is_answer=True)]
    return pieces


def multiturn(turns: Sequence[Turn], label: int | None) -> list[Piece]:
    """`<usr>…<sys>…<usr>…<sys>…</s>`, ChatHuman's form: the next `<usr>`, or the last `</s>`, ends an answer."""
    pieces: list[Piece] = []
    for n, turn in enumerate(turns):
        after_answer = n > 0 and turns[n - 1].role == "assistant"
        mark = "<usr>" if turn.role == "user" else "<sys>"
        pieces.append(Piece(mark, n - 1 if after_answer else n, is_mark=True, is_answer=after_answer))
        pieces.append(Piece(turn.content, n, is_answer=turn.role == "assistant"))
    last = len(turns) - 1
    return [*pieces, Piece("</s>", last, is_mark=True, is_answer=turns[last].role == "assistant")]


def dialogpt(turns: Sequence[Turn], label: int | None) -> list[Piece]:
    """Turns joined and ended by `</s>`, the DialoGPT form of KoDialoGPT."""
    return [
        piece
        for n, turn in enumerate(turns)
        for piece in (
            Piece(turn.content, n, is_answer=turn.role == "assistant"),
            Piece("</s>", n, is_mark=True, is_answer=turn.role == "assistant"),
        )
    ]


def plain(turns: Sequence[Turn], label: int | None) -> list[Piece]:
    """One running text with `</s>` behind it, for reviews; without any assistant's turn the last turn is measured."""
    last = len(turns) - 1
    has_answer = any(turn.role == "assistant" for turn in turns)
    counts = [turn.role == "assistant" if has_answer else n == last for n, turn in enumerate(turns)]
    pieces = [Piece(turn.content, n, is_answer=counts[n]) for n, turn in enumerate(turns)]
    return [*pieces, Piece("</s>", last, is_mark=True, is_answer=counts[last])]


LAYOUTS: dict[str, Callable[[Sequence[Turn], int | None], list[Piece]]] = {
    "chatbot": chatbot,
    "multiturn": multiturn,
    "dialogpt": dialogpt,
    "plain": plain,
}
