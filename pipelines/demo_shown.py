"""What a demo tells at its end: what came through, the figures, and what to try next."""

from collections.abc import Mapping
from typing import Any

from pipelines.demo import DemoReport
from pipelines.output import print_table
from pipelines.settings import DEFAULT_FILE


def show_demo(demo: DemoReport) -> None:
    """Print the short table, what was skipped, and what to try next."""
    values = demo.fields()
    counts = [(name, values[name]) for name in ("fetched", "stored", "dialogues", "kept", "dropped")]
    counts.insert(2, ("  of these without an answer", max(values["stored"] - values["dialogues"], 0)))
    counts += [(f"  dropped by {rule}", count) for rule, count in demo.export.drops.items()]
    counts += [(f"rows in {side}", demo.export.rows.get(side, 0)) for side in ("train", "validation", "test")]
    print_table("What came through", ("", "rows"), counts)
    metrics = {metric.name: metric for metric in demo.tuned.metrics}
    names = {"bits_per_char": "this model", "bigram_bits_per_char": "bigram", "unigram_bits_per_char": "unigram"}
    rows = [(label, metrics[name].value, metrics[name].low, metrics[name].high) for name, label in names.items()]
    print_table("Bits per character of held-out answers (less is better)", ("", "value", "95 % low", "high"), rows)
    samples = [(sample.prompt, sample.reply, sample.nearest_question) for sample in demo.tuned.samples]
    print_table("Three replies to held-out questions", ("question", "reply", "nearest training question"), samples)
    print(_verdict(values))
    print("So little text teaches a model from scratch the shape of an answer, not its sense, and a bigram counted on")
    print("it is hard to beat. KoGPT2 on a GPU is the real thing.\n")
    print(f"Chromium: {demo.browser}")
    print(f"Report:   {demo.report}")
    config = demo.folder / DEFAULT_FILE
    print(
        f"\nDone in {demo.seconds:.0f} s. Next:\n"
        f"  .venv/bin/mundap chat --config {config}\n"
        f"  .venv/bin/mundap leaderboard --config {config}\n"
        f"  .venv/bin/mundap query 'select que, ans_detail from qna' --limit 5 --config {config}\n"
        f"  .venv/bin/mundap verify {demo.export.path}"
    )


def _verdict(values: Mapping[str, Any]) -> str:
    model = values["bits_per_char"]
    below = [name for name in ("unigram", "bigram") if model < values[f"{name}_bits_per_char"]]
    return f"The model is below the {' and the '.join(below)}." if below else "The model beats neither baseline here."
