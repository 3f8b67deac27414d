-- Which pages could not be used, and why?
-- 쓰지 못한 페이지는 왜, 얼마나 있나?
--
-- mundap crawl --retry set_aside asks for them once more.
SELECT site, reason_code, SUM(pages) AS pages, MAX(newest_at_kst) AS newest_at_kst, MAX(reason) AS such_as
FROM set_aside_pages
GROUP BY site, reason_code
ORDER BY pages DESC, site, reason_code
