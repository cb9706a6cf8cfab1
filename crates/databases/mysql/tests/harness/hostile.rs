use sqlatte_guard::Dialect;
use sqlatte_testkit::database::hostile_corpus;

/// Statements that would change something, or read what nobody should.
pub(crate) fn statements(database: &str, file: &str) -> Vec<String> {
    let own = [
        "DELETE FROM clients",
        "UPDATE clients SET name = 'x'",
        "INSERT INTO clients VALUES (9, 'x', 'y')",
        "INSERT INTO clients VALUES (9, 'x', 'y') RETURNING *",
        "REPLACE INTO clients VALUES (1, 'x', 'y')",
        "WITH x AS (SELECT 1) DELETE FROM clients",
        "DROP TABLE sales",
        "TRUNCATE sales",
        "CREATE TABLE x (a INT)",
        "CREATE TEMPORARY TABLE x AS SELECT * FROM clients",
        "CREATE VIEW x AS SELECT 1",
        "CREATE FUNCTION x() RETURNS INT RETURN 1",
        "CREATE DATABASE {db}_x",
        "ALTER TABLE clients ADD COLUMN x INT",
        "RENAME TABLE clients TO x",
        "ANALYZE TABLE clients",
        "OPTIMIZE TABLE clients",
        "REPAIR TABLE clients",
        "FLUSH TABLES WITH READ LOCK",
        "LOCK TABLES clients WRITE",
        "SELECT * FROM clients FOR UPDATE",
        "SELECT * FROM clients LOCK IN SHARE MODE",
        "SELECT GET_LOCK('{db}', 0)",
        "HANDLER clients OPEN",
        "DO SLEEP(0)",
        "SET GLOBAL max_connections = 99",
        "SET GLOBAL general_log = 1",
        "SET SESSION sql_mode = 'ANSI_QUOTES'",
        "SET PASSWORD = 'x'",
        "SET ROLE ALL",
        "SET SESSION TRANSACTION READ WRITE",
        "SET @x = 1",
        "SELECT 1 INTO @x",
        "SELECT @x := 1",
        "USE mysql",
        "COMMIT",
        "ROLLBACK",
        "BEGIN",
        "XA START 'x'",
        "PREPARE x FROM 'DELETE FROM clients'",
        "EXECUTE IMMEDIATE 'DELETE FROM clients'",
        "CREATE USER {db}_y",
        "GRANT ALL ON *.* TO {db}@'%'",
        "KILL 1",
        "SHUTDOWN",
        "INSTALL PLUGIN x SONAME 'x'",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE clients",
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE clients",
        "SELECT * FROM clients INTO OUTFILE '{file}'",
        "SELECT 'x' INTO DUMPFILE '{file}'",
        "SELECT LOAD_FILE('/etc/passwd')",
        "SELECT SLEEP(100)",
        "SELECT BENCHMARK(1000000000000, SHA2('x', 512))",
        "SELECT 1; DROP TABLE sales",
        "SELECT 1; SELECT 2",
        "; DROP TABLE sales",
        "/*! DROP TABLE sales */",
        "SELECT 1 /*! ; DROP TABLE sales */",
        "/*M! DROP TABLE sales */",
        "SELECT 'a\\\\' AS x, '; DROP TABLE sales; -- ' AS y",
        "SELECT * FROM clients WHERE name = ?",
        "SELECT * FROM clients WHERE name = :name",
        "SELECT * FROM mysql.user",
        "SELECT REPEAT('x', 1000000000)",
        "CALL sys.diagnostics(1, 1, 'current')",
        "EXPLAIN ANALYZE SELECT SLEEP(100)",
        "ANALYZE FORMAT=JSON SELECT SLEEP(100)",
        "",
        "-- nothing",
        "\0",
    ];
    let mut statements = hostile_corpus(Dialect::Mysql);
    statements.extend(own.iter().map(|sql| sql.replace("{db}", database).replace("{file}", file)));
    statements
}

/// What to read to see that nothing has changed. Other tests make databases and users of their own meanwhile.
pub(crate) fn state(database: &str) -> Vec<String> {
    let ours = "LIKE 'sqlatte\\_test\\_%'";
    let variables = "'max_connections', 'general_log', 'slow_query_log', 'sql_mode', 'local_infile', \
                     'read_only', \
                     'event_scheduler', 'autocommit', 'tx_read_only', 'transaction_read_only', 'time_zone', \
                     'max_statement_time', 'max_execution_time', 'secure_file_priv', 'init_connect', \
                     'tx_isolation'";
    vec![
        "SELECT * FROM clients ORDER BY id".to_owned(),
        "SELECT * FROM sales ORDER BY id".to_owned(),
        "SELECT * FROM sorts".to_owned(),
        "SHOW FULL TABLES".to_owned(),
        "SHOW CREATE TABLE clients".to_owned(),
        "SHOW CREATE TABLE sales".to_owned(),
        format!("SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '{database}'"),
        format!("SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '{database}'"),
        format!("SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '{database}'"),
        format!(
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE NOT SCHEMA_NAME {ours} ORDER BY 1"
        ),
        format!(
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '{database}%' ORDER \
             BY 1"
        ),
        format!(
            "SELECT User, Host FROM mysql.user WHERE NOT User {ours} AND NOT User LIKE 'few%' ORDER BY 1, 2"
        ),
        format!("SELECT User, Host FROM mysql.user WHERE User LIKE '{database}%' ORDER BY 1, 2"),
        format!("SHOW GRANTS FOR `{database}`@'%'"),
        format!("SHOW GLOBAL VARIABLES WHERE Variable_name IN ({variables})"),
        // A test of logins installs this one.
        "SELECT PLUGIN_NAME FROM information_schema.PLUGINS WHERE PLUGIN_NAME <> 'ed25519' ORDER BY 1"
            .to_owned(),
        format!("SELECT IS_FREE_LOCK('{database}')"),
    ]
}
