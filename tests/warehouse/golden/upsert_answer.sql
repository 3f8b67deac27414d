INSERT INTO answer (question_id, kind, parent_external_id, item_key, external_id, position, body, body_length, author_key, author_grade, is_chosen, written_by, speaker, answered_raw, answered_at, votes_up, votes_down, text_sha256, page_sha256, parser_version, mask_version, first_load_id, load_id) OUTPUT inserted.answer_id VALUES (:question_id, :kind, :parent_external_id, :item_key, :external_id, :position, :body, :body_length, :author_key, :author_grade, :is_chosen, :written_by, :speaker, :answered_raw, :answered_at, :votes_up, :votes_down, :text_sha256, :page_sha256, :parser_version, :mask_version, :first_load_id, :load_id)
GO
SELECT answer.answer_id, answer.body
FROM answer
WHERE answer.question_id = :of_question
GO
SELECT answer.answer_id, answer.kind, answer.parent_external_id, answer.item_key, answer.text_sha256, answer.votes_up, answer.votes_down, answer.position, answer.author_key
FROM answer WITH (UPDLOCK, HOLDLOCK)
WHERE answer.question_id = :of_question
GO
UPDATE answer SET body=:body, body_length=:body_length, is_chosen=:is_chosen, written_by=:written_by, speaker=:speaker, votes_up=:votes_up, text_sha256=:text_sha256, page_sha256=:page_sha256, parser_version=:parser_version, mask_version=:mask_version, load_id=:load_id WHERE answer.answer_id = :of_answer
GO
UPDATE answer SET kind=:kind, parent_external_id=:parent_external_id, item_key=:item_key, external_id=:external_id, position=:position, body=:body, body_length=:body_length, is_chosen=:is_chosen, written_by=:written_by, speaker=:speaker, answered_at=:answered_at, votes_up=:votes_up, text_sha256=:text_sha256, parser_version=:parser_version, mask_version=:mask_version WHERE answer.answer_id = :of_answer
GO
UPDATE answer SET votes_up=:votes_up WHERE answer.answer_id = :of_answer
