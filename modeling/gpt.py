"""Options in, a model with its tokenizer out: KoGPT2 by name or folder, or a small GPT-2 of the same class."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from transformers import AutoConfig, AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

from modeling.options import SCRATCH, Options
from modeling.tokenizer import Vocabulary, load_tokenizer, train_tokenizer, vocabulary
from warehouse.errors import Misuse, Unready

_DROPOUTS = ("resid_pdrop", "embd_pdrop", "attn_pdrop")
import os

CHARACTERS_PER_TOKEN = int(os.environ.get("CPT", "1"))
SMALLEST_VOCAB = int(os.environ.get("SV", "1024"))


def build(options: Options, texts: Sequence[str]) -> tuple[Any, Vocabulary]:
    """The model to start from; `texts` (those of the training split) shape the tokenizer of `tiny` only.

    The caller seeds torch first: the weights of a model from scratch come from its global generator.

    Raises:
        Unready: the model is neither `tiny`, nor a folder, nor to be had from the hub.
        Misuse: a folder whose model and tokenizer do not belong together.
    """
    if options.model == SCRATCH:
        return _from_scratch(options, texts)
    return _pretrained(options)


def fitting_vocab_size(characters: int, limit: int) -> int:
    """How many tokens a corpus of so many characters can feed, between 1,024 and `limit`."""
    return min(limit, max(SMALLEST_VOCAB, characters // CHARACTERS_PER_TOKEN))


def load(folder_or_name: str, *, dropout: float | None = None) -> Any:
    """A causal language model in float32.

    Raises:
        Unready: no such folder, and the hub gives nothing by that name.
        Misuse: a folder whose weights cannot be read.
    """
    try:
        config = AutoConfig.from_pretrained(folder_or_name)
        for name in _DROPOUTS if dropout is not None else ():
            if hasattr(config, name):
                setattr(config, name, dropout)
        return AutoModelForCausalLM.from_pretrained(folder_or_name, config=config, dtype="float32")
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise _unusable(folder_or_name, error) from error


def context_tokens(model: Any) -> int:
    """The longest sequence that the model has positions for."""
    return int(model.config.max_position_embeddings)


def _from_scratch(options: Options, texts: Sequence[str]) -> tuple[Any, Vocabulary]:
    size = fitting_vocab_size(sum(map(len, texts)), options.vocab_size)
    words = vocabulary(train_tokenizer(texts, size), SCRATCH)
    dropouts: dict[str, Any] = dict.fromkeys(_DROPOUTS, options.dropout)
    config = GPT2Config(
        vocab_size=words.size,
        n_positions=options.max_tokens,
        n_embd=options.width,
        n_layer=options.layers,
        n_head=options.heads,
        bos_token_id=words.ids["</s>"],
        eos_token_id=words.ids["</s>"],
        pad_token_id=words.ids["<pad>"],
        **dropouts,
    )
    return GPT2LMHeadModel(config), words


def _pretrained(options: Options) -> tuple[Any, Vocabulary]:
    words = vocabulary(load_tokenizer(options.model), options.model)
    model = load(options.model, dropout=options.dropout)
    rows = model.get_input_embeddings().num_embeddings
    if max(words.tokenizer.get_vocab().values()) >= rows:
        raise Misuse(f"{options.model}: its tokenizer has ids beyond the model's {rows} tokens; give a matching pair")
    return model, words


def _unusable(name: str, error: Exception) -> Unready | Misuse:
    reason = str(error).partition("\n")[0]
    if Path(name).is_dir():
        return Misuse(f"model folder {name} cannot be loaded: {reason}; give a folder that `transformers` wrote")
    return Unready(f"model {name} is no folder here and the hub gave nothing; give a folder, or `--model tiny`")
