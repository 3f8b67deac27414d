"""A dataset folder and options in, a checkpoint folder out; the loop itself is `transformers.Trainer`.

Two folders of one training: `out` holds the finished model, `out/steps` the Trainer's own checkpoints until then.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

from transformers import set_seed

from modeling.arguments import training_arguments
from modeling.batches import Windows
from modeling.card import model_card
from modeling.embeddings import begin_with_neighbours
from modeling.facts import package_versions, read_facts, write_facts
from modeling.gpt import build, context_tokens
from modeling.licence import licence_of
from modeling.loop import MEASURE, Ending, Loop, Patience, Progress, Soundness, require_finite
from modeling.options import SCRATCH, Options
from modeling.outcome import TrainOutcome, outcome_of, plan_of
from modeling.quiet import quiet
from modeling.render import Rendered, one_line, render, with_start
from modeling.resume import begin, check, discard, newest_step, steps_folder
from modeling.shards import read_manifest, read_split
from modeling.threads import torch_threads
from modeling.tokenizer import Vocabulary
from warehouse.errors import Misuse, Stop

# Enough dialogues to tell two steps of one training apart, few enough to cost a second (2026-11, `tiny`).
VALIDATION_ROWS = 400


def train(
    dataset: Path,
    options: Options,
    out: Path,
    *,
    resume: bool = False,
    facts: Mapping[str, object] = {},
    on_step: Callable[[int, int, float], None] | None = None,
) -> TrainOutcome:
    """This fine-tunes `options.model`, or trains `tiny` from scratch, and writes a checkpoint folder.

    The weights kept are those of the evaluation with the fewest bits per character on the validation split (the
    last ones where that split is empty); report on the test split, which took no part in that choice. `facts` are
    added to `mundap.json` as they are. A resumed training ends with the same weights, bit for bit, as one that was
    never interrupted. Resuming a finished training changes nothing, unless `max_seconds` had ended it.

    Raises:
        Misuse: no such dataset or no training dialogues in it; `out` is in use already; a resume with other
            options or another dataset.
        Unready: the model is nowhere to be had.
        Stop: the loss is no finite number any more.
    """
    manifest = read_manifest(dataset)
    plan = plan_of(dataset, options)
    if (facts_there := check(out, plan, resume=resume)) is not None:
        return outcome_of(out, facts_there)
    with quiet(), torch_threads(options.threads, options.model):
        set_seed(options.seed)
        model, words, windows, held_out = _material(dataset, options)
        begin(out, plan)  # now, so that a model or dataset that is refused leaves no folder
        try:
            learnt = _learn(model, words, windows, held_out, options, out, on_step)
        except Stop:
            discard(out)
            raise
        words.tokenizer.save_pretrained(str(out))
    origin = _origin(dataset, manifest)
    # With its text: a recipe from a user's file is nowhere else when someone talks with the checkpoint.
    kept = {"text": text} if (text := (manifest.get("recipe") or {}).get("text")) else {}
    recipe = {"name": origin["recipe_name"], "version": origin["recipe_version"], **kept}
    found = {"run": options.run, "model": options.model, "licence": licence_of(options.model), "plan": plan}
    found |= {"options": asdict(options), "dataset": origin, "recipe": recipe}
    everything = {**found, **learnt, **facts}
    (out / "README.md").write_text(model_card(everything), "utf-8")
    write_facts(out, {**everything, "packages": package_versions()})
    if learnt["stopped_by"] != "seconds":
        # The optimizer's state is twice the weights, and nothing is left to go on with.
        shutil.rmtree(steps_folder(out))
    return outcome_of(out, read_facts(out))


def _material(dataset: Path, options: Options) -> tuple[Any, Vocabulary, Windows, list[Rendered]]:
    """Model, vocabulary, training windows and validation dialogues."""
    examples = read_split(dataset, "train")
    texts = [one_line(turn.content) for example in examples for turn in example.turns]
    if not any(texts):
        raise Misuse(f"dataset {dataset} has no training dialogues; crawl or import more, then export again")
    model, words = build(options, texts)
    rendered = render(examples, words, options.format, options.label_mode)
    if options.model == SCRATCH:
        begin_with_neighbours(model, rendered)
    windows = Windows(rendered, min(options.max_tokens, context_tokens(model)))
    if not len(windows):
        raise Misuse(f"dataset {dataset} has nothing to learn in label mode {options.label_mode}; use label_mode=all")
    held_out = render(read_split(dataset, "validation")[:VALIDATION_ROWS], words, options.format, "answers")
    measurable = [item for item in held_out if item.answer_chars]
    if options.label_mode == "shifted":
        measurable = [with_start(item, words) for item in measurable]
    return model, words, windows, measurable


def _learn(
    model: Any,
    words: Vocabulary,
    windows: Windows,
    held_out: list[Rendered],
    options: Options,
    out: Path,
    on_step: Callable[[int, int, float], None] | None,
) -> dict[str, Any]:
    """The training itself; the best weights stand in `out` afterwards."""
    ending = Ending(options.max_seconds)
    callbacks = [Soundness(), ending, *([Progress(on_step)] if on_step else [])]
    if held_out and options.patience:
        callbacks.append(Patience(options.patience))
    arguments = training_arguments(options, windows, steps_folder(out), measured=bool(held_out))
    loop = Loop(model, arguments, windows, held_out, words.ids["<pad>"], callbacks)
    last = newest_step(out)
    started = monotonic()
    loop.train(resume_from_checkpoint=str(last) if last else None)
    seconds = monotonic() - started
    require_finite(loop.model, loop.state.global_step)
    loop.save_model(str(out))
    begun = int(last.name.partition("-")[2]) if last else 0
    steps, logged = loop.state.global_step, loop.state.log_history
    share = (steps - begun) * arguments.per_device_train_batch_size * options.accumulation / len(windows)
    return {
        "steps": steps,
        "planned_steps": loop.state.max_steps,
        "seconds": seconds,
        "tokens_per_second": share * sum(windows.lengths) / max(seconds, 1e-9),
        "losses": [(entry["step"], entry["loss"]) for entry in logged if "loss" in entry],
        "validation": [(entry["step"], entry[MEASURE]) for entry in logged if MEASURE in entry],
        "resumed_from": begun if last else None,
        "stopped_by": "seconds" if ending.timed_out else "steps" if steps >= loop.state.max_steps else "patience",
        "parameters": model.num_parameters(),
        "train_windows": len(windows),
        "train_tokens": sum(windows.lengths),
    }


def _origin(dataset: Path, manifest: Mapping[str, Any]) -> dict[str, object]:
    recipe = manifest.get("recipe")
    nested = recipe if isinstance(recipe, dict) else {}
    return {
        "name": manifest.get("name", dataset.parent.name),
        "version": manifest.get("version", dataset.name),
        "content_id": manifest.get("content_id"),
        "path": str(dataset.resolve()),
        "recipe_name": manifest.get("recipe_name", nested.get("name")),
        "recipe_version": manifest.get("recipe_version", nested.get("version")),
    }
