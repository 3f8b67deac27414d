CREATE VIEW pages AS
SELECT
    p.page_id AS page_id,
    p.site AS site,
    p.origin AS origin,
    p.url AS url,
    p.final_url AS final_url,
    p.status AS status,
    p.kind AS kind,
    p.layout AS layout,
    p.parser_version AS parser_version,
    p.fetched_by AS fetched_by,
    p.fetched_at AS fetched_at,
    DATEADD(hour, 9, p.fetched_at) AS fetched_at_kst,
    p.sha256 AS sha256,
    p.body_bytes AS body_bytes,
    p.erased_at AS erased_at,
    p.load_id AS load_id
FROM page AS p
