-- Which questions of a topic still wait for an answer, the newest first?
-- 아직 답변이 없는 최근 질문은?
--
-- answers_total is what the page claimed when it was last seen: above 0 means answers that are not stored yet.
-- :topic = 요리
SELECT asked_at_kst, title, answers_total, url
FROM questions
WHERE topic = :topic AND answers_stored = 0 AND gone_at IS NULL
ORDER BY asked_at DESC, question_id
