"""Views for analysts, the same on SQLite and on SQL Server; times in them are also given in Korean time.

They are derived from the tables and made again after every migration.
"""

from collections.abc import Mapping

import sqlalchemy as sa

READERS = "mundap_reader"

# How each engine says it: Korean time has been UTC+9 without summer time since 1988, before all of our data.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "kst": "datetime({0}, '+9 hours')",
        "month": "strftime('%Y-%m', {0}, '+9 hours')",
        "day": "date({0}, '+9 hours')",
    },
    "mssql": {
        "kst": "DATEADD(hour, 9, {0})",
        "month": "CONVERT(NCHAR(7), DATEADD(hour, 9, {0}), 126)",
        "day": "CAST(DATEADD(hour, 9, {0}) AS DATE)",
    },
}

_QNA = """
SELECT q.title AS que, q.body AS que_detail, a.author_key AS ans_writer, a.body AS ans_detail,
       q.site AS site, q.topic AS topic, q.url AS url, q.origin AS origin,
       q.external_id AS question_external_id, a.external_id AS answer_external_id, a.kind AS kind,
       a.is_chosen AS is_chosen, a.written_by AS written_by, a.votes_up AS votes_up,
       q.asked_at AS asked_at, {kst_asked} AS asked_at_kst,
       a.answered_at AS answered_at, {kst_answered} AS answered_at_kst,
       q.body_length AS question_length, a.body_length AS answer_length, q.gone_at AS gone_at
FROM question AS q JOIN answer AS a ON a.question_id = q.question_id
"""

_CRAWL_HEALTH = """
SELECT r.host AS host, {day_sent} AS day_kst, COUNT(*) AS requests,
       SUM(CASE WHEN r.status BETWEEN 200 AND 299 THEN 1 ELSE 0 END) AS answered,
       SUM(CASE WHEN r.status = 304 THEN 1 ELSE 0 END) AS unchanged,
       SUM(CASE WHEN r.status IN (404, 410) THEN 1 ELSE 0 END) AS gone,
       SUM(CASE WHEN r.status = 429 OR r.status >= 500 THEN 1 ELSE 0 END) AS pushed_back,
       SUM(CASE WHEN r.status IS NULL THEN 1 ELSE 0 END) AS unanswered,
       AVG(r.elapsed_seconds) AS mean_elapsed_seconds, MIN(r.gap_seconds) AS min_gap_seconds
FROM request AS r GROUP BY r.host, {day_sent}
"""

_SET_ASIDE_PAGES = """
SELECT f.site AS site, f.topic AS topic, f.origin AS origin, COALESCE(f.reason_code, 'other') AS reason_code,
       MAX(f.reason) AS reason, COUNT(*) AS pages, MAX(f.visited_at) AS newest_at, {kst_newest} AS newest_at_kst
FROM frontier AS f WHERE f.state = 'set_aside'
GROUP BY f.site, f.topic, f.origin, COALESCE(f.reason_code, 'other')
"""

_TOPIC_BY_MONTH = """
SELECT q.site AS site, q.topic AS topic, {month_asked} AS month_kst, COUNT(*) AS questions,
       AVG(1.0 * q.body_length) AS mean_question_length,
       SUM(CASE WHEN q.answers_total = 0 THEN 1 ELSE 0 END) AS unanswered
FROM question AS q WHERE q.asked_at IS NOT NULL
GROUP BY q.site, q.topic, {month_asked}
"""

_DATASET_GROWTH = """
SELECT d.name AS name, d.version AS version, d.recipe_name AS recipe_name, d.recipe_version AS recipe_version,
       d.row_count AS row_count, d.row_count - COALESCE(p.row_count, 0) AS rows_added,
       d.train_rows AS train_rows, d.validation_rows AS validation_rows, d.test_rows AS test_rows,
       d.dropped_rows AS dropped_rows, d.size_bytes AS size_bytes,
       d.recorded_at AS recorded_at, {kst_recorded} AS recorded_at_kst
FROM dataset AS d LEFT JOIN dataset AS p ON p.name = d.name AND p.version = d.parent_version
"""

