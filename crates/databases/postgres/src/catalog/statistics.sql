-- What ANALYZE found in text columns; rows of the view exist only for columns the role may read.
SELECT w.place,
       s.attname::text AS name,
       s.n_distinct::float8 AS n_distinct,
       w.reltuples::float8 AS rows,
       s.most_common_vals::text::text[] AS common
FROM wanted AS w
JOIN pg_catalog.pg_stats AS s
    ON s.schemaname = w.schema AND s.tablename = w.name AND s.inherited = (w.kind = 'p')
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = w.oid AND a.attname = s.attname
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid AND t.typcategory = 'S'
