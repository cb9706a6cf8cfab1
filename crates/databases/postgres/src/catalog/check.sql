-- Whether there is anything to read. $1: the schemas to look into, empty for all but the system's own.
SELECT (
           SELECT pg_catalog.array_agg(s.name)
           FROM pg_catalog.unnest($1::text[]) AS s (name)
           WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = s.name)
       ) AS missing,
       pg_catalog.count(*) AS tables,
       pg_catalog.count(*) FILTER (
           WHERE pg_catalog.has_schema_privilege(n.oid, 'USAGE')
             AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
       ) AS readable
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND CASE
          WHEN pg_catalog.cardinality($1) > 0 THEN n.nspname::text = ANY ($1)
          ELSE n.nspname::text NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
      END
  -- What an extension brought along is nothing anybody asks for.
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
