"""Commands around a model: train, evaluate, leaderboard, promote, rollback, generate, chat."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from modeling.facts import trained_on
from modeling.options import load_run
from pipelines.commands.options import AsJson, Config, key_values
from pipelines.exits import DONE, INCOMPLETE
from pipelines.output import print_result, print_table, progress
from pipelines.settings import Settings, load_settings

_Checkpoint = Annotated[Path | None, typer.Option("--checkpoint", help="Default: the champion, else the newest.")]
_SPLIT_HELP = "validation or test (default: test if it has 50 dialogues or no fewer than validation, else validation)."


def train(
    dataset: Annotated[Path, typer.Argument(help="A dataset's name (newest version) or a version's folder.")],
    run: Annotated[str | None, typer.Option(help="Run file: mundap, kodialogpt, helpbot, ... or a TOML file.")] = None,
    model: Annotated[str | None, typer.Option(help="tiny, a local folder, or a name on the hub.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Change one option: epochs=3.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last step that was saved.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the checkpoint (default: under checkpoints/).")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Fine-tune a model on a dataset version.

    Example: mundap train mundap --model tiny
    """
    settings = load_settings(config)
    overrides = key_values(set_ or [])
    # What is wrong with the command is told before torch is loaded.
    run, model = run or settings.model.run, model or settings.model.model
    load_run(run, model=model, overrides=overrides)
    from pipelines.steps.datasets import dataset_folder  # loads pyarrow, which most commands do without

    dataset_folder(settings, dataset)
    from pipelines.commands.model_shown import trained_fields, trained_lines
    from pipelines.steps.training.train import train as run_train

    with progress("train", quiet=as_json) as advance:
        trained = run_train(
            settings,
            dataset,
            run_name=run,
            model=model,
            overrides=overrides,
            resume=resume,
            out=out,
            on_step=lambda step, total, loss: advance(step, total, f"loss {loss:.3f}"),
        )
    if as_json:
        print_result(trained_fields(trained), as_json=True)
    else:
        print("\n".join(trained_lines(trained, resume=resume)))
    return DONE


def evaluate(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint's name or folder.")],
    data: Annotated[Path | None, typer.Option(help="Dataset (default: the one it was trained on).")] = None,
    split: Annotated[str | None, typer.Option(help=_SPLIT_HELP)] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Measure a checkpoint on held-out dialogues, beside unigram and bigram baselines of the same run.

    Example: mundap evaluate checkpoints/mundap-tiny-1a2b3c4d
    """
    settings = load_settings(config)
    checkpoint = _finished(settings, checkpoint)
    from pipelines.commands.model_shown import figures_json, show_evaluated, verdicts
    from pipelines.steps.datasets import dataset_folder
    from pipelines.steps.training.evaluate import evaluate as run_evaluate
    from pipelines.steps.training.origin import is_own as is_trained_on

    evaluated = run_evaluate(settings, checkpoint, data, split=split)
    is_own = is_trained_on(checkpoint, dataset_folder(settings, data or trained_on(checkpoint)))
    if not as_json:
        show_evaluated(checkpoint, evaluated, is_own=is_own)
        return DONE
    result = {"metrics": figures_json(evaluated), "rows": evaluated.rows, "split": evaluated.split}
    notes = verdicts(checkpoint, evaluated, is_own=is_own)
    result |= {"samples": [asdict(sample) for sample in evaluated.samples], "notes": notes}
    result["left_out"] = evaluated.left_out
    print_result(result, as_json=True)
    return DONE


def leaderboard(config: Config = None, as_json: AsJson = False) -> int:
    """Rank every evaluated run by bits per character of held-out answers (less is better), each set by itself.

    Example: mundap leaderboard
    """
    from pipelines.steps.training.runs import first_row, leading, ranking

    settings = load_settings(config)
    rows = ranking(settings)
    if as_json:
        print_result({"rows": rows}, as_json=True)
    elif not rows:
        print(first_row(settings))
    else:
        for title, shown in leading(settings, rows):
            print_table(title, tuple(shown[0]), [tuple(row.values()) for row in shown])
        print(f"Crown one: mundap promote {settings.checkpoints}/NAME")
    return DONE


def promote(
    checkpoint: Annotated[Path, typer.Argument(help="The candidate's name or folder.")],
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Make a checkpoint the champion if it beats the present one on the same held-out dialogues.

    Example: mundap promote checkpoints/mundap-tiny-1a2b3c4d
    """
    settings = load_settings(config)
    checkpoint = _finished(settings, checkpoint)
    from pipelines.steps.training.champion import promote as run_promote

    standing = run_promote(settings, checkpoint)
    print_result(asdict(standing), as_json=as_json, text=standing.why)
    return DONE if standing.promoted else INCOMPLETE


def rollback(config: Config = None, as_json: AsJson = False) -> int:
    """Put the champion before the present one back.

    Example: mundap rollback
    """
    from pipelines.steps.training.champion import rollback as run_rollback

    standing = run_rollback(load_settings(config))
    print_result(asdict(standing), as_json=as_json, text=standing.why)
    return DONE


def generate(
    prompt: Annotated[str, typer.Argument(help="What the user says.")],
    compare: Annotated[bool, typer.Option("--compare", help="Every decoder side by side.")] = False,
    checkpoint: _Checkpoint = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Answer one prompt.

    Example: mundap generate '김치찌개가 너무 짜요' --compare
    """
    settings = load_settings(config)
    _require_one(settings, checkpoint)
    from pipelines.chat import answer_once

    replies = answer_once(settings, prompt, checkpoint, compare=compare)
    lines = [f"{name:<20} {reply}" if compare else reply for name, reply in replies.items()]
    print_result({"replies": replies}, as_json=as_json, text="\n".join(lines))
    return DONE


def chat(checkpoint: _Checkpoint = None, config: Config = None, as_json: AsJson = False) -> int:
    """Talk with the champion in the terminal; `초기화` forgets what was said, `quit` ends.

    Example: mundap chat
    """
    settings = load_settings(config)
    _require_one(settings, checkpoint)
    from pipelines.chat import talk

    turns = talk(settings, checkpoint, aside=as_json)
    if as_json:
        print_result({"replies": turns}, as_json=True)
    return DONE


def _finished(settings: Settings, named: Path) -> Path:
    from pipelines.steps.training.checkpoints import finished_checkpoint  # loads SQLAlchemy, which --help does without

    return finished_checkpoint(settings, named)


def _require_one(settings: Settings, checkpoint: Path | None) -> None:
    """Refuse a talk with nobody before torch is loaded, which takes many seconds."""
    from pipelines.steps.training.checkpoints import champion_or_newest

    champion_or_newest(settings, checkpoint)
