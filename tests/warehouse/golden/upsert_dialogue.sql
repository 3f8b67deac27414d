DELETE FROM turn WHERE turn.dialogue_id = :of_dialogue
GO
INSERT INTO dialogue (dialogue_id, source, source_key, site, topic, url, asked_at, label, thread, turns, characters, written_by, text_sha256, page_sha256, parser_version, first_load_id, load_id) VALUES (:dialogue_id, :source, :source_key, :site, :topic, :url, :asked_at, :label, :thread, :turns, :characters, :written_by, :text_sha256, :page_sha256, :parser_version, :first_load_id, :load_id)
GO
INSERT INTO turn (dialogue_id, position, load_id, role, content, author_key) VALUES (:dialogue_id, :position, :load_id, :role, :content, :author_key)
GO
SELECT dialogue.dialogue_id, dialogue.text_sha256
FROM dialogue WITH (UPDLOCK, HOLDLOCK)
WHERE dialogue.dialogue_id IN (:dialogue_id_1_1)
GO
UPDATE dialogue SET source=:source, site=:site, topic=:topic, url=:url, asked_at=:asked_at, label=:label, thread=:thread, turns=:turns, characters=:characters, written_by=:written_by, text_sha256=:text_sha256, page_sha256=:page_sha256, parser_version=:parser_version, load_id=:load_id WHERE dialogue.dialogue_id = :of_dialogue
