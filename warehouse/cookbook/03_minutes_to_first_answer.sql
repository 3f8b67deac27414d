-- How long does a question of each topic wait for its first answer?
-- 주제별로 첫 답변까지 얼마나 걸리나?
--
-- The median (the lower one of two), which a few answers after years do not move. Pages that print only the day of
-- asking would seem to wait for hours, so that they are left out.
-- :since = 2026-01-01T00:00+09:00
-- :until = 2027-01-01T00:00+09:00
SELECT topic, questions, first_answer_minutes AS median_minutes
FROM (
    SELECT topic, first_answer_minutes, COUNT(*) OVER (PARTITION BY topic) AS questions,
           ROW_NUMBER() OVER (PARTITION BY topic ORDER BY first_answer_minutes) AS place
    FROM questions
    WHERE asked_at >= :since AND asked_at < :until
      AND asked_precision IN ('second', 'minute') AND first_answered_at IS NOT NULL
) AS waited
WHERE place = (questions + 1) / 2
ORDER BY median_minutes, topic
