-- How long are questions?
-- 질문은 얼마나 긴가?
--
-- A histogram in steps of 100 characters, title and body together. The length is stored: no text is read.
SELECT length / 100 * 100 AS at_least, COUNT(*) AS questions, AVG(1.0 * answers_stored) AS mean_answers
FROM questions
GROUP BY length / 100 * 100
ORDER BY at_least
