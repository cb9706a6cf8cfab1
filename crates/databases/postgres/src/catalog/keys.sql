SELECT w.place,
       k.contype = 'p' AS is_primary,
       (
           SELECT pg_catalog.array_agg(a.attname::text ORDER BY p.place)
           FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS p (attnum, place)
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = p.attnum
       ) AS columns,
       n.nspname::text AS schema,
       r.relname::text AS name,
       (
           SELECT pg_catalog.array_agg(a.attname::text ORDER BY p.place)
           FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS p (attnum, place)
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = p.attnum
       ) AS referenced
FROM wanted AS w
JOIN pg_catalog.pg_constraint AS k ON k.conrelid = w.oid
    -- A key that refers to a partitioned table has a copy for each partition.
    AND (k.contype = 'p' OR k.contype = 'f' AND k.conparentid = 0)
LEFT JOIN pg_catalog.pg_class AS r ON r.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
ORDER BY w.place, k.conkey, k.conname
