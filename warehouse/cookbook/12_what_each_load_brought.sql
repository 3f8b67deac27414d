-- What did each load bring, and how did it end?
-- 적재마다 무엇이 들어왔고 어떻게 끝났나?
--
-- A question counts with the load that stored it first. `counts` is what the command itself reported.
SELECT l.load_id, l.command, l.started_at_kst, l.minutes, l.outcome, COALESCE(b.questions, 0) AS questions, l.counts
FROM loads AS l
LEFT JOIN (SELECT first_load_id, COUNT(*) AS questions FROM questions GROUP BY first_load_id) AS b
    ON b.first_load_id = l.load_id
ORDER BY l.load_id DESC
