-- Who answers most, and whose answers are chosen?
-- 누가 가장 많이 답하고, 누구의 답이 채택되나?
--
-- Writers are known by author_key, a keyed hash: the same person has the same key, and nobody's name is stored.
-- :at_least = 10
SELECT author_key, COUNT(*) AS answers, SUM(CASE WHEN is_chosen = 1 THEN 1 ELSE 0 END) AS chosen,
       AVG(CASE WHEN is_chosen = 1 THEN 1.0 ELSE 0.0 END) AS chosen_share
FROM answers
WHERE kind = 'answer' AND author_key IS NOT NULL
GROUP BY author_key
HAVING COUNT(*) >= :at_least
ORDER BY chosen DESC, answers DESC, author_key
