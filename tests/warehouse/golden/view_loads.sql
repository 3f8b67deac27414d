CREATE VIEW loads AS
SELECT
    l.load_id AS load_id,
    l.command AS command,
    l.code_version AS code_version,
    l.settings_sha256 AS settings_sha256,
    l.started_at AS started_at,
    DATEADD(hour, 9, l.started_at) AS started_at_kst,
    l.ended_at AS ended_at,
    DATEADD(hour, 9, l.ended_at) AS ended_at_kst,
    CAST(DATEDIFF_BIG(second, l.started_at, l.ended_at) AS FLOAT) / 60 AS minutes,
    l.outcome AS outcome,
    l.reason AS reason,
    l.counts AS counts
FROM [load] AS l
