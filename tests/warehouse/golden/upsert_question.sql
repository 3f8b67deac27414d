INSERT INTO question (origin, site, external_id, url, title, body, body_length, topic_id, topic, author_key, asked_raw, asked_at, asked_precision, views, votes_up, votes_down, answers_total, answers_stored, answers_chosen, first_answered_at, text_sha256, page_sha256, parser_version, mask_version, first_seen_at, first_load_id, load_id) OUTPUT inserted.question_id VALUES (:origin, :site, :external_id, :url, :title, :body, :body_length, :topic_id, :topic, :author_key, :asked_raw, :asked_at, :asked_precision, :views, :votes_up, :votes_down, :answers_total, :answers_stored, :answers_chosen, :first_answered_at, :text_sha256, :page_sha256, :parser_version, :mask_version, :first_seen_at, :first_load_id, :load_id)
GO
SELECT question.question_id, question.text_sha256
FROM question WITH (UPDLOCK, HOLDLOCK)
WHERE question.origin = :origin AND question.site = :site AND question.external_id = :external_id
GO
UPDATE question SET answers_stored=(SELECT count(*) AS count_1
FROM answer
WHERE answer.question_id = question.question_id AND answer.parent_external_id = :parent_external_id_1), answers_chosen=(SELECT count(*) AS count_2
FROM answer
WHERE answer.question_id = question.question_id AND answer.parent_external_id = :parent_external_id_1 AND answer.is_chosen = 1), first_answered_at=(SELECT min(answer.answered_at) AS min_1
FROM answer
WHERE answer.question_id = question.question_id AND answer.parent_external_id = :parent_external_id_1) WHERE question.question_id = :of_question
GO
UPDATE question SET title=:title, body=:body, body_length=:body_length, text_sha256=:text_sha256, page_sha256=:page_sha256, parser_version=:parser_version, mask_version=:mask_version, gone_at=:gone_at, load_id=:load_id WHERE question.question_id = :of_question
