"""Held-out dialogues and a model that answers in, what its replies are like out: diagnostics beside the one figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from modeling.generate import DECODERS, Replier
from modeling.memorisation import Memory
from modeling.metrics import Metric, bootstrap_mean, chrf, distinct, repetition
from modeling.render import one_line
from modeling.shards import Example
from warehouse.records.dialogues import Turn


@dataclass(frozen=True, slots=True)
class Sample:
    """A reply beside what a person wrote, and the training question most like the one asked (None: 없음)."""

    prompt: str
    reply: str
    reference: str
    nearest_question: str | None
    nearest_similarity: float


@dataclass(frozen=True, slots=True)
class Prompt:
    """The turns before a held-out dialogue's last answer, and that answer."""

    turns: tuple[Turn, ...]
    reference: str


def prompts_of(examples: Sequence[Example]) -> list[Prompt]:
    """One prompt a dialogue; a text without anything before its answer has none."""
    found: list[Prompt] = []
    for example in examples:
        spoken = [turn for turn in example.turns if turn.content.strip()]
        last = max((n for n, turn in enumerate(spoken) if turn.role == "assistant"), default=0)
        if last:
            found.append(Prompt(tuple(spoken[:last]), one_line(spoken[last].content)))
    return found


def answer(replier: Replier, prompts: Sequence[Prompt], memory: Memory) -> list[Sample]:
    """What chat would reply to each prompt (its own decoder, seeded), beside the nearest training question."""
    replies = replier.reply_many([prompt.turns for prompt in prompts], DECODERS["chat"])
    questions = [one_line(prompt.turns[-1].content) for prompt in prompts]
    return [
        Sample(
            prompt=question,
            reply=reply,
            reference=prompt.reference,
            nearest_question=near.question if near else None,
            nearest_similarity=near.similarity if near else 0.0,
        )
        for question, reply, prompt, near in zip(questions, replies, prompts, memory.nearest(questions), strict=True)
    ]


def reply_metrics(samples: Sequence[Sample], memory: Memory, draws: int, seed: int) -> list[Metric]:
    """distinct_1, distinct_2, chrf, repetition, reply_chars, empty_ratio, copy_ratio, neighbour_ratio, shared_chars.

    `copy_ratio`: replies that are a training answer word for word; `neighbour_ratio`: the very answer of the nearest
    training question; `shared_chars`: the longest stretch that a reply shares with one training answer.
    """
    replies = [sample.reply for sample in samples]
    spoken = [reply for reply in replies if reply]
    if not samples:
        return []
    measured = {
        "chrf": [chrf(sample.reply, sample.reference) for sample in samples],
        "repetition": [repetition(reply) for reply in replies],
        "reply_chars": [float(len(reply)) for reply in replies],
        "empty_ratio": [float(not reply) for reply in replies],
        "copy_ratio": [float(memory.is_copy(reply)) for reply in replies],
        "neighbour_ratio": [float(memory.answers_like_neighbour(s.nearest_question, s.reply)) for s in samples],
        "shared_chars": [float(len(memory.shared_span(reply))) for reply in replies],
    }
    return [
        # Drawn with replacement, replies repeat and look less diverse than they are: no interval for these two.
        Metric("distinct_1", distinct(spoken, 1), rows=len(spoken)),
        Metric("distinct_2", distinct(spoken, 2), rows=len(spoken)),
        *(bootstrap_mean(name, values, draws, seed) for name, values in measured.items()),
    ]
