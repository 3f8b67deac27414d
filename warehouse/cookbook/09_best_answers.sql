-- Which are the three best liked answers of each month in a topic?
-- 달마다 추천을 가장 많이 받은 답변 셋은?
--
-- :topic = 요리
-- :since = 2026-01-01T00:00+09:00
-- :until = 2027-01-01T00:00+09:00
SELECT asked_month_kst, place, votes_up, que, ans_detail, url
FROM (
    SELECT q.asked_month_kst, q.title AS que, a.body AS ans_detail, a.votes_up, q.url,
           ROW_NUMBER() OVER (PARTITION BY q.asked_month_kst ORDER BY a.votes_up DESC, a.answer_id) AS place
    FROM questions AS q JOIN answers AS a ON a.question_id = q.question_id
    WHERE q.topic = :topic AND q.asked_at >= :since AND q.asked_at < :until AND a.votes_up > 0
) AS ranked
WHERE place <= 3
ORDER BY asked_month_kst, place
