CREATE TABLE things ( -- Things that are quick to count
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, -- What it is called
    weight REAL -- In kilograms
);
INSERT INTO things (name, weight) VALUES
    ('Anvil', 45.5), ('Brick', 3.2), ('Cup', 0.3), ('Drum', 9.0), ('Egg', NULL);

-- Counting the rows of this view would take hours.
CREATE VIEW slow_numbers AS
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000000000)
SELECT n FROM numbers;

CREATE VIEW broken_report AS SELECT id, total FROM monthly_totals;
