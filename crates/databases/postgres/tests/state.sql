-- Rows of all tables and positions of all sequences, whatever they are called.
SELECT 'rows ' || oid::regclass || ' '
       || query_to_xml('SELECT * FROM ' || oid::regclass || ' AS r ORDER BY r::text', true, true, '')::text
    FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND oid >= 16384 AND relnamespace = 'public'::regnamespace
UNION ALL SELECT 'sequence ' || oid::regclass || ' '
       || query_to_xml('SELECT last_value, is_called FROM ' || oid::regclass, true, true, '')::text
    FROM pg_class WHERE relkind = 'S'
UNION ALL SELECT 'relation ' || oid::regclass || relkind::text || relpersistence::text || relnatts
       || relrowsecurity || coalesce(relacl::text, '')
    FROM pg_class WHERE relnamespace <> 'pg_toast'::regnamespace
UNION ALL SELECT 'view ' || viewname || definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT 'function ' || oid::regprocedure || prosrc || coalesce(proacl::text, '') FROM pg_proc WHERE oid >= 16384
UNION ALL SELECT 'type ' || oid::regtype FROM pg_type WHERE oid >= 16384
UNION ALL SELECT 'schema ' || nspname || coalesce(nspacl::text, '') FROM pg_namespace
UNION ALL SELECT 'comment ' || description FROM pg_description WHERE objoid >= 16384
UNION ALL SELECT 'extension ' || extname FROM pg_extension
UNION ALL SELECT 'language ' || lanname FROM pg_language
UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger
UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
UNION ALL SELECT 'policy ' || polname FROM pg_policy
UNION ALL SELECT 'publication ' || pubname FROM pg_publication
UNION ALL SELECT 'collations ' || count(*) FROM pg_collation
UNION ALL SELECT 'large object ' || oid || coalesce(
       (SELECT md5(string_agg(data, ''::bytea ORDER BY pageno)) FROM pg_largeobject AS p WHERE p.loid = o.oid), '')
    FROM pg_largeobject_metadata AS o
UNION ALL SELECT 'lock ' || classid || ' ' || objid || ' ' || mode FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
UNION ALL SELECT 'prepared ' || gid FROM pg_prepared_xacts
UNION ALL SELECT 'slot ' || slot_name FROM pg_replication_slots
UNION ALL SELECT 'origin ' || roname FROM pg_replication_origin
UNION ALL SELECT 'setting ' || name || '=' || setting FROM pg_settings WHERE name <> 'transaction_timeout'
UNION ALL SELECT 'file setting ' || name || '=' || setting FROM pg_file_settings
-- Other tests make and drop databases and roles beside this one.
UNION ALL SELECT 'role ' || to_jsonb(r)::text FROM pg_authid AS r
    WHERE rolname !~ '^(sqlatte_.*|r[0-9a-f]{12})$' OR rolname = current_database()
UNION ALL SELECT 'role setting ' || setconfig::text FROM pg_db_role_setting
    WHERE setrole = current_database()::regrole
       OR setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
UNION ALL SELECT 'database ' || datname || coalesce(datacl::text, '') FROM pg_database
    WHERE datname NOT LIKE 'sqlatte\_%' OR datname = current_database()
UNION ALL SELECT 'tablespace ' || spcname FROM pg_tablespace
UNION ALL SELECT 'file ' || f FROM pg_ls_dir('.') AS f WHERE f NOT LIKE 'pgsql_tmp%'
ORDER BY 1
