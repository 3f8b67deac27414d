"""A checkpoint and a dataset in, one comparable figure with its interval and its baselines out, and samples."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from modeling.baselines import NGrams
from modeling.checkpoint import load_model
from modeling.compare import DialogueBits
from modeling.facts import read_facts
from modeling.generate import Replier
from modeling.leakage import require_unseen
from modeling.memorisation import Memory
from modeling.metrics import Metric, bootstrap_ratio
from modeling.render import Rendered, render, with_start
from modeling.replies import Sample, answer, prompts_of, reply_metrics
from modeling.scoring import Scores, priced, score
from modeling.shards import Example, digest, read_split
from modeling.threads import torch_threads
from modeling.tokenizer import Vocabulary, vocabulary
from warehouse.errors import Misuse

__all__ = ["Evaluated", "Metric", "Sample", "evaluate"]

# Fewer dialogues than this give an interval too wide to report on, when the validation split has more of them.
SMALLEST_TEST = 50
REPLIES = 100  # prompts answered for the metrics of generation


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One measurement on one set; `per_dialogue` is what `compare.paired_difference` takes.

    `left_out` counts the dialogues of the split that are in the model's training data, None where nobody looked.
    """

    metrics: tuple[Metric, ...]
    samples: tuple[Sample, ...]
    eval_set_sha256: str
    rows: int
    split: str
    per_dialogue: tuple[DialogueBits, ...]
    left_out: int | None = None


def evaluate(
    checkpoint: Path,
    dataset: Path,
    *,
    split: str | None = None,
    learnt: Path | None = None,
    samples: int = 3,
    draws: int = 2000,
    seed: int = 0,
    max_rows: int | None = None,
) -> Evaluated:
    """This measures a checkpoint on the held-out dialogues of a dataset.

    `bits_per_char`: the cost of each answer given the dialogue so far, over the characters of the answers; the token
    that ends an answer is paid for too, and every character that the tokens hide costs 14 bits more (one out of
    16,384), so that no tokenizer gains by `<unk>`. `unigram_bits_per_char` and `bigram_bits_per_char` are the same
    for n-grams over the same tokens, counted on the rendered training dialogues. `gain_on_unigram` and
    `gain_on_bigram` are what the model saves against them in bits per character, paired by dialogue: above 0 with
    its whole interval is a sure win. Without `split` it is "test" if that has 50 dialogues or no fewer than
    "validation": the validation split chose the weights. Dialogues that are in the training split of the dataset
    folder `learnt` are left out: name it where `dataset` is not the model's own.

    Raises:
        Misuse: no such checkpoint or dataset, or nothing held out in it that is not learnt.
    """
    facts = read_facts(checkpoint)
    options = facts["options"]
    model, tokenizer = load_model(checkpoint)
    words = vocabulary(tokenizer, str(checkpoint))
    name, examples, rendered = _held_out(dataset, split, words, options["format"])
    left_out = None
    if learnt is not None:
        kept = set(require_unseen(examples, learnt, f"the {name} split of {dataset}"))
        left_out = sum(example not in kept for example in examples)
        examples, rendered = _only(kept, examples, rendered)
    examples, rendered = examples[:max_rows], rendered[:max_rows]
    training = read_split(dataset, "train")
    prepared = [with_start(item, words) for item in rendered] if options["label_mode"] == "shifted" else rendered
    memory = Memory(training)
    with torch_threads(0, facts["model"]):
        scores = score(model, prepared)
        answered = answer(Replier(checkpoint), prompts_of(examples)[:REPLIES], memory)
    counts = NGrams.count(render(training, words, options["format"], "answers"), words.size)
    return Evaluated(
        metrics=(*_costs(scores, counts, rendered, draws, seed), *reply_metrics(answered, memory, draws, seed)),
        samples=tuple(answered[:samples]),
        eval_set_sha256=digest(examples),
        rows=len(examples),
        split=name,
        per_dialogue=tuple(
            (example.dialogue_id, float(bits), int(chars))
            for example, bits, chars in zip(examples, scores.bits, scores.chars, strict=True)
        ),
        left_out=left_out,
    )


def _held_out(
    dataset: Path, split: str | None, words: Vocabulary, format: str
) -> tuple[str, tuple[Example, ...], list[Rendered]]:
    """The split's name and its dialogues that have an answer to measure."""
    names = [split] if split else ["test", "validation"]
    found = {name: [e for e in read_split(dataset, name) if any(t.content.strip() for t in e.turns)] for name in names}
    name = names[0]
    if not split and len(found["test"]) < min(SMALLEST_TEST, len(found["validation"])):
        name = "validation"
    pairs = zip(found[name], render(found[name], words, format, "answers"), strict=True)
    measurable = [(example, item) for example, item in pairs if item.answer_chars]
    if not measurable:
        raise Misuse(
            f"dataset {dataset} has no answer to measure on in {' or '.join(names)}; crawl or import more and export "
            "again, or measure on another dataset: --data"
        )
    return name, tuple(example for example, _ in measurable), [item for _, item in measurable]


def _only(
    kept: Collection[Example], examples: Sequence[Example], rendered: Sequence[Rendered]
) -> tuple[tuple[Example, ...], list[Rendered]]:
    pairs = [(example, item) for example, item in zip(examples, rendered, strict=True) if example in kept]
    return tuple(example for example, _ in pairs), [item for _, item in pairs]


def _costs(scores: Scores, counts: NGrams, rendered: Sequence[Rendered], draws: int, seed: int) -> list[Metric]:
    """Bits per character of the model and of both baselines, the gains on them, and the perplexity per answer token."""
    chars = scores.chars.astype(np.float64)
    bits = {
        "bits_per_char": scores.bits,
        "unigram_bits_per_char": priced(rendered, counts.unigram_nats(rendered)).bits,
        "bigram_bits_per_char": priced(rendered, counts.bigram_nats(rendered)).bits,
    }
    nats = bootstrap_ratio("answer_perplexity", scores.nats, scores.tokens.astype(np.float64), draws, seed)
    return [
        *(bootstrap_ratio(name, values, chars, draws, seed) for name, values in bits.items()),
        *(
            bootstrap_ratio(f"gain_on_{name}", bits[f"{name}_bits_per_char"] - scores.bits, chars, draws, seed)
            for name in ("unigram", "bigram")
        ),
        replace(
            nats,
            value=float(np.exp(nats.value)),
            low=None if nats.low is None else float(np.exp(nats.low)),
            high=None if nats.high is None else float(np.exp(nats.high)),
        ),
    ]
