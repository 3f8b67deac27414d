-- Are chosen answers longer than others?
-- 채택된 답변은 더 긴가?
--
-- One topic and time. AI and seller answers would blur it, so that only people's count.
-- :topic = 요리
-- :since = 2026-01-01T00:00+09:00
-- :until = 2027-01-01T00:00+09:00
SELECT a.is_chosen, COUNT(*) AS answers, AVG(1.0 * a.length) AS mean_length, MAX(a.length) AS longest
FROM questions AS q JOIN answers AS a ON a.question_id = q.question_id
WHERE q.topic = :topic AND q.asked_at >= :since AND q.asked_at < :until
  AND a.parent_external_id = '' AND a.written_by = 'person'
GROUP BY a.is_chosen
ORDER BY a.is_chosen
