-- Where does a dialogue come from: which page, read when, by which parser, in which load?
-- 이 대화는 어느 페이지에서 왔나?
--
-- load_id is the load that paired or imported it, page_load_id the crawl that fetched its page. An imported dialogue has
-- no page: there load_id is the import. Where erased_at is set, the raw page has expired or was taken down. Of pages with
-- the same bytes the first one fetched is shown.
-- :dialogue_id = 0123456789abcdef
SELECT d.dialogue_id, d.source, d.turns, d.side, p.url, p.fetched_at_kst, p.parser_version, p.erased_at,
       p.load_id AS page_load_id, c.command AS page_command, l.load_id, l.command
FROM dialogues AS d
LEFT JOIN pages AS p ON p.page_id = (SELECT MIN(x.page_id) FROM pages AS x WHERE x.sha256 = d.page_sha256)
LEFT JOIN loads AS c ON c.load_id = p.load_id
LEFT JOIN loads AS l ON l.load_id = d.load_id
WHERE d.dialogue_id = :dialogue_id
