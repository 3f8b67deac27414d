"""Tables of what people wrote: questions, answers, dialogues and their turns, and takedowns."""

import sqlalchemy as sa

from warehouse.schema.columns import allowed_check, column, load_column, metadata
from warehouse.types import Body, Key, Moment, row_id

SIDES = ("train", "validation", "test")
_PRECISIONS = ("second", "minute", "hour", "day", "month", "year")
_ANSWER_KINDS = ("answer", "comment", "follow_up")
_AUTHOR = "pseudonym of the writer: HMAC of the site's author id with a secret salt, null without a salt"

_LABEL = (
    "class that an imported corpus gives: chatbot-csv 0 everyday, 1 parting, 2 love; nsmc 1 for a rating of 9 or 10, "
    "0 for 1 to 4, null for 5 to 8"
)

_FACTS = (
    *("topic", "asked_at", "site", "asked_precision", "body_length", "answers_total", "answers_stored"),
    *("answers_chosen", "first_answered_at", "first_load_id"),
)

question = sa.Table(
    "question",
    metadata,
    column("question_id", row_id(), "number of the question", primary_key=True),
    column("origin", Key(200), "scheme and host really fetched from"),
    column("site", Key(50), "site that it is of"),
    column("external_id", Key(100), "the site's own number of it", source="site"),
    column("url", Body(), "canonical public address", source="site"),
    column("title", Body(), "title, personal data masked", source="site", null=True, personal=True),
    column(
        "body", Body(), "text, one line per line seen, personal data masked", source="site", null=True, personal=True
    ),
    column("body_length", sa.Integer(), "length of title and body", unit="code points"),
    column("topic_id", Key(100), "the site's own number of the topic", source="site", null=True),
    column("topic", Key(200), "name of the topic", source="site", null=True),
    column("author_key", Key(64), _AUTHOR, null=True, personal=True),
    column("asked_raw", Body(), "time of asking as printed", source="site", null=True),
    column("asked_at", Moment(), "time of asking", unit="UTC", source="site", null=True),
    column("asked_precision", Key(10), "how exact asked_at is", allowed=_PRECISIONS, null=True),
    column("views", sa.Integer(), "views, as last seen", unit="times", source="site", null=True),
    column("votes_up", sa.Integer(), "votes for, as last seen", unit="votes", source="site", null=True),
    column("votes_down", sa.Integer(), "votes against, as last seen", unit="votes", source="site", null=True),
    column("answers_total", sa.Integer(), "answers that the page claims", unit="answers", source="site", null=True),
    column(
        "answers_stored",
        sa.Integer(),
        "answers, or comments where a site has no other, stored directly under it",
        sa.DefaultClause("0"),
        unit="answers",
    ),
    column("answers_chosen", sa.Integer(), "of these 채택 or 베플", sa.DefaultClause("0"), unit="answers"),
    column("first_answered_at", Moment(), "time of the earliest of these", unit="UTC", source="site", null=True),
    column("text_sha256", Key(64), "hash of the stored text; a change of it makes the row a changed one"),
    column("page_sha256", Key(64), "snapshot that last changed the text", unit="SHA-256 hex"),
    column("parser_version", Key(50), "parser that read it"),
    column("mask_version", Key(50), "personal-data rules that the text went through"),
    column("first_seen_at", Moment(), "when it was first stored", unit="UTC"),
    column("gone_at", Moment(), "when the site said that it is gone; the row stays", unit="UTC", null=True),
    load_column("first_load_id", meaning="load that stored it first"),
    load_column(meaning="load that last changed the text"),
    sa.UniqueConstraint("origin", "site", "external_id"),
    # Holds all that is counted over every question: the views' aggregates never touch the texts (docs/analysts.md).
    sa.Index("ix_question_facts", *_FACTS),
    comment="지식iN questions and 판 posts. Text is masked before it is stored, but people may still be recognised.",
)

