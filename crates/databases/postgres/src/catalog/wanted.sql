-- The tables asked for. $1: their schemas, NULL for those on the search path; $2: their names.
WITH RECURSIVE wanted AS (
    SELECT w.place,
           c.oid,
           n.nspname::text AS schema,
           c.relname::text AS name,
           c.relkind::text AS kind,
           c.reltuples
    FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]))
         WITH ORDINALITY AS w (schema, name, place)
    JOIN pg_catalog.pg_class AS c ON c.relname = w.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        AND CASE WHEN w.schema IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = w.schema END
    WHERE pg_catalog.has_schema_privilege(n.oid, 'USAGE')
      AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
)
