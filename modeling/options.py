"""Run files and options in, one frozen `Options` out: everything that decides what a training does.

Nothing here loads torch, so that the command line can list runs and refuse a bad option at once.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isinf
from pathlib import Path
from typing import Any

from warehouse.errors import Misuse

SCRATCH = "tiny"
FORMATS = ("chatbot", "multiturn", "dialogpt", "plain")
LABEL_MODES = ("all", "last_answer", "answers", "shifted")

_RUNS = Path(__file__).with_name("runs")
_CHOICES = {
    "format": FORMATS,
    "label_mode": LABEL_MODES,
    "schedule": ("cosine", "linear", "constant"),
    "bf16": ("auto", "on", "off"),
}
_AT_LEAST = {
    "max_tokens": 8,
    "epochs": 1,
    "token_budget": 1,
    "max_steps": 1,
    "batch_size": 1,
    "batch_tokens": 1,
    "accumulation": 1,
    "vocab_size": 0,
    "layers": 1,
    "width": 1,
    "heads": 1,
    "eval_every": 0,
    "save_every": 0,
    "patience": 0,
    "threads": 0,
    "seed": 0,
    "weight_decay": 0,
    "warmup_ratio": 0,
    "dropout": 0,
    "max_seconds": 0,
}
_AT_MOST = {"vocab_size": 100_000}  # KoGPT2 has 51,200; each more costs `width` weights twice, and the softmax


@dataclass(frozen=True, slots=True)
class Options:
    """One training. Sizes are tokens, steps or dialogues as the name says; times are seconds.

    `epochs` is the limit. `token_budget` is what is spent on a corpus of 100,000 tokens, and grows with the square
    root of the corpus: a small one is seen more often than a large one. `batch_size` is dialogues a step; it is the
    limit where `batch_tokens` asks for fewer long ones. `eval_every` and `save_every` are optimizer steps, 0 for
    twelve times a run; `patience` is in evaluations without gain, 0 for none. `vocab_size`, `layers`, `width` and
    `heads` shape a model from scratch only; `vocab_size` is its limit (fewer where pieces of text repeat too seldom).
    `bf16` "auto" is on for a GPU that has it. `threads` are torch's; 0 is one for `tiny` without a GPU (more make it
    slower), else as many as torch chooses.

    Raises:
        Misuse: a value out of range, or a word that is none of the choices.
    """

    run: str
    model: str = SCRATCH
    format: str = "multiturn"
    label_mode: str = "all"
    max_tokens: int = 256
    epochs: int = 5
    token_budget: int | None = None
    max_steps: int | None = None
    batch_size: int = 32
    batch_tokens: int | None = None
    accumulation: int = 1
    learning_rate: float = 2e-3
    warmup_ratio: float = 0.1
    schedule: str = "cosine"
    weight_decay: float = 0.01
    dropout: float = 0.1
    seed: int = 0
    bf16: str = "auto"
    eval_every: int = 0
    save_every: int = 0
    patience: int = 0
    max_seconds: float | None = None
    vocab_size: int = 3000  # of 1,200 to 12,000 on 8,300 chat pairs, where the bigram is strongest (2026-11)
    layers: int = 2
    width: int = 128
    heads: int = 4
    threads: int = 0

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise _unfit(self.run, name, getattr(self, name), "choose one of " + ", ".join(choices))
        self._require_ranges()
        if self.width % self.heads:
            raise _unfit(self.run, "width", self.width, f"it must be a multiple of heads ({self.heads})")

    def _require_ranges(self) -> None:
        for name, least in _AT_LEAST.items():
            value = getattr(self, name)
            if value is not None and not value >= least:  # so that nan is refused too
                raise _unfit(self.run, name, value, f"it must be at least {least}")
        for name, most in _AT_MOST.items():
            if getattr(self, name) > most:
                raise _unfit(self.run, name, getattr(self, name), f"it must be at most {most:,}")
        if not self.learning_rate > 0:  # so that nan is refused too
            raise _unfit(self.run, "learning_rate", self.learning_rate, "it must be above 0")
        for name in ("learning_rate", "weight_decay", "max_seconds"):
            if isinf(getattr(self, name) or 0):
                raise _unfit(self.run, name, getattr(self, name), "it must be a finite number")
        for name in ("warmup_ratio", "dropout"):
            if getattr(self, name) >= 1:
                raise _unfit(self.run, name, getattr(self, name), "it must be below 1")


def load_run(name_or_path: str, *, model: str, overrides: Mapping[str, str] = {}) -> Options:
    """This reads a run by name, or a run file by path, for one model, with the user's `key=value` overrides.

    A run file holds what is common at its top, `[scratch]` for the model `tiny` and `[pretrained]` for any other:
    a learning rate fit for a tiny model would wreck KoGPT2.

    Raises:
        Misuse: no such run, a file that is no TOML, an unknown key, or a value that does not fit.
    """
    path = _run_file(name_or_path)
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misuse(f"run file {path} cannot be read: {error}; mend it or choose another run") from error
    table.pop("about", None)
    tables = {name: table.pop(name, {}) for name in ("scratch", "pretrained")}
    for name, value in tables.items():
        if not isinstance(value, dict):
            raise Misuse(f"run file {path}: [{name}] is no table; write it as one")
    values = {**table, **tables["scratch" if model == SCRATCH else "pretrained"], **overrides}
    _refuse_unknown(path.stem, [*table, *tables["scratch"], *tables["pretrained"], *overrides])
    cast: dict[str, Any] = {name: _cast(path.stem, name, value) for name, value in values.items()}
    return Options(**{**cast, "run": path.stem, "model": model})


def changed_options(run: str, model: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a training that differ from its run file's; none where that file does not come with us."""
    try:
        usual = asdict(load_run(run, model=model))
    except Misuse:
        return {}
    return {name: value for name, value in options.items() if value != usual.get(name, value)}


def run_names() -> tuple[str, ...]:
    """Names of the runs that come with Mundap."""
    return tuple(sorted(path.stem for path in _RUNS.glob("*.toml")))


def _run_file(name_or_path: str) -> Path:
    shipped = _RUNS / f"{name_or_path}.toml"
    if name_or_path in run_names():
        return shipped
    path = Path(name_or_path)
    if path.is_file():
        return path
    if path.suffix == ".toml" or path.name != name_or_path:
        raise Misuse(f"run file {path} is not there; give another path, or choose one of {', '.join(run_names())}")
    raise Misuse(f"no run {name_or_path!r}: choose one of {', '.join(run_names())}, or give the path of a run file")


def _types() -> dict[str, Any]:
    return {field.name: field.type for field in fields(Options) if field.name not in {"run", "model"}}


def _refuse_unknown(run: str, names: list[str]) -> None:
    unknown = sorted(set(names) - set(_types()))
    if unknown:
        raise Misuse(f"run {run}: unknown option {', '.join(unknown)}; known are {', '.join(_types())}")


def _cast(run: str, name: str, value: object) -> object:
    """`value` as the option's type; text from a command line and numbers from TOML come to the same."""
    kind = _types()[name]
    text = str(value).strip()
    if kind in {int | None, float | None}:
        if text.lower() in {"", "none"}:
            return None
        kind = int if kind == int | None else float
    try:
        return kind(text.replace("_", "") if kind in {int, float} else text)
    except ValueError as error:
        raise _unfit(run, name, value, f"it must be {'a whole number' if kind is int else 'a number'}") from error


def _unfit(run: str, name: str, value: object, remedy: str) -> Misuse:
    return Misuse(f"run {run}: {name} = {value!r} does not fit; {remedy}")
