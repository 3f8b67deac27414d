"""Views of what was built: dataset versions and their sources, trainings, evaluations."""

from collections.abc import Mapping
from typing import Final

from warehouse.schema.columns import load
from warehouse.schema.models import dataset, dataset_source, evaluation, metric, run
from warehouse.views.koreantime import kst
from warehouse.views.view import NUMBER, Computed, View, same

_BITS: Final = "bits per character"
_CHIEF: Final = f"{_BITS} of held-out answers"
_SHARE: Final = "share, 0 to 1"


def _metric(name: str, meaning: str, unit: str, part: str = "value") -> Computed:
    return Computed(f"MAX(CASE WHEN m.name = '{name}' THEN m.{part} END)", meaning, unit, *NUMBER)


_DATASET_GROWTH: Final = View(
    "Dataset versions and what each added to the one before.",
    {"d": dataset},
    {
        **same("d", "name version recipe_name recipe_version row_count"),
        "rows_added": Computed(
            "d.row_count - COALESCE(p.row_count, 0)", "rows more (or fewer) than in the version before", "rows"
        ),
        **same("d", "train_rows validation_rows test_rows dropped_rows size_bytes recorded_at"),
        "recorded_at_kst": kst("d.recorded_at", "when the version was first recorded"),
        **same("d", "content_id flagged_at"),
    },
    "FROM dataset AS d LEFT JOIN dataset AS p ON p.name = d.name AND p.version = d.parent_version",
)

_DATASET_LOADS: Final = View(
    "Which loads each dataset version was built from.",
    {"d": dataset, "s": dataset_source, "l": load},
    {
        **same("d", "name version"),
        "load_id": "s.load_id",
        **same("l", "command started_at"),
        "started_at_kst": kst("l.started_at", "when the load began"),
        "outcome": "l.outcome",
    },
    "FROM dataset AS d JOIN dataset_source AS s ON s.dataset_id = d.dataset_id\n"
    "JOIN [load] AS l ON l.load_id = s.load_id",
)

_RUNS: Final = View(
    "One row a training.",
    {"r": run},
    {
        **same("r", "run_id name model dataset dataset_version content_id state reason started_at"),
        "started_at_kst": kst("r.started_at", "when it began"),
        **same("r", "ended_at steps seconds tokens_per_second promoted_at promoted_why flagged_at load_id"),
    },
    "FROM run AS r",
)

_LEADERBOARD: Final = View(
    "Evaluations with their chief metrics; compare only within one eval_set_sha256.",
    {"e": evaluation, "r": run},
    {
        **same("e", "evaluation_id eval_set_sha256"),
        "run_id": "r.run_id",
        "run": "r.name",
        **same("r", "model dataset dataset_version"),
        **same("e", "split row_count"),
        "bits_per_char": _metric("bits_per_char", f"{_CHIEF}: less is better", _BITS),
        "unigram_bits_per_char": _metric("unigram_bits_per_char", f"{_CHIEF} by token counts", _BITS),
        "bigram_bits_per_char": _metric("bigram_bits_per_char", f"{_CHIEF} by counts of token pairs", _BITS),
        "distinct_2": _metric("distinct_2", "word pairs that differ among all of the replies", _SHARE),
        "chrf": _metric("chrf", "letters that a reply shares with the person's answer", "0 to 100"),
        "repetition": _metric("repetition", "part of a reply that says again what it said", _SHARE),
        "bits_per_char_low": _metric("bits_per_char", "lower end of its 95 % interval", _BITS, "low"),
        "bits_per_char_high": _metric("bits_per_char", "upper end of its 95 % interval", _BITS, "high"),
        "evaluated_at": "e.evaluated_at",
        "evaluated_at_kst": kst("e.evaluated_at", "when it was measured"),
    },
    "FROM evaluation AS e JOIN metric AS m ON m.evaluation_id = e.evaluation_id\n"
    "LEFT JOIN run AS r ON r.run_id = e.run_id\n"
    "GROUP BY e.evaluation_id, e.eval_set_sha256, r.run_id, r.name, r.model, r.dataset, r.dataset_version, e.split,\n"
    "    e.row_count, e.evaluated_at",
)

_METRICS: Final = View(
    "One row a number of an evaluation, with its interval.",
    {"m": metric},
    same("m", "evaluation_id name value low high"),
    "FROM metric AS m",
)

VIEWS: Final[Mapping[str, View]] = {
    "dataset_growth": _DATASET_GROWTH,
    "dataset_loads": _DATASET_LOADS,
    "runs": _RUNS,
    "leaderboard": _LEADERBOARD,
    "metrics": _METRICS,
}
