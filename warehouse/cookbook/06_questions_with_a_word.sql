-- Who asks about something, in a topic and a time?
-- 어떤 낱말이 든 질문은?
--
-- LIKE reads every text of the topic and time; both keep that few. On SQL Server its collation decides what is alike.
-- :topic = 요리
-- :since = 2026-01-01T00:00+09:00
-- :until = 2027-01-01T00:00+09:00
-- :pattern = %된장찌개%
SELECT asked_at_kst, title, answers_stored, url
FROM questions
WHERE topic = :topic AND asked_at >= :since AND asked_at < :until
  AND (title LIKE :pattern OR body LIKE :pattern)
ORDER BY asked_at DESC, question_id