_METRICS = ("bits_per_char", "unigram_bits_per_char", "bigram_bits_per_char", "distinct_2", "chrf", "repetition")
_PIVOT = ", ".join(f"MAX(CASE WHEN m.name = '{name}' THEN m.value END) AS {name}" for name in _METRICS)
_LEADERBOARD = f"""
SELECT e.evaluation_id AS evaluation_id, e.eval_set_sha256 AS eval_set_sha256, r.run_id AS run_id, r.name AS run,
       r.model AS model, r.dataset AS dataset, r.dataset_version AS dataset_version, e.split AS split,
       e.row_count AS row_count, {_PIVOT},
       MAX(CASE WHEN m.name = 'bits_per_char' THEN m.low END) AS bits_per_char_low,
       MAX(CASE WHEN m.name = 'bits_per_char' THEN m.high END) AS bits_per_char_high,
       e.evaluated_at AS evaluated_at, {{kst_evaluated}} AS evaluated_at_kst
FROM evaluation AS e JOIN metric AS m ON m.evaluation_id = e.evaluation_id
LEFT JOIN run AS r ON r.run_id = e.run_id
GROUP BY e.evaluation_id, e.eval_set_sha256, r.run_id, r.name, r.model, r.dataset, r.dataset_version, e.split,
         e.row_count, e.evaluated_at
"""

VIEWS: Mapping[str, tuple[str, str]] = {
    "qna": ("One row an answer, with the classic columns que, que_detail, ans_writer, ans_detail.", _QNA),
    "crawl_health": ("Requests a host and day: answered, gone, pushed back, and the pace.", _CRAWL_HEALTH),
    "set_aside_pages": ("Pages set aside, a crawl and reason; mundap crawl --retry set_aside.", _SET_ASIDE_PAGES),
    "topic_by_month": ("Questions a topic and month of asking.", _TOPIC_BY_MONTH),
    "dataset_growth": ("Dataset versions and what each added to the one before.", _DATASET_GROWTH),
    "leaderboard": ("Evaluations with their chief metrics; compare only within one eval_set_sha256.", _LEADERBOARD),
}


def statements(dialect: str) -> list[str]:
    """CREATE VIEW for each view; on SQL Server each must be a batch of its own."""
    words = _WORDS[dialect]
    places = {
        "kst_asked": words["kst"].format("q.asked_at"),
        "kst_answered": words["kst"].format("a.answered_at"),
        "kst_recorded": words["kst"].format("d.recorded_at"),
        "kst_evaluated": words["kst"].format("e.evaluated_at"),
        "kst_newest": words["kst"].format("MAX(f.visited_at)"),
        "day_sent": words["day"].format("r.sent_at"),
        "month_asked": words["month"].format("q.asked_at"),
    }
    return [f"CREATE VIEW {name} AS{text.rstrip().format(**places)}" for name, (_, text) in VIEWS.items()]


def drop(connection: sa.Connection) -> None:
    """Drop the views that exist, so that tables under them can change."""
    for name in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def create(connection: sa.Connection) -> None:
    """Make all views, and on SQL Server let the readers' role see them: dropping a view dropped its grants."""
    for text in statements(connection.dialect.name):
        connection.exec_driver_sql(text.replace("%", "%%") if connection.dialect.name == "mssql" else text)
    if connection.dialect.name == "mssql":
        for text in grants():
            connection.exec_driver_sql(text)


def grants() -> list[str]:
    """For SQL Server: let the role of `deploy/roles.sql`, where it is there, select from each view."""
    known = f"IF DATABASE_PRINCIPAL_ID(N'{READERS}') IS NOT NULL"
    return [f"{known} GRANT SELECT ON {name} TO {READERS}" for name in VIEWS]
