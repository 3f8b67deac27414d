CREATE VIEW crawl_health AS
SELECT
    r.host AS host,
    CAST(DATEADD(hour, 9, r.sent_at) AS DATE) AS day_kst,
    COUNT(*) AS requests,
    SUM(CASE WHEN r.status BETWEEN 200 AND 299 THEN 1 ELSE 0 END) AS answered,
    SUM(CASE WHEN r.status = 304 THEN 1 ELSE 0 END) AS unchanged,
    SUM(CASE WHEN r.status IN (404, 410) THEN 1 ELSE 0 END) AS gone,
    SUM(CASE WHEN r.status = 429 OR r.status >= 500 THEN 1 ELSE 0 END) AS pushed_back,
    SUM(CASE WHEN r.status IS NULL THEN 1 ELSE 0 END) AS unanswered,
    AVG(r.elapsed_seconds) AS mean_elapsed_seconds,
    MIN(r.gap_seconds) AS min_gap_seconds
FROM request AS r
GROUP BY r.host, CAST(DATEADD(hour, 9, r.sent_at) AS DATE)
