"""What `transformers.Trainer` lacks for us: our sampler, our measure on held-out answers, and three callbacks."""

from collections.abc import Callable, Sequence
from math import isfinite
from time import monotonic
from typing import Any

import torch
from torch.utils.data import DataLoader
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from modeling.batches import Collator, LengthBuckets, Windows
from modeling.render import Rendered
from modeling.scoring import score
from warehouse.errors import Stop

MEASURE = "eval_bits_per_char"


class Loop(Trainer):
    """The Trainer with length buckets; its evaluation is bits per character of the held-out answers.

    The Trainer's own evaluation loss counts other tokens in each label mode, and averages over batches.
    """

    def __init__(
        self,
        model: Any,
        arguments: TrainingArguments,
        windows: Windows,
        held_out: Sequence[Rendered],
        pad_id: int,
        callbacks: Sequence[TrainerCallback],
    ) -> None:
        self._held_out = held_out
        self._windows = windows
        super().__init__(
            model=model,
            args=arguments,
            data_collator=Collator(pad_id),
            train_dataset=windows,
            eval_dataset=held_out if held_out else None,
            callbacks=list(callbacks),
        )
        # It would print each log line on stdout, where the commands' JSON belongs.
        self.remove_callback(PrinterCallback)

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Batches of like length, in an order that (seed, epoch) alone decides."""
        sampler = LengthBuckets(self._windows.lengths, self.args.per_device_train_batch_size, self.args.seed)
        loader: DataLoader[Any] = DataLoader(
            self._windows,
            batch_sampler=sampler,
            collate_fn=self.data_collator,
            pin_memory=self.args.dataloader_pin_memory,
        )
        return self.accelerator.prepare(loader)  # type: ignore[no-any-return]

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: list[str] | None = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Bits per character over the validation dialogues."""
        scores = score(self.model, self._held_out)
        metrics = {MEASURE: float(scores.bits.sum() / max(1, scores.chars.sum()))}
        if not isfinite(metrics[MEASURE]):  # before the step is saved, so that a resume goes on from sound weights
            raise _diverged(self.state.global_step)
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


class Soundness(TrainerCallback):
    """This ends a training whose loss is no finite number any more: it would go on learning nothing to its end."""

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the Trainer."""
        if not isfinite((kwargs.get("logs") or {}).get("loss", 0.0)):
            raise _diverged(state.global_step)


def require_finite(model: Any, step: int) -> None:
    """The last step may be the one that breaks the weights, and no loss is taken after it.

    Raises:
        Stop: a weight is no finite number.
    """
    if not all(bool(torch.isfinite(weights).all()) for weights in model.parameters()):
        raise _diverged(step)


def _diverged(step: int) -> Stop:
    return Stop(f"the training ended at step {step:,}: its loss is no finite number; try a smaller learning_rate")


class Progress(TrainerCallback):
    """This hands (step, steps in all, loss) to the caller at each log; the loss is the mean since the log before."""

    def __init__(self, on_step: Callable[[int, int, float], None]) -> None:
        self._on_step = on_step

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the Trainer."""
        logs = kwargs.get("logs") or {}
        if "loss" in logs:
            self._on_step(state.global_step, state.max_steps, float(logs["loss"]))


class Ending(TrainerCallback):
    """This measures and saves at the last step, which comes early once `seconds` are over (`timed_out`).

    The Trainer by itself measures at multiples only, so the last weights would never be candidates for the best.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._ends = float("inf")
        self.timed_out = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """The clock starts with the first step, not with the loading of the model."""
        if self._seconds is not None:
            self._ends = monotonic() + self._seconds

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the Trainer."""
        is_last = state.global_step >= state.max_steps
        self.timed_out = not is_last and monotonic() >= self._ends
        if is_last or self.timed_out:
            control.should_evaluate = args.eval_strategy != "no"
            control.should_save = True
            control.should_training_stop = True


class Patience(TrainerCallback):
    """This stops a training after so many evaluations in a row without a gain.

    It counts in the Trainer's own log, which a checkpoint keeps, so a resumed training stops at the same step
    (transformers' callback forgets its count unless the Trainer's whole control state is restored with it).
    """

    def __init__(self, evaluations: int) -> None:
        self._evaluations = evaluations

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the Trainer."""
        seen = [entry[MEASURE] for entry in state.log_history if MEASURE in entry]
        if len(seen) - 1 - seen.index(min(seen)) >= self._evaluations:
            control.should_training_stop = True
