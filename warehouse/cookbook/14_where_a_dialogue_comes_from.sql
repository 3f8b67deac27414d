-- Where does a dialogue come from: which page, read when, by which parser, in which load?
-- 이 대화는 어느 페이지에서 왔나?
--
-- An imported dialogue has no page. Where erased_at is set, the raw page has expired or was taken down.
-- :dialogue_id = 0123456789abcdef
SELECT d.dialogue_id, d.source, d.turns, d.side, p.url, p.fetched_at_kst, p.parser_version, p.erased_at,
       l.load_id, l.command
FROM dialogues AS d
LEFT JOIN pages AS p ON p.sha256 = d.page_sha256
LEFT JOIN loads AS l ON l.load_id = d.load_id
WHERE d.dialogue_id = :dialogue_id
ORDER BY p.fetched_at_kst
