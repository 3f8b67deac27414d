CREATE VIEW takedowns AS
SELECT
    t.takedown_id AS takedown_id,
    t.site AS site,
    t.external_id AS external_id,
    t.taken_down_at AS taken_down_at,
    DATEADD(hour, 9, t.taken_down_at) AS taken_down_at_kst,
    t.row_count AS row_count,
    t.snapshot_count AS snapshot_count,
    t.dataset_count AS dataset_count,
    t.model_count AS model_count,
    t.load_id AS load_id
FROM takedown AS t
