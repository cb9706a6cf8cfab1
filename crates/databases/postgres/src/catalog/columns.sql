-- Domains, and the types they stand on in the end.
, domains AS (
    SELECT t.oid, t.typbasetype AS base FROM pg_catalog.pg_type AS t WHERE t.typtype = 'd'
    UNION ALL
    SELECT d.oid, t.typbasetype FROM domains AS d JOIN pg_catalog.pg_type AS t ON t.oid = d.base AND t.typtype = 'd'
)
SELECT w.place,
       a.attname::text AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS database_type,
       NOT (a.attnotnull OR t.typnotnull) AS nullable,
       CASE a.attgenerated WHEN '' THEN pg_catalog.pg_get_expr(f.adbin, f.adrelid) END AS default,
       pg_catalog.col_description(w.oid, a.attnum) AS comment,
       b.oid AS base,
       b.typname::text AS base_name,
       b.typcategory::text AS category,
       b.typtype = 'c' AS is_composite,
       (
           SELECT pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
           FROM pg_catalog.pg_enum AS e
           WHERE e.enumtypid = CASE b.typcategory WHEN 'A' THEN b.typelem ELSE b.oid END
       ) AS labels
FROM wanted AS w
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS f ON f.adrelid = w.oid AND f.adnum = a.attnum
LEFT JOIN (
    domains AS d JOIN pg_catalog.pg_type AS s ON s.oid = d.base AND s.typtype <> 'd'
) ON d.oid = t.oid
JOIN pg_catalog.pg_type AS b ON b.oid = COALESCE(d.base, t.oid)
WHERE pg_catalog.has_column_privilege(w.oid, a.attnum, 'SELECT')
ORDER BY w.place, a.attnum
