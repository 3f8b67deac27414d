CREATE VIEW runs AS
SELECT
    r.run_id AS run_id,
    r.name AS name,
    r.model AS model,
    r.dataset AS dataset,
    r.dataset_version AS dataset_version,
    r.content_id AS content_id,
    r.state AS state,
    r.reason AS reason,
    r.started_at AS started_at,
    DATEADD(hour, 9, r.started_at) AS started_at_kst,
    r.ended_at AS ended_at,
    r.steps AS steps,
    r.seconds AS seconds,
    r.tokens_per_second AS tokens_per_second,
    r.promoted_at AS promoted_at,
    r.promoted_why AS promoted_why,
    r.flagged_at AS flagged_at,
    r.load_id AS load_id
FROM run AS r
