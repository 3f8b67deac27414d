CREATE VIEW set_aside_pages AS
SELECT
    f.site AS site,
    f.topic AS topic,
    f.origin AS origin,
    COALESCE(f.reason_code, 'other') AS reason_code,
    MAX(f.reason) AS reason,
    COUNT(*) AS pages,
    MAX(f.visited_at) AS newest_at,
    DATEADD(hour, 9, MAX(f.visited_at)) AS newest_at_kst
FROM frontier AS f WHERE f.state = 'set_aside'
GROUP BY f.site, f.topic, f.origin, COALESCE(f.reason_code, 'other')
