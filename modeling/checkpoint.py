"""A checkpoint folder as `transformers` loads it; the facts beside the weights are in `modeling.facts`."""

from pathlib import Path
from typing import Any

from modeling.facts import read_facts
from modeling.gpt import load
from modeling.quiet import quiet
from modeling.tokenizer import load_tokenizer


def load_model(folder: Path) -> tuple[Any, Any]:
    """The model in float32 and its tokenizer.

    Raises:
        Misuse: no finished checkpoint, or weights or a tokenizer that cannot be read.
    """
    read_facts(folder)
    with quiet():
        return load(folder), load_tokenizer(folder)
