-- What the role may do beyond reading.
SELECT r.rolsuper AS superuser,
       (
           SELECT pg_catalog.array_agg(g.rolname::text ORDER BY g.rolname)
           FROM pg_catalog.pg_roles AS g
           WHERE g.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
             AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER')
       ) AS server_roles,
       (
           SELECT pg_catalog.count(*)
           FROM pg_catalog.pg_class AS c
           JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'p', 'f')
             AND n.nspname::text NOT LIKE 'pg\_%'
             AND n.nspname <> 'information_schema'
             AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
             AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
       ) AS changeable
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = current_user
