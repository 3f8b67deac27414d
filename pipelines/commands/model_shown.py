"""What a person reads after a training and after an evaluation."""

from collections.abc import Iterator
from pathlib import Path

from modeling.evaluate import Evaluated
from modeling.facts import read_facts
from modeling.options import SCRATCH
from pipelines.measures import interval, measure_of, side_of, too_few
from pipelines.output import print_table
from pipelines.plural import counted
from pipelines.steps.training.train import Trained
from pipelines.verdict import verdict


def trained_fields(trained: Trained) -> dict[str, object]:
    """Return the JSON of `train`."""
    outcome = trained.outcome
    return {
        "checkpoint": outcome.checkpoint,
        "steps": outcome.steps,
        "planned_steps": outcome.planned_steps,
        "stopped_by": outcome.stopped_by,
        "seconds": round(outcome.seconds, 1),
        "tokens_per_second": round(outcome.tokens_per_second, 1),
        "already": trained.already,
        "notes": list(trained.notes),
    }


def trained_lines(trained: Trained, *, resume: bool = False) -> Iterator[str]:
    """Say what a training made or found, what its dataset lacks, and the next command; `resume` is what was asked."""
    outcome = trained.outcome
    if resume and not trained.already and outcome.resumed_from is None:
        yield f"nothing was there to resume in {outcome.checkpoint}: the training started from the beginning"
    if trained.already:
        yield (
            f"already there: {outcome.checkpoint} was trained on this very dataset with these settings "
            f"(run {trained.run_id}, {outcome.steps:,} steps); nothing was done"
        )
    else:
        begun = outcome.resumed_from
        steps = f"{outcome.steps:,} steps" if begun is None else f"{outcome.steps - begun:,} further steps"
        in_all = "" if begun is None else f" ({outcome.steps:,} in all)"
        yield (
            f"{outcome.checkpoint}: {steps} in {outcome.seconds:,.0f} s{in_all}, "
            f"{outcome.tokens_per_second:,.0f} tokens per second (run {trained.run_id})"
        )
    for note in trained.notes:
        yield f"note: {note}"
    measurable = not any("nothing to evaluate" in note for note in trained.notes)
    yield f"next: mundap {'evaluate' if measurable else 'chat --checkpoint'} {outcome.checkpoint}"


def show_evaluated(checkpoint: Path, evaluated: Evaluated, *, is_own: bool) -> None:
    """Print each figure with its interval and unit, sample replies, and where the model stands.

    `is_own` tells that the dataset is the one that the model was trained on.
    """
    if is_own:
        side = side_of(evaluated.split, chose=bool(read_facts(checkpoint).get("validation")))
    else:
        side = f"{evaluated.split} split of a dataset that it was not trained on"
    title = f"{checkpoint} on {counted(evaluated.rows, 'dialogue')} of the {side}"
    columns = ("measure", "value", "95 % interval", "unit", "dialogues")
    figures = [(m.name, m.value, interval(m), measure_of(m.name).unit, m.rows) for m in evaluated.metrics]
    print_table(title, columns, figures, whole=("measure",))
    samples = [(s.prompt, s.reply, s.nearest_question, s.nearest_similarity) for s in evaluated.samples]
    if samples:
        print_table("samples", ("question", "reply", "nearest training question", "similarity, 0 to 1"), samples)
    print("\n".join(verdicts(checkpoint, evaluated, is_own=is_own)))


def verdicts(checkpoint: Path, evaluated: Evaluated, *, is_own: bool) -> list[str]:
    """Say where the model stands beside the baselines, and on other data what that rests on, one sentence each."""
    facts = read_facts(checkpoint)
    is_cut = facts["stopped_by"] == "seconds"
    is_blamed = is_own and facts["model"] == SCRATCH
    told = list(verdict(evaluated.metrics, from_scratch=is_blamed, is_cut=is_cut))
    return told if is_own else [*told, *_on_other_data(evaluated.left_out)]


def _on_other_data(left_out: int | None) -> Iterator[str]:
    if left_out is None:
        yield (
            "Whether these dialogues are in the model's training data could not be checked: its own dataset is not at "
            "hand any more."
        )
    elif left_out:
        is_one = left_out == 1
        yield (
            f"{counted(left_out, 'dialogue')} of the split {'is' if is_one else 'are'} in the model's training data "
            f"and {'was' if is_one else 'were'} left out."
        )
    else:
        yield "None of these dialogues is in the model's training data."
    yield "The baselines are counted, and the nearest questions found, in this data's own training dialogues."


def figures_json(evaluated: Evaluated) -> dict[str, dict[str, float | int | str | None]]:
    """Return name -> value, interval, unit and the number of held-out dialogues."""
    return {
        m.name: {"value": m.value, "low": low, "high": high, "unit": measure_of(m.name).unit, "rows": m.rows}
        for m in evaluated.metrics
        for low, high in [(None, None) if too_few(m.rows) else (m.low, m.high)]
    }
