-- How many answers come from people, from AI and from sellers, month by month?
-- 사람, AI, 판매자의 답변은 달마다 얼마나 되나?
--
-- :since = 2026-01-01T00:00+09:00
-- :until = 2027-01-01T00:00+09:00
SELECT answered_month_kst, written_by, COUNT(*) AS answers
FROM answers
WHERE answered_at >= :since AND answered_at < :until
GROUP BY answered_month_kst, written_by
ORDER BY answered_month_kst, written_by
