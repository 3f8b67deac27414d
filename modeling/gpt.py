"""Options in, a model with its tokenizer out: KoGPT2 by name or folder, or a small GPT-2 of the same class."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from transformers import AutoConfig, AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

from modeling.hub import local_folder
from modeling.options import SCRATCH, Options
from modeling.tokenizer import Vocabulary, load_tokenizer, train_tokenizer, vocabulary
from warehouse.errors import Misuse

_DROPOUTS = ("resid_pdrop", "embd_pdrop", "attn_pdrop")


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


def load(folder: Path, *, dropout: float | None = None) -> Any:
    """A causal language model in float32.

    Raises:
        Misuse: a folder whose configuration or weights cannot be read.
    """
    try:
        config = AutoConfig.from_pretrained(str(folder), local_files_only=True)
        for name in _DROPOUTS if dropout is not None else ():
            if hasattr(config, name):
                setattr(config, name, dropout)
        return AutoModelForCausalLM.from_pretrained(str(folder), config=config, dtype="float32", local_files_only=True)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = str(error).partition("\n")[0]
        raise Misuse(
            f"model folder {folder} cannot be loaded: {reason}; give a folder that a training wrote"
        ) from error


def context_tokens(model: Any) -> int:
    """The longest sequence that the model has positions for."""
    return int(model.config.max_position_embeddings)


def _from_scratch(options: Options, texts: Sequence[str]) -> tuple[Any, Vocabulary]:
    words = vocabulary(train_tokenizer(texts, options.vocab_size), SCRATCH)
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
    folder = local_folder(options.model)
    words = vocabulary(load_tokenizer(folder), options.model)
    model = load(folder, dropout=options.dropout)
    rows = model.get_input_embeddings().num_embeddings
    if max(words.tokenizer.get_vocab().values()) >= rows:
        raise Misuse(f"{options.model}: its tokenizer has ids beyond the model's {rows} tokens; give a matching pair")
    return model, words