answer = sa.Table(
    "answer",
    metadata,
    column("answer_id", row_id(), "number of the answer", primary_key=True),
    column("question_id", row_id(), "question that it answers", sa.ForeignKey("question.question_id")),
    column("kind", Key(10), "answer, comment, or exchange under an answer", allowed=_ANSWER_KINDS, source="site"),
    column(
        "parent_external_id",
        Key(100),
        "what it stands under, at:position if unnumbered, empty when none; 0 for a comment on a 지식iN question itself",
        source="site",
    ),
    column("item_key", Key(110), "id:external_id, or at:position where the page gives no number"),
    column("external_id", Key(100), "the site's own number of it", source="site", null=True),
    column("position", sa.Integer(), "place on the page, from 1", source="site"),
    column(
        "body", Body(), "text, one line per line seen, personal data masked", source="site", null=True, personal=True
    ),
    column("body_length", sa.Integer(), "length of the text", unit="code points"),
    column("author_key", Key(64), _AUTHOR, null=True, personal=True),
    column("author_grade", Key(100), "grade that the site gives its writer", source="site", null=True),
    column("is_chosen", sa.Boolean(), "채택 or 베플", source="site"),
    column("written_by", Key(10), "who wrote it", allowed=("person", "ai", "seller"), source="site"),
    column("speaker", Key(10), "the one who asked, or somebody else", allowed=("asker", "answerer"), source="site"),
    column("answered_raw", Body(), "time of answering as printed", source="site", null=True),
    column("answered_at", Moment(), "time of answering", unit="UTC", source="site", null=True),
    column("votes_up", sa.Integer(), "votes for, as last seen", unit="votes", source="site", null=True),
    column("votes_down", sa.Integer(), "votes against, as last seen", unit="votes", source="site", null=True),
    column("text_sha256", Key(64), "hash of text and choice; a change of it makes the row a changed one"),
    column("page_sha256", Key(64), "snapshot that last changed the text", unit="SHA-256 hex"),
    column("parser_version", Key(50), "parser that read it"),
    column("mask_version", Key(50), "personal-data rules that the text went through"),
    load_column("first_load_id", meaning="load that stored it first"),
    load_column(meaning="load that last changed the text"),
    sa.UniqueConstraint("question_id", "kind", "parent_external_id", "item_key"),
    sa.Index("ix_answer_writer", "author_key", "kind", "is_chosen", "answered_at", "question_id"),
    sa.Index("ix_answer_written", "answered_at", "kind", "written_by", "is_chosen", "body_length"),
    comment="답변, 댓글 and exchanges under them. Text is masked before it is stored, but people may be recognised.",
)

dialogue = sa.Table(
    "dialogue",
    metadata,
    column("dialogue_id", Key(16), "first 16 hex of SHA-256 over source and key", primary_key=True),
    column("source", Key(100), "where it is from: a site or an import"),
    column("source_key", Body(), "key within the source"),
    column("site", Key(10), "whose boilerplate the text may hold", allowed=("kin", "pann"), null=True),
    column("topic", Key(200), "topic", source="site", null=True),
    column("url", Body(), "public address", source="site", null=True),
    column("asked_at", Moment(), "when it began", unit="UTC", source="site", null=True),
    column("label", sa.Integer(), _LABEL, source="user", null=True),
    column("thread", Key(400), "shared by the dialogues of one question", null=True),
    column("turns", sa.Integer(), "number of turns", unit="turns"),
    column("characters", sa.Integer(), "length of all turns together", unit="code points"),
    column("written_by", Key(10), "who wrote the answer", allowed=("person", "ai", "seller"), source="site"),
    column("side", Key(10), "split, decided once and never changed", allowed=SIDES, null=True),
    column("text_sha256", Key(64), "hash of turns, label, topic, address; a change of it makes the row changed"),
    column("page_sha256", Key(64), "snapshot that last changed the text", unit="SHA-256 hex", null=True),
    column("parser_version", Key(50), "parser that read it", null=True),
    load_column("first_load_id", meaning="load by which it first came in"),
    load_column(),
    sa.Index(None, "first_load_id", "dialogue_id"),
    sa.Index(None, "source"),
    allowed_check("side", SIDES),
    comment="Ordered turns, paired from questions and answers or imported. The text stands in `turn`.",
)

turn = sa.Table(
    "turn",
    metadata,
    column("dialogue_id", Key(16), "dialogue", sa.ForeignKey("dialogue.dialogue_id"), primary_key=True),
    column("position", sa.Integer(), "place in the dialogue, from 1", primary_key=True),
    load_column(),
    column("role", Key(10), "who speaks", allowed=("user", "assistant")),
    column("content", Body(), "what is said, personal data masked", source="site", personal=True),
    column("author_key", Key(64), _AUTHOR, null=True, personal=True),
    allowed_check("role", ("user", "assistant")),
    comment="One utterance of a dialogue. Text is masked before it is stored, but people may be recognised.",
)

takedown = sa.Table(
    "takedown",
    metadata,
    column("takedown_id", row_id(), "number of the takedown", primary_key=True),
    load_column(),
    column("target", Body(), "address or id that was to go", source="user"),
    column("target_sha256", Key(64), "hash of `target`", unit="SHA-256 hex"),
    column("site", Key(50), "site that it is of", null=True),
    column("external_id", Key(100), "the site's own number of it", null=True),
    column("reason", Body(), "why", source="user", null=True),
    column("taken_down_at", Moment(), "when", unit="UTC"),
    column("row_count", sa.Integer(), "rows erased", unit="rows"),
    column("snapshot_count", sa.Integer(), "snapshots erased", unit="records"),
    column("dataset_count", sa.Integer(), "dataset versions flagged", unit="versions"),
    column("model_count", sa.Integer(), "checkpoints flagged", unit="checkpoints"),
    sa.Index(None, "target_sha256"),
    comment="Tombstones: what was taken down on request and must not come back. Addresses may point to persons.",
)
