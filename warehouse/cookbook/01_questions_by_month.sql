-- How many questions are asked each month, on each site?
-- 달마다 사이트별로 질문이 몇 개 올라오나?
--
-- Months are Korean ones. A question whose time of asking nobody knows stands under a null month.
SELECT site, asked_month_kst, COUNT(*) AS questions
FROM questions
GROUP BY site, asked_month_kst
ORDER BY asked_month_kst, site
