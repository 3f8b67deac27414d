CREATE VIEW turns AS
SELECT
    t.dialogue_id AS dialogue_id,
    t.position AS position,
    t.role AS role,
    t.content AS content,
    t.author_key AS author_key,
    t.load_id AS load_id
FROM turn AS t
