-- Which topics get answers, and which a chosen one?
-- 주제별로 답변이 얼마나 달리고 채택은 얼마나 되나?
--
-- Counted are the answers that are stored, not those that the page claims (answers_total). Shares run from 0 to 1.
SELECT topic, COUNT(*) AS questions, AVG(1.0 * answers_stored) AS mean_answers,
       AVG(CASE WHEN answers_stored > 0 THEN 1.0 ELSE 0.0 END) AS answered_share,
       AVG(CASE WHEN answers_chosen > 0 THEN 1.0 ELSE 0.0 END) AS chosen_share
FROM questions
GROUP BY topic
ORDER BY questions DESC, topic
