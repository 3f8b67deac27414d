-- How did each dataset grow, which model learnt best from each version, and did a takedown touch it?
-- 데이터셋은 어떻게 자랐고, 어느 모델이 가장 잘 배웠나?
--
-- Bits per character compare only within one eval_set_sha256; less is better. Where flagged_at is set, a takedown
-- touched rows of that version (see the view takedowns): export it anew.
SELECT d.name, d.version, d.row_count, d.rows_added, d.dropped_rows, d.flagged_at,
       b.eval_set_sha256, b.run, b.model, b.bits_per_char
FROM dataset_growth AS d
LEFT JOIN (
    SELECT dataset, dataset_version, eval_set_sha256, run, model, bits_per_char,
           ROW_NUMBER() OVER (PARTITION BY dataset, dataset_version, eval_set_sha256
                              ORDER BY bits_per_char, evaluation_id) AS place
    FROM leaderboard
) AS b ON b.dataset = d.name AND b.dataset_version = d.version AND b.place = 1
ORDER BY d.name, d.version, b.eval_set_sha256
