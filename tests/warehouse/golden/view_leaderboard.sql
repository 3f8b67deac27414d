CREATE VIEW leaderboard AS
SELECT
    e.evaluation_id AS evaluation_id,
    e.eval_set_sha256 AS eval_set_sha256,
    r.run_id AS run_id,
    r.name AS run,
    r.model AS model,
    r.dataset AS dataset,
    r.dataset_version AS dataset_version,
    e.split AS split,
    e.row_count AS row_count,
    MAX(CASE WHEN m.name = 'bits_per_char' THEN m.value END) AS bits_per_char,
    MAX(CASE WHEN m.name = 'unigram_bits_per_char' THEN m.value END) AS unigram_bits_per_char,
    MAX(CASE WHEN m.name = 'bigram_bits_per_char' THEN m.value END) AS bigram_bits_per_char,
    MAX(CASE WHEN m.name = 'distinct_2' THEN m.value END) AS distinct_2,
    MAX(CASE WHEN m.name = 'chrf' THEN m.value END) AS chrf,
    MAX(CASE WHEN m.name = 'repetition' THEN m.value END) AS repetition,
    MAX(CASE WHEN m.name = 'bits_per_char' THEN m.low END) AS bits_per_char_low,
    MAX(CASE WHEN m.name = 'bits_per_char' THEN m.high END) AS bits_per_char_high,
    e.evaluated_at AS evaluated_at,
    DATEADD(hour, 9, e.evaluated_at) AS evaluated_at_kst
FROM evaluation AS e JOIN metric AS m ON m.evaluation_id = e.evaluation_id
LEFT JOIN run AS r ON r.run_id = e.run_id
GROUP BY e.evaluation_id, e.eval_set_sha256, r.run_id, r.name, r.model, r.dataset, r.dataset_version, e.split,
    e.row_count, e.evaluated_at
