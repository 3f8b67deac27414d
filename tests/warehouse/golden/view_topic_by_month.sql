CREATE VIEW topic_by_month AS
SELECT
    q.site AS site,
    q.topic AS topic,
    CONVERT(NCHAR(7), DATEADD(hour, 9, q.asked_at), 126) AS month_kst,
    COUNT(*) AS questions,
    AVG(CAST(q.body_length AS FLOAT)) AS mean_question_length,
    SUM(CASE WHEN q.answers_total = 0 THEN 1 ELSE 0 END) AS unanswered,
    SUM(CASE WHEN q.answers_stored = 0 THEN 1 ELSE 0 END) AS without_stored_answer
FROM question AS q WHERE q.asked_at IS NOT NULL
GROUP BY q.site, q.topic, CONVERT(NCHAR(7), DATEADD(hour, 9, q.asked_at), 126)
