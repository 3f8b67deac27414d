CREATE VIEW metrics AS
SELECT
    m.evaluation_id AS evaluation_id,
    m.name AS name,
    m.value AS value,
    m.low AS low,
    m.high AS high
FROM metric AS m
