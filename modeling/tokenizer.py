"""Texts in, a tokenizer of KoGPT2's kind out; and the names by which every part of Mundap asks it for ids.

KoGPT2's own tokenizer is CC-BY-NC-SA 4.0 and is therefore never shipped; the stand-in is trained from the shards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from warehouse.errors import Misuse

# The names of KoGPT2's special tokens (its README, 2022-02). Their ids differ between tokenizers: look them up.
SPECIAL_TOKENS = (
    *("<s>", "</s>", "<usr>", "<pad>", "<sys>", "<unk>", "<mask>", "<d>", "</d>"),
    *(f"<unused{n}>" for n in range(100)),
)
_NEEDED = ("</s>", "<usr>", "<pad>", "<sys>", "<unk>", "<unused1>")
# The caller passes them, as every public user of KoGPT2 does: its own configuration does not name them.
_ROLES = {
    "bos_token": "</s>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
    "mask_token": "<mask>",
}
# Characters that a small corpus may lack and a visitor will type; any other unseen one becomes <unk>.
_ALPHABET = (
    [chr(code) for code in range(0x21, 0x7F)]
    + [chr(code) for code in range(0x3131, 0x3164)]
    + list("…·“”‘’~♡♥★☆😀😁😂🤣😊😍😘😭😢😤😡😅😆😉🙏👍💕❤🎉🔥")
)
_CHARACTERS_LIMIT = 2000
_fast: Final[Any] = PreTrainedTokenizerFast  # its constructors carry no types
# Pieces seen once or twice are memorised, not learnt. On 1,800 chat pairs 2, 3 and 5 give 4.36, 4.26 and 4.28 bits
# per character; on 8,300 pairs a limit of 8,192 tokens or fewer binds first (measured 2026-11).
SEEN_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A tokenizer with the ids of its special tokens by name.

    `silent` holds every id that must never stand in a reply.
    """

    tokenizer: Any
    ids: dict[str, int]
    size: int
    silent: frozenset[int]

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text by itself; a `<usr>` typed by a user is five characters, never the special token."""
        if not texts:
            return []
        encoded = self.tokenizer(list(texts), add_special_tokens=False, split_special_tokens=True)
        return [list(ids) for ids in encoded["input_ids"]]

    def decode(self, batch: Sequence[Sequence[int]]) -> list[str]:
        """Texts without special tokens and without blanks at their ends."""
        if not batch:
            return []
        plain = [[token for token in ids if token not in self.silent] for ids in batch]
        texts = self.tokenizer.batch_decode(plain, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return [text.strip() for text in texts]


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> Any:
    """This trains a character BPE with blanks as ▁, the same special tokens as KoGPT2, at most `vocab_size` tokens."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace("▁", prepend_scheme="always")
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=_ALPHABET,
        limit_alphabet=_CHARACTERS_LIMIT,
        min_frequency=SEEN_AT_LEAST,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return _fast(tokenizer_object=tokenizer, **_ROLES)


def load_tokenizer(folder: Path) -> Any:
    """This loads the tokenizer of a model folder.

    Raises:
        Misuse: it has none that can be read.
    """
    if not (folder / "tokenizer.json").is_file():
        raise Misuse(f"model folder {folder} holds no tokenizer.json; give the whole folder of a model")
    try:
        return _fast.from_pretrained(str(folder), **_ROLES)
    except Exception as error:  # the Rust tokenizer raises plain Exception for a broken file
        reason = str(error).partition("\n")[0]
        raise Misuse(f"tokenizer of {folder} cannot be read: {reason}; give the whole folder of a model") from error


def vocabulary(tokenizer: PreTrainedTokenizerFast, where: str) -> Vocabulary:
    """This looks up the special tokens of `tokenizer` by name; `where` is for the message.

    Raises:
        Misuse: a token that the dialogue formats need is not there.
    """
    known = tokenizer.get_vocab()
    ids = {name: known[name] for name in SPECIAL_TOKENS if name in known}
    missing = [name for name in _NEEDED if name not in ids]
    if missing:
        raise Misuse(f"the tokenizer of {where} lacks {' '.join(missing)}; use KoGPT2, one like it, or `--model tiny`")
    silent = frozenset([*ids.values(), *tokenizer.all_special_ids])
    return Vocabulary(tokenizer=tokenizer, ids=ids, size=len(tokenizer), silent=silent)
