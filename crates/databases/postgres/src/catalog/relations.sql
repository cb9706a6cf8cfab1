SELECT w.place,
       w.schema,
       w.name,
       w.kind,
       pg_catalog.obj_description(w.oid, 'pg_class') AS comment,
       CASE w.kind
           WHEN 'p' THEN (
               SELECT pg_catalog.sum(l.reltuples) FILTER (WHERE l.reltuples >= 0)
               FROM pg_catalog.pg_partition_tree(w.oid) AS p
               JOIN pg_catalog.pg_class AS l ON l.oid = p.relid
               WHERE p.isleaf
           )
           WHEN 'v' THEN NULL
           ELSE w.reltuples
       END::float8 AS rows,
       (
           SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
           FROM pg_catalog.pg_partitioned_table AS p
           CROSS JOIN pg_catalog.unnest(p.partattrs::smallint[]) WITH ORDINALITY AS k (attnum, place)
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = k.attnum
           WHERE p.partrelid = w.oid
       ) AS partitioned_by
FROM wanted AS w
ORDER BY w.place
