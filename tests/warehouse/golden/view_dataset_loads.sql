CREATE VIEW dataset_loads AS
SELECT
    d.name AS name,
    d.version AS version,
    s.load_id AS load_id,
    l.command AS command,
    l.started_at AS started_at,
    DATEADD(hour, 9, l.started_at) AS started_at_kst,
    l.outcome AS outcome
FROM dataset AS d JOIN dataset_source AS s ON s.dataset_id = d.dataset_id
JOIN [load] AS l ON l.load_id = s.load_id
