use sqlatte_guard::Dialect;
use sqlatte_testkit::database::hostile_corpus;

use super::quote;

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

/// What to read to see that nothing has changed: all of `tables`, each with its type, and what the server has besides.
/// Other tests make databases and users of their own meanwhile.
pub(crate) fn state(database: &str, tables: &[(String, String)], is_mariadb: bool) -> Vec<String> {
    // MySQL's own list of processes cannot be read while a statement holds what its character set lacks.
    let (sessions, id, user) = if is_mariadb {
        ("information_schema.PROCESSLIST", "ID", "USER")
    } else {
        ("performance_schema.threads", "PROCESSLIST_ID", "PROCESSLIST_USER")
    };
    let ours = "LIKE 'sqlatte\\_%'";
    let of_tests = "(User LIKE 'sqlatte\\_%' OR User LIKE 'few%' OR User REGEXP '^r[0-9a-f]{12}$')";
    let mut queries = Vec::new();
    for (name, kind) in tables {
        let name = quote(name);
        queries.push(format!("SHOW CREATE TABLE {name}"));
        match kind.as_str() {
            "BASE TABLE" => queries.push(format!("CHECKSUM TABLE {name}")),
            "SEQUENCE" => queries.push(format!("SELECT next_not_cached_value FROM {name}")),
            _ => {}
        }
    }
    let of_database = |columns: &str, of: &str, schema: &str| {
        format!("SELECT {columns} FROM information_schema.{of} WHERE {schema} = '{database}' ORDER BY 1")
    };
    queries.extend([
        of_database("ROUTINE_NAME, ROUTINE_TYPE, ROUTINE_DEFINITION", "ROUTINES", "ROUTINE_SCHEMA"),
        of_database("EVENT_NAME, EVENT_DEFINITION", "EVENTS", "EVENT_SCHEMA"),
        of_database("TRIGGER_NAME, ACTION_STATEMENT", "TRIGGERS", "TRIGGER_SCHEMA"),
        format!(
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA
             WHERE NOT SCHEMA_NAME {ours} OR SCHEMA_NAME LIKE '{database}%' ORDER BY 1"
        ),
        format!(
            "SELECT User, Host FROM mysql.user WHERE NOT {of_tests} OR User LIKE '{database}%' ORDER BY 1, 2"
        ),
        format!("SHOW CREATE USER `{database}`@'%'"),
        format!("SHOW GRANTS FOR `{database}`@'%'"),
        // Without what the server counts.
        "SHOW GLOBAL VARIABLES WHERE Variable_name NOT LIKE 'gtid%' AND Variable_name NOT LIKE 'innodb_buffer%'"
            .to_owned(),
        // A test of logins installs this one.
        "SELECT PLUGIN_NAME FROM information_schema.PLUGINS WHERE PLUGIN_NAME <> 'ed25519' ORDER BY 1".to_owned(),
        // A lock of this user's; other tests may have some of that name.
        format!(
            "SELECT {id} FROM {sessions} WHERE {user} = '{database}'
             AND {id} IN (IS_USED_LOCK('{database}'), IS_USED_LOCK('x'), IS_USED_LOCK('a'))"
        ),
    ]);
    queries
}

/// Changes of all that [`state`] reads.
pub(crate) fn changes(database: &str) -> Vec<String> {
    let changes = [
        "INSERT INTO t (id) VALUES (77)",
        "UPDATE t SET a = 77 WHERE id = 77",
        "DELETE FROM t WHERE id = 77",
        "CREATE TABLE made (a INT AUTO_INCREMENT PRIMARY KEY)",
        "INSERT INTO made VALUES (1)",
        "DELETE FROM made",
        "ALTER TABLE made ADD COLUMN b INT",
        "ALTER TABLE made COMMENT 'x'",
        "CREATE VIEW seen AS SELECT 1 AS a",
        "CREATE OR REPLACE VIEW seen AS SELECT 2 AS a",
        "CREATE FUNCTION g() RETURNS INT RETURN 1",
        "CREATE TRIGGER watch BEFORE INSERT ON made FOR EACH ROW SET @x = 1",
        "CREATE EVENT once ON SCHEDULE AT '2037-01-01' DO DELETE FROM t",
        "CREATE DATABASE {db}_made",
        "DROP DATABASE {db}_made",
        "CREATE USER {db}_z",
        "DROP USER {db}_z",
        "GRANT INSERT ON {db}.t TO `{db}`@'%'",
        "ALTER USER `{db}`@'%' PASSWORD EXPIRE NEVER",
    ];
    changes.map(|sql| sql.replace("{db}", database)).to_vec()
}

/// What a session carries on: its variables, and those of users that hostile statements set.
pub(crate) fn session(is_mariadb: bool) -> Vec<String> {
    let variables = if is_mariadb {
        "information_schema.SESSION_VARIABLES"
    } else {
        "performance_schema.session_variables"
    };
    vec![
        // The clock, the statement's own time limit, and what counts on by itself.
        format!(
            "SELECT VARIABLE_NAME, VARIABLE_VALUE FROM {variables} WHERE VARIABLE_NAME NOT IN
             ('timestamp', 'max_statement_time', 'max_execution_time', 'pseudo_thread_id', 'statement_id', 'rand_seed1', 'rand_seed2')
             AND VARIABLE_NAME NOT LIKE 'gtid%' ORDER BY 1"
        ),
        "SELECT @a, @b, @x, @y".to_owned(),
        "SELECT LAST_INSERT_ID(), DATABASE(), CURRENT_ROLE()".to_owned(),
    ]
}
