"""What a demo tells at its end: what came through, the figures, and what to try next."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pipelines.demo import DemoReport
from pipelines.measures import interval, side_of
from pipelines.output import print_table
from pipelines.settings import DEFAULT_FILE
from pipelines.verdict import verdict

_PREDICTORS: Final[Mapping[str, str]] = {
    "bits_per_char": "this model",
    "bigram_bits_per_char": "bigram",
    "unigram_bits_per_char": "unigram",
}

CELL_CHARACTERS: Final = 60  # Hangul is two columns wide: five lines of a third of an 80-column terminal


def show_demo(demo: DemoReport) -> None:
    """Print the short table, what was skipped, and what to try next."""
    print_table("What came through", ("", "number", "unit"), _counts(demo))
    figures = {metric.name: metric for metric in demo.tuned.metrics}
    rows = [
        (label, figures[name].value, interval(figures[name]), figures[name].rows)
        for name, label in _PREDICTORS.items()
        if name in figures
    ]
    if rows:
        title = f"Bits per character of held-out answers (less is better)\non the {side_of(demo.tuned.split)}"
        print_table(title, ("", "bits/char", "95 % interval", "dialogues"), rows)
    samples = [
        tuple(shortened(text) for text in (sample.prompt, sample.reply, sample.nearest_question))
        for sample in demo.tuned.samples
    ]
    if samples:
        columns = ("question", "reply", "nearest training question")
        print_table("Three replies to held-out questions", columns, samples)
    print("\n".join(verdict(demo.tuned.metrics, from_scratch=True, is_cut=demo.tuned.is_cut)) + "\n")
    print(f"Chromium: {demo.browser}")
    print(f"Report:   {demo.report}")
    config = demo.folder / DEFAULT_FILE
    program = _program()
    print(
        f"\nDone in {demo.seconds:.0f} s. Next:\n"
        f"  {program} chat --config {config}\n"
        f"  {program} leaderboard --config {config}\n"
        f"  {program} query 'select que, ans_detail from qna' --limit 5 --config {config}\n"
        f"  {program} verify {demo.export.path}"
    )


def _program() -> str:
    """The command as it can be typed here: the one beside this Python, shortly where it lies below this folder."""
    path = Path(sys.executable).with_name("mundap")
    if not path.is_file():
        return "mundap"
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def shortened(text: str | None) -> str:
    """Cut a long text to the length that a table's cell shows at a glance; the report has the whole.

    >>> shortened("가" * 100) == "가" * (CELL_CHARACTERS - 1) + "…"
    True
    """
    whole = text or ""
    return whole if len(whole) <= CELL_CHARACTERS else whole[: CELL_CHARACTERS - 1] + "…"


def _counts(demo: DemoReport) -> list[tuple[str, int, str]]:
    values = demo.fields()
    unanswered = max(values["stored"] - values["dialogues"], 0)
    rows = [("fetched", values["fetched"], "pages"), ("stored", values["stored"], "questions")]
    rows += [("  of these without an answer", unanswered, "questions")]
    rows += [(name, values[name], "dialogues") for name in ("dialogues", "kept", "dropped")]
    rows += [(f"  dropped by {rule}", count, "dialogues") for rule, count in demo.export.drops.items()]
    rows.append(("trained, cut by its time limit" if demo.tuned.is_cut else "trained", demo.tuned.steps, "steps"))
    sides = ("train", "validation", "test")
    return rows + [(f"kept in {side}", demo.export.rows.get(side, 0), "dialogues") for side in sides]
