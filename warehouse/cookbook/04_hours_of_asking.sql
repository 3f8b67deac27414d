-- On which days of the week, and at what hours, do people ask?
-- 사람들은 무슨 요일 몇 시에 질문하나?
--
-- Weekdays run from 1, Monday, to 7, Sunday. Only pages that print an hour count.
SELECT asked_weekday_kst, asked_hour_kst, COUNT(*) AS questions
FROM questions
WHERE asked_precision IN ('second', 'minute', 'hour')
GROUP BY asked_weekday_kst, asked_hour_kst
ORDER BY asked_weekday_kst, asked_hour_kst
