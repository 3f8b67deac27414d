SELECT dialogue.dialogue_id, dialogue.text_sha256
FROM staged_dialogue JOIN dialogue WITH (UPDLOCK, HOLDLOCK) ON dialogue.dialogue_id = staged_dialogue.dialogue_id
WHERE staged_dialogue.batch = :batch_1
GO
UPDATE dialogue SET source=staged_dialogue.source, site=staged_dialogue.site, topic=staged_dialogue.topic, url=(staged_dialogue.url + replicate(CAST(' ' AS NVARCHAR(max)), staged_dialogue.url_spaces)), asked_at=CAST(staged_dialogue.asked_at AS DATETIME2(6)), label=staged_dialogue.label, thread=staged_dialogue.thread, turns=staged_dialogue.turns, characters=staged_dialogue.characters, written_by=staged_dialogue.written_by, text_sha256=staged_dialogue.text_sha256, page_sha256=staged_dialogue.page_sha256, parser_version=staged_dialogue.parser_version, load_id=staged_dialogue.load_id FROM dialogue, staged_dialogue WHERE staged_dialogue.batch = :batch_1 AND staged_dialogue.dialogue_id = dialogue.dialogue_id AND staged_dialogue.text_sha256 != dialogue.text_sha256
GO
DELETE FROM turn WHERE turn.dialogue_id IN (SELECT staged_turn.dialogue_id
FROM staged_turn
WHERE staged_turn.batch = :batch_1)
GO
INSERT INTO dialogue (dialogue_id, source, source_key, site, topic, url, asked_at, label, thread, turns, characters, written_by, text_sha256, page_sha256, parser_version, first_load_id, load_id) SELECT staged.dialogue_id, staged.source, staged.source_key + replicate(CAST(' ' AS NVARCHAR(max)), staged.source_key_spaces) AS anon_1, staged.site, staged.topic, staged.url + replicate(CAST(' ' AS NVARCHAR(max)), staged.url_spaces) AS anon_2, CAST(staged.asked_at AS DATETIME2(6)) AS asked_at, staged.label, staged.thread, staged.turns, staged.characters, staged.written_by, staged.text_sha256, staged.page_sha256, staged.parser_version, staged.first_load_id, staged.load_id
FROM (SELECT staged_dialogue.staged_id AS staged_id, staged_dialogue.batch AS batch, staged_dialogue.dialogue_id AS dialogue_id, staged_dialogue.source AS source, staged_dialogue.source_key AS source_key, staged_dialogue.source_key_spaces AS source_key_spaces, staged_dialogue.site AS site, staged_dialogue.topic AS topic, staged_dialogue.url AS url, staged_dialogue.url_spaces AS url_spaces, staged_dialogue.asked_at AS asked_at, staged_dialogue.label AS label, staged_dialogue.thread AS thread, staged_dialogue.turns AS turns, staged_dialogue.characters AS characters, staged_dialogue.written_by AS written_by, staged_dialogue.text_sha256 AS text_sha256, staged_dialogue.page_sha256 AS page_sha256, staged_dialogue.parser_version AS parser_version, staged_dialogue.first_load_id AS first_load_id, staged_dialogue.load_id AS load_id, row_number() OVER (PARTITION BY staged_dialogue.dialogue_id ORDER BY staged_dialogue.staged_id) AS copy
FROM staged_dialogue
WHERE staged_dialogue.batch = :batch_1) AS staged
WHERE staged.copy = :copy_1 AND NOT (EXISTS (SELECT 1
FROM dialogue AS there WITH (UPDLOCK, HOLDLOCK)
WHERE there.dialogue_id = staged.dialogue_id))
GO
INSERT INTO turn (dialogue_id, position, load_id, role, content, author_key) SELECT staged.dialogue_id, staged.position, staged.load_id, staged.role, staged.content + replicate(CAST(' ' AS NVARCHAR(max)), staged.content_spaces) AS anon_1, staged.author_key
FROM (SELECT staged_turn.staged_id AS staged_id, staged_turn.batch AS batch, staged_turn.dialogue_id AS dialogue_id, staged_turn.position AS position, staged_turn.load_id AS load_id, staged_turn.role AS role, staged_turn.content AS content, staged_turn.content_spaces AS content_spaces, staged_turn.author_key AS author_key, row_number() OVER (PARTITION BY staged_turn.dialogue_id, staged_turn.position ORDER BY staged_turn.staged_id) AS copy
FROM staged_turn
WHERE staged_turn.batch = :batch_1) AS staged
WHERE staged.copy = :copy_1 AND NOT (EXISTS (SELECT 1
FROM turn AS there WITH (UPDLOCK, HOLDLOCK)
WHERE there.dialogue_id = staged.dialogue_id AND there.position = staged.position))
