"""A checkpoint and the turns so far in, the next reply out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from transformers import GenerationConfig, LogitsProcessorList

from modeling.checkpoint import load_model
from modeling.draws import Draws, seed_of
from modeling.facts import read_facts
from modeling.gpt import context_tokens
from modeling.quiet import quiet
from modeling.render import render_prompt
from modeling.tokenizer import vocabulary
from warehouse.records.dialogues import Turn

_config_of: Final[Any] = GenerationConfig  # its constructor carries no types
_BATCH = 64  # 12.5 times the tokens per second of a loop without cache, 64 prompts at once (measured 2026-11)


@dataclass(frozen=True, slots=True)
class Decoding:
    """How the next token is chosen. `temperature` 0 takes the likeliest; `top_k` 0 and `top_p` 1 take all.

    The random state of a reply comes from all of this and the dialogue so far: the same asked again gives the same
    reply, another prompt, `seed` or decoder draws anew.
    """

    max_new_tokens: int = 48
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    beams: int = 1
    seed: int = 0


# `chat` varies a little and does not stammer.
# `helpbot` and `chathuman` are the published systems' own settings, `kogpt2` that of the base model's README.
DECODERS: dict[str, Decoding] = {
    "chat": Decoding(temperature=0.7, top_p=0.9, repetition_penalty=1.2, no_repeat_ngram=3),
    "greedy": Decoding(),
    "beam": Decoding(beams=4),
    "sampling": Decoding(temperature=1.0),
    "temperature": Decoding(temperature=0.7),
    "top_k": Decoding(temperature=1.0, top_k=50),
    "top_p": Decoding(temperature=1.0, top_p=0.92),
    "no_repeat_ngram": Decoding(no_repeat_ngram=2),
    "kogpt2": Decoding(repetition_penalty=2.0),
    "helpbot": Decoding(temperature=0.3, top_k=5, top_p=0.9),
    "chathuman": Decoding(25, temperature=0.8, top_p=0.92, repetition_penalty=1.25, no_repeat_ngram=3, beams=3),
}


class Replier:
    """A loaded checkpoint that answers.

    It holds no history: whoever chats passes the turns, so that visitors never share one. One reply at a time.

    Raises:
        Misuse: no finished checkpoint, or its weights or its tokenizer cannot be read.
    """

    def __init__(self, checkpoint: Path) -> None:
        options = read_facts(checkpoint)["options"]
        model, tokenizer = load_model(checkpoint)
        self._model: Any = model.eval().to("cuda" if torch.cuda.is_available() else "cpu")
        self._vocabulary = vocabulary(tokenizer, str(checkpoint))
        self._format = str(options["format"])
        self._is_shifted = options["label_mode"] == "shifted"
        ids = self._vocabulary.ids
        self._ends = [ids["</s>"], ids["<usr>"]]
        self._forbidden = sorted(self._vocabulary.silent - set(self._ends))

    def reply(self, turns: Sequence[Turn], decoding: Decoding = DECODERS["greedy"]) -> str:
        """The answer to the last turn; "" when the model ends at once. Special tokens never stand in it."""
        return self.reply_many([turns], decoding)[0]

    def reply_many(self, prompts: Sequence[Sequence[Turn]], decoding: Decoding = DECODERS["greedy"]) -> list[str]:
        """One reply for each dialogue so far, 64 at a time, left-padded. The caller's random state is left alone."""
        replies: list[str] = []
        # Beams that are drawn share one random state: such replies are made one by one.
        size = 1 if decoding.temperature > 0 and decoding.beams > 1 else _BATCH
        with quiet(), torch.random.fork_rng(), torch.inference_mode():
            for start in range(0, len(prompts), size):
                batch = [self._prompt(turns, decoding) for turns in prompts[start : start + size]]
                replies += self._generate(batch, decoding)
        return replies

    def _prompt(self, turns: Sequence[Turn], decoding: Decoding) -> list[int]:
        """Ids of the turns; the oldest are left out until the reply fits, then the front of what is left is cut."""
        room = context_tokens(self._model) - decoding.max_new_tokens
        start = [self._vocabulary.ids.get("<s>", self._vocabulary.ids["</s>"])] if self._is_shifted else []
        for first in range(max(1, len(turns))):
            ids = [*start, *render_prompt(turns[first:], None, self._vocabulary, self._format)]
            if len(ids) <= room:
                break
        # A plain text with nothing before it begins at the end of another, KoGPT2's bos = eos.
        return ids[-max(1, room) :] or [self._vocabulary.ids["</s>"]]

    def _generate(self, batch: Sequence[list[int]], decoding: Decoding) -> list[str]:
        longest = max(map(len, batch))
        pad = self._vocabulary.ids["<pad>"]
        ids = torch.tensor([[pad] * (longest - len(row)) + row for row in batch], device=self._model.device)
        mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in batch], device=self._model.device)
        config = self._config(decoding)
        seeds = [seed_of(decoding, row) for row in batch]
        torch.manual_seed(seeds[0])
        out = self._model.generate(
            input_ids=ids,
            attention_mask=mask,
            generation_config=config,
            logits_processor=self._draws(decoding, seeds, longest, config.max_new_tokens),
        )
        replies = self._vocabulary.decode([self._until_end(row[longest:].tolist()) for row in out])
        # An empty word piece between two words decodes to a double space, which no training text holds.
        return [" ".join(reply.split()) for reply in replies]

    def _draws(self, decoding: Decoding, seeds: Sequence[int], begin: int, steps: int) -> LogitsProcessorList:
        if decoding.temperature <= 0 or decoding.beams > 1:
            return LogitsProcessorList()
        how: dict[str, Any] = {"temperature": decoding.temperature, "top_k": decoding.top_k, "top_p": decoding.top_p}
        return LogitsProcessorList([Draws(seeds, begin, steps, **how)])

    def _until_end(self, ids: Sequence[int]) -> list[int]:
        end = next((n for n, token in enumerate(ids) if token in self._ends), len(ids))
        return list(ids[:end])

    def _config(self, decoding: Decoding) -> Any:
        is_sampled = decoding.temperature > 0 and decoding.beams > 1
        sampling = {"temperature": decoding.temperature, "top_k": decoding.top_k, "top_p": decoding.top_p}
        return _config_of(
            max_new_tokens=min(decoding.max_new_tokens, context_tokens(self._model) - 1),
            do_sample=is_sampled,
            num_beams=decoding.beams,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram,
            suppress_tokens=self._forbidden or None,
            eos_token_id=self._ends,
            pad_token_id=self._vocabulary.ids["<pad>"],
            **(sampling if is_sampled else {}),
        )
