"""Views of what people wrote: questions, answers, dialogues, takedowns."""

from collections.abc import Mapping
from typing import Final

from warehouse.schema.content import answer, dialogue, question, takedown, turn
from warehouse.views.koreantime import KOREAN, kst, month
from warehouse.views.view import NUMBER, Computed, View, same

_QNA: Final = View(
    "One row an answer, with the classic columns que, que_detail, ans_writer, ans_detail.",
    {"q": question, "a": answer},
    {
        "que": "q.title",
        "que_detail": "q.body",
        "ans_writer": "a.author_key",
        "ans_detail": "a.body",
        **same("q", "site topic url origin"),
        "question_external_id": "q.external_id",
        "answer_external_id": "a.external_id",
        **same("a", "kind is_chosen written_by votes_up"),
        "asked_at": "q.asked_at",
        "asked_at_kst": kst("q.asked_at", "time of asking"),
        "answered_at": "a.answered_at",
        "answered_at_kst": kst("a.answered_at", "time of answering"),
        "question_length": "q.body_length",
        "answer_length": "a.body_length",
        "gone_at": "q.gone_at",
        "question_id": "q.question_id",
        "answer_id": "a.answer_id",
    },
    "FROM question AS q JOIN answer AS a ON a.question_id = q.question_id",
)

_QUESTIONS: Final = View(
    "One row a question, with the answers that are stored under it counted.",
    {"q": question},
    {
        **same("q", "question_id site origin external_id url title body"),
        "length": "q.body_length",
        **same("q", "topic topic_id author_key asked_at"),
        "asked_at_kst": kst("q.asked_at", "time of asking"),
        "asked_month_kst": month("q.asked_at", "month of asking"),
        "asked_weekday_kst": Computed("{weekday:q.asked_at}", "weekday of asking, 1 is Monday, 7 is Sunday", KOREAN),
        "asked_hour_kst": Computed("{hour:q.asked_at}", "hour of asking; only where asked_precision has one", KOREAN),
        **same("q", "asked_precision views votes_up votes_down answers_total answers_stored answers_chosen"),
        "first_answered_at": "q.first_answered_at",
        "first_answered_at_kst": kst("q.first_answered_at", "time of the first stored answer"),
        "first_answer_minutes": Computed(
            "{minutes:q.asked_at, q.first_answered_at}",
            "from asking to the first stored answer; as exact as asked_precision",
            "minutes",
            *NUMBER,
        ),
        **same("q", "page_sha256 parser_version mask_version first_seen_at gone_at first_load_id load_id"),
    },
    "FROM question AS q",
)

_ANSWERS: Final = View(
    "One row an answer, comment or exchange; joined to questions by question_id.",
    {"a": answer},
    {
        **same("a", "answer_id question_id kind parent_external_id external_id position body"),
        "length": "a.body_length",
        **same("a", "author_key author_grade is_chosen written_by speaker answered_at"),
        "answered_at_kst": kst("a.answered_at", "time of answering"),
        "answered_month_kst": month("a.answered_at", "month of answering"),
        **same("a", "votes_up votes_down page_sha256 parser_version mask_version first_load_id load_id"),
    },
    "FROM answer AS a",
)

_TOPIC_BY_MONTH: Final = View(
    "Questions a topic and month of asking.",
    {"q": question},
    {
        **same("q", "site topic"),
        "month_kst": month("q.asked_at", "month of asking"),
        "questions": Computed("COUNT(*)", "questions asked", "questions"),
        "mean_question_length": Computed(
            "AVG(CAST(q.body_length AS FLOAT))", "mean length of title and body", "code points", *NUMBER
        ),
        "unanswered": Computed(
            "SUM(CASE WHEN q.answers_total = 0 THEN 1 ELSE 0 END)",
            "of these without an answer, as the page claims",
            "questions",
        ),
        "without_stored_answer": Computed(
            "SUM(CASE WHEN q.answers_stored = 0 THEN 1 ELSE 0 END)", "of these without a stored answer", "questions"
        ),
    },
    "FROM question AS q WHERE q.asked_at IS NOT NULL\nGROUP BY q.site, q.topic, {month:q.asked_at}",
)

_DIALOGUES: Final = View(
    "One row a dialogue, without its text (see turns).",
    {"d": dialogue},
    {
        **same("d", "dialogue_id source site topic url asked_at"),
        "asked_at_kst": kst("d.asked_at", "when it began"),
        **same("d", "label thread turns characters written_by side page_sha256 parser_version first_load_id load_id"),
    },
    "FROM dialogue AS d",
)

_TURNS: Final = View(
    "One row an utterance of a dialogue, in order of position.",
    {"t": turn},
    same("t", "dialogue_id position role content author_key load_id"),
    "FROM turn AS t",
)

_TAKEDOWNS: Final = View(
    "One row a takedown: what it erased and flagged. The address itself is not shown, it may point to a person.",
    {"t": takedown},
    {
        **same("t", "takedown_id site external_id taken_down_at"),
        "taken_down_at_kst": kst("t.taken_down_at", "when"),
        **same("t", "row_count snapshot_count dataset_count model_count load_id"),
    },
    "FROM takedown AS t",
)

VIEWS: Final[Mapping[str, View]] = {
    "qna": _QNA,
    "questions": _QUESTIONS,
    "answers": _ANSWERS,
    "topic_by_month": _TOPIC_BY_MONTH,
    "dialogues": _DIALOGUES,
    "turns": _TURNS,
    "takedowns": _TAKEDOWNS,
}
