"""What each column of each view means: taken from the table's column that it shows, or said here where it is new."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from warehouse.schema import metadata


class Computed(NamedTuple):
    """A column that no table has: its meaning, its unit, and its type on SQLite and on SQL Server."""

    meaning: str
    unit: str = ""
    type: str = "INTEGER"
    type_mssql: str = "INTEGER"


_NUMBER: Final = ("FLOAT", "FLOAT")
_MOMENT: Final = ("TEXT", "DATETIME2")
_DAY: Final = ("TEXT", "DATE")
_MONTH: Final = ("TEXT", "NCHAR(7)")
_KST: Final = "Korean time"
_CHIEF: Final = "bits per character of held-out answers"

# A text names the table's column that is shown as it is.
_COLUMNS: Final[Mapping[str, Mapping[str, str | Computed]]] = {
    "qna": {
        "que": "question.title",
        "que_detail": "question.body",
        "ans_writer": "answer.author_key",
        "ans_detail": "answer.body",
        "site": "question.site",
        "topic": "question.topic",
        "url": "question.url",
        "origin": "question.origin",
        "question_external_id": "question.external_id",
        "answer_external_id": "answer.external_id",
        "kind": "answer.kind",
        "is_chosen": "answer.is_chosen",
        "written_by": "answer.written_by",
        "votes_up": "answer.votes_up",
        "asked_at": "question.asked_at",
        "asked_at_kst": Computed("time of asking", _KST, *_MOMENT),
        "answered_at": "answer.answered_at",
        "answered_at_kst": Computed("time of answering", _KST, *_MOMENT),
        "question_length": "question.body_length",
        "answer_length": "answer.body_length",
        "gone_at": "question.gone_at",
    },
    "crawl_health": {
        "host": "request.host",
        "day_kst": Computed("day of the requests", _KST, *_DAY),
        "requests": Computed("requests sent", "requests"),
        "answered": Computed("answered with 200 to 299", "requests"),
        "unchanged": Computed("answered with 304: nothing new", "requests"),
        "gone": Computed("answered with 404 or 410", "requests"),
        "pushed_back": Computed("answered with 429, or 500 and above", "requests"),
        "unanswered": Computed("not answered at all", "requests"),
        "mean_elapsed_seconds": Computed("mean time until the answer was whole", "seconds", *_NUMBER),
        "min_gap_seconds": Computed("least gap before a request", "seconds", *_NUMBER),
    },
    "set_aside_pages": {
        "site": "frontier.site",
        "topic": "frontier.topic",
        "origin": "frontier.origin",
        "reason_code": Computed("why, as one short word; other where none is known", "", "VARCHAR(30)", "NVARCHAR(30)"),
        "reason": Computed("one of the reasons in words", "", "TEXT", "NVARCHAR(max)"),
        "pages": Computed("pages set aside for that reason", "pages"),
        "newest_at": Computed("when the newest of them was asked for", "UTC", *_MOMENT),
        "newest_at_kst": Computed("when the newest of them was asked for", _KST, *_MOMENT),
    },
    "topic_by_month": {
        "site": "question.site",
        "topic": "question.topic",
        "month_kst": Computed("month of asking, as 2026-11", _KST, *_MONTH),
        "questions": Computed("questions asked", "questions"),
        "mean_question_length": Computed("mean length of title and body", "code points", *_NUMBER),
        "unanswered": Computed("of these without an answer, as the page claims", "questions"),
    },
    "dataset_growth": {
        **{name: f"dataset.{name}" for name in ("name", "version", "recipe_name", "recipe_version", "row_count")},
        "rows_added": Computed("rows more (or fewer) than in the version before", "rows"),
        **{
            name: f"dataset.{name}"
            for name in ("train_rows", "validation_rows", "test_rows", "dropped_rows", "size_bytes", "recorded_at")
        },
        "recorded_at_kst": Computed("when the version was first recorded", _KST, *_MOMENT),
    },
    "leaderboard": {
        "evaluation_id": "evaluation.evaluation_id",
        "eval_set_sha256": "evaluation.eval_set_sha256",
        "run_id": "run.run_id",
        "run": "run.name",
        "model": "run.model",
        "dataset": "run.dataset",
        "dataset_version": "run.dataset_version",
        "split": "evaluation.split",
        "row_count": "evaluation.row_count",
        "bits_per_char": Computed(f"{_CHIEF}: less is better", "bits per character", *_NUMBER),
        "unigram_bits_per_char": Computed(f"{_CHIEF} by token counts", "bits per character", *_NUMBER),
        "bigram_bits_per_char": Computed(f"{_CHIEF} by counts of token pairs", "bits per character", *_NUMBER),
        "distinct_2": Computed("word pairs that differ among all of the replies", "share, 0 to 1", *_NUMBER),
        "chrf": Computed("letters that a reply shares with the person's answer", "0 to 100", *_NUMBER),
        "repetition": Computed("part of a reply that says again what it said", "share, 0 to 1", *_NUMBER),
        "bits_per_char_low": Computed("lower end of its 95 % interval", "bits per character", *_NUMBER),
        "bits_per_char_high": Computed("upper end of its 95 % interval", "bits per character", *_NUMBER),
        "evaluated_at": "evaluation.evaluated_at",
        "evaluated_at_kst": Computed("when it was measured", _KST, *_MOMENT),
    },
}


def columns_of(view: str) -> Mapping[str, Computed | Any]:
    """The columns of a view in order: the table's column that is shown, or what is new; empty where none is said."""
    shown = _COLUMNS.get(view, {})
    return {name: _column(said) if isinstance(said, str) else said for name, said in shown.items()}


def _column(path: str) -> Any:
    table, _, name = path.partition(".")
    return metadata.tables[table].columns[name]
