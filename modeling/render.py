"""A dialogue in, token ids with labels out: the formats' pieces as tokens, and the four label modes.

A format says which tokens stand where; a label mode says which of them count in training. What counts in
*measuring* is neither: always the tokens of the answers with the token that ends each (`answer_mask`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from unicodedata import normalize

from modeling.formats import LAYOUTS, Piece
from modeling.shards import Example
from modeling.tokenizer import Vocabulary
from warehouse.errors import Misuse
from warehouse.records.dialogues import Turn

IGNORED = -100  # what torch's cross entropy leaves out


@dataclass(frozen=True, slots=True)
class Rendered:
    """`ids`, `labels` and `answer_mask` are of one length.

    `labels` follow transformers (not moved; the model moves them by one; -100 does not count). `answer_chars` are
    the characters of the answers, `hidden_chars` those of them that the tokens do not give back (`<unk>`, lost blanks).
    """

    ids: tuple[int, ...]
    labels: tuple[int, ...]
    answer_mask: tuple[bool, ...]
    answer_chars: int
    hidden_chars: int


def render(examples: Sequence[Example], vocabulary: Vocabulary, format: str, label_mode: str) -> list[Rendered]:
    """This renders dialogues; one without any text is left out.

    Label modes: `all` tokens (ChatHuman's Input), `last_answer` (its -100), `answers` (-100+sys), and `shifted`: `<s>`
    in front of the input while the labels stay, so that the model, which moves labels itself, learns the token
    after the next. That is what the published recipe did, and why it was rejected there.

    Raises:
        Misuse: no such format or label mode.
    """
    if format not in LAYOUTS:
        raise Misuse(f"no format {format!r}: choose one of {', '.join(LAYOUTS)}")
    layouts = [_standing(LAYOUTS[format](turns, e.label)) for e in examples if (turns := _speaking(e.turns))]
    texts = list(dict.fromkeys(piece.text for layout in layouts for piece in layout if not piece.is_mark))
    tokens = dict(zip(texts, vocabulary.encode(texts), strict=True))
    answers = list(dict.fromkeys(p.text for layout in layouts for p in layout if p.is_answer and not p.is_mark))
    back = vocabulary.decode([tokens[text] for text in answers])
    hidden = {text: lost_characters(text, given) for text, given in zip(answers, back, strict=True)}
    return [_assemble(layout, tokens, hidden, vocabulary, label_mode) for layout in layouts]


def render_prompt(turns: Sequence[Turn], label: int | None, vocabulary: Vocabulary, format: str) -> list[int]:
    """Ids of the dialogue so far, up to where the next answer begins."""
    spoken = [Turn(turn.role, one_line(turn.content)) for turn in turns]
    layout = LAYOUTS[format]([*spoken, Turn("assistant", "")], label)
    # The empty answer and what ends it are the tail of every format.
    layout = layout[: next(n for n, p in enumerate(layout) if p.turn == len(spoken) and p.is_answer)]
    texts = [piece.text for piece in layout if not piece.is_mark]
    encoded = iter(vocabulary.encode(texts))
    return [i for p in layout for i in ([vocabulary.ids[p.text]] if p.is_mark else next(encoded))]


def with_start(rendered: Rendered, vocabulary: Vocabulary) -> Rendered:
    """The same with `<s>` in front, as a model trained with `shifted` labels expects it."""
    start = vocabulary.ids.get("<s>", vocabulary.ids["</s>"])
    return replace(
        rendered,
        ids=(start, *rendered.ids),
        labels=(IGNORED, *rendered.labels),
        answer_mask=(False, *rendered.answer_mask),
    )


def one_line(text: str) -> str:
    """NFC, every run of blanks and line breaks one blank: a second blank would be a token of its own (▁)."""
    return " ".join(normalize("NFC", text).split())


def lost_characters(text: str, given_back: str) -> int:
    """How many characters of `text` its tokens do not give back, in order; 0 for a tokenizer that keeps everything."""
    if text == given_back:
        return 0
    blocks = SequenceMatcher(None, text, given_back, autojunk=False).get_matching_blocks()
    return len(text) - sum(block.size for block in blocks)


def _speaking(turns: Sequence[Turn]) -> list[Turn]:
    """Turns on one line each; what the user said last without an answer is cut, unless there is no answer at all."""
    spoken = [Turn(turn.role, text) for turn in turns if (text := one_line(turn.content))]
    while any(turn.role == "assistant" for turn in spoken) and spoken[-1].role == "user":
        spoken.pop()
    return spoken


def _standing(layout: list[Piece]) -> list[Piece]:
    """An answer that opens a dialogue gets `</s>` in front (KoGPT2's bos = eos), or its first token would be free."""
    return [Piece("</s>", 0, is_mark=True), *layout] if layout[0].is_answer else layout


def _assemble(
    layout: Sequence[Piece],
    tokens: dict[str, list[int]],
    hidden: dict[str, int],
    vocabulary: Vocabulary,
    label_mode: str,
) -> Rendered:
    last_answer = max((p.turn for p in layout if p.is_answer), default=-1)
    ids: list[int] = []
    labels: list[int] = []
    mask: list[bool] = []
    for piece in layout:
        new = [vocabulary.ids[piece.text]] if piece.is_mark else tokens[piece.text]
        ids += new
        labels += new if _counts(piece, last_answer, label_mode) else [IGNORED] * len(new)
        mask += [piece.is_answer] * len(new)
    if label_mode == "shifted":
        start = vocabulary.ids.get("<s>", vocabulary.ids["</s>"])
        ids, mask = [start, *ids[:-1]], [False, *mask[:-1]]
    spoken = [piece.text for piece in layout if piece.is_answer and not piece.is_mark]
    return Rendered(tuple(ids), tuple(labels), tuple(mask), sum(map(len, spoken)), sum(hidden[text] for text in spoken))


def _counts(piece: Piece, last_answer: int, label_mode: str) -> bool:
    match label_mode:
        case "all" | "shifted":
            return True
        case "answers":
            return piece.is_answer
        case "last_answer":
            return piece.is_answer and piece.turn == last_answer
    raise Misuse(f"no label mode {label_mode!r}: choose one of all, last_answer, answers, shifted")
