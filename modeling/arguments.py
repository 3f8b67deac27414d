"""Our options in, the Trainer's arguments out."""

from math import ceil
from pathlib import Path

import torch
from transformers import TrainingArguments

from modeling.batches import Windows
from modeling.loop import MEASURE
from modeling.options import Options

_EVALUATIONS = 12
_LOGS = 100


def total_steps(options: Options, windows: Windows) -> int:
    """Optimizer steps of a whole training: as many epochs as the token budget buys, at most `epochs`."""
    per_epoch = ceil(ceil(len(windows) / options.batch_size) / options.accumulation)
    epochs = options.epochs
    if options.token_budget is not None:
        epochs = min(epochs, max(1, round(options.token_budget / sum(windows.lengths))))
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
        per_device_train_batch_size=options.batch_size,
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
        logging_steps=max(1, total // _LOGS),
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=has_gpu,
        remove_unused_columns=False,
    )
