-- Tables the role may read. $1: the schemas to look into, empty for all but the system's own.
SELECT n.nspname::text AS schema,
       c.relname::text AS name,
       c.relkind::text AS kind,
       pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
       -- A partitioned table has as many rows as its partitions; -1 is a table nobody has looked at yet.
       CASE c.relkind
           WHEN 'p' THEN (
               SELECT pg_catalog.sum(l.reltuples) FILTER (WHERE l.reltuples >= 0)
               FROM pg_catalog.pg_partition_tree(c.oid) AS p
               JOIN pg_catalog.pg_class AS l ON l.oid = p.relid
               WHERE p.isleaf
           )
           WHEN 'v' THEN NULL
           ELSE c.reltuples
       END::float8 AS rows
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  -- A partition is a part of its table.
  AND NOT c.relispartition
  AND CASE
          WHEN pg_catalog.cardinality($1::text[]) > 0 THEN n.nspname::text = ANY ($1)
          ELSE n.nspname::text NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
      END
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
  -- What an extension brought along is its own business.
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
