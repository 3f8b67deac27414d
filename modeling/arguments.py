"""Our options in, the Trainer's arguments out."""

from math import ceil, sqrt
from pathlib import Path

import torch
from transformers import TrainingArguments

from modeling.batches import Windows
from modeling.loop import MEASURE
from modeling.options import Options

_EVALUATIONS = 12
_LOGS = 100
_BUDGETED_TOKENS = 100_000


def batch_size(options: Options, windows: Windows) -> int:
    """Windows a step: fewer where they are long, or 250 long dialogues would make eight steps an epoch."""
    if options.batch_tokens is None:
        return options.batch_size
    return min(options.batch_size, max(1, round(options.batch_tokens * len(windows) / sum(windows.lengths))))


def total_steps(options: Options, windows: Windows) -> int:
    """Optimizer steps of a whole training.

    Epochs follow the square root of the corpus: a token budget of 480,000 gives 22, 9 and 4 epochs with 5,000, 26,000
    and 137,000 training tokens. The best validation came after 6, 5 to 9 and 3 to 4 of them (chat pairs, `tiny`,
    measured 2026-11): `patience` ends the small ones early.
    """
    per_epoch = ceil(ceil(len(windows) / batch_size(options, windows)) / options.accumulation)
    epochs = options.epochs
    if options.token_budget is not None:
        tokens = sum(windows.lengths)
        epochs = min(epochs, max(1, round(options.token_budget * sqrt(tokens / _BUDGETED_TOKENS) / tokens)))
    return min(per_epoch * epochs, options.max_steps or per_epoch * epochs)


def training_arguments(options: Options, windows: Windows, folder: Path, *, measured: bool) -> TrainingArguments:
    """The Trainer's arguments; with a validation split (`measured`) the best weights are kept, else the last."""
    total = total_steps(options, windows)
    every = options.eval_every or ceil(total / _EVALUATIONS)
    save_every = options.save_every or every
    # The Trainer takes the best of the *saved* checkpoints, so each saved one must have been measured.
    save_every = max(1, round(save_every / every)) * every if measured else save_every
    has_gpu = torch.cuda.is_available()
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=total,
        per_device_train_batch_size=batch_size(options, windows),
        gradient_accumulation_steps=options.accumulation,
        learning_rate=options.learning_rate,
        warmup_steps=int(total * options.warmup_ratio),
        lr_scheduler_type=options.schedule,
        weight_decay=options.weight_decay,
        seed=options.seed,
        bf16=options.bf16 == "on" or (options.bf16 == "auto" and has_gpu and torch.cuda.is_bf16_supported()),
        eval_strategy="steps" if measured else "no",
        eval_steps=every,
        save_strategy="steps",
        save_steps=save_every,
        save_total_limit=2,
        load_best_model_at_end=measured,
        metric_for_best_model=MEASURE if measured else None,
        greater_is_better=False if measured else None,
        logging_nan_inf_filter=False,  # it would log the mean of the losses before in place of a nan
        logging_steps=max(1, total // _LOGS),
        report_to="none",
        disable_tqdm=True,
        use_cpu=not torch.accelerator.is_available(),  # without it bf16 on a processor is refused
        dataloader_pin_memory=has_gpu,
        remove_unused_columns=False,
    )
