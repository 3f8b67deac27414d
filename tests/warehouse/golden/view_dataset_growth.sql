CREATE VIEW dataset_growth AS
SELECT
    d.name AS name,
    d.version AS version,
    d.recipe_name AS recipe_name,
    d.recipe_version AS recipe_version,
    d.row_count AS row_count,
    d.row_count - COALESCE(p.row_count, 0) AS rows_added,
    d.train_rows AS train_rows,
    d.validation_rows AS validation_rows,
    d.test_rows AS test_rows,
    d.dropped_rows AS dropped_rows,
    d.size_bytes AS size_bytes,
    d.recorded_at AS recorded_at,
    DATEADD(hour, 9, d.recorded_at) AS recorded_at_kst,
    d.content_id AS content_id,
    d.flagged_at AS flagged_at
FROM dataset AS d LEFT JOIN dataset AS p ON p.name = d.name AND p.version = d.parent_version
