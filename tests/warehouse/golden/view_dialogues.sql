CREATE VIEW dialogues AS
SELECT
    d.dialogue_id AS dialogue_id,
    d.source AS source,
    d.site AS site,
    d.topic AS topic,
    d.url AS url,
    d.asked_at AS asked_at,
    DATEADD(hour, 9, d.asked_at) AS asked_at_kst,
    d.label AS label,
    d.thread AS thread,
    d.turns AS turns,
    d.characters AS characters,
    d.written_by AS written_by,
    d.side AS side,
    d.page_sha256 AS page_sha256,
    d.parser_version AS parser_version,
    d.first_load_id AS first_load_id,
    d.load_id AS load_id
FROM dialogue AS d
