-- Times are integer microseconds since 1970 UTC, ids the 16 bytes of a UUIDv7: both compare and index as they
-- are, in half the space of text. `folded` is what a search looks at: the texts in one letter case.

CREATE TABLE sessions (
    owner        TEXT    NOT NULL PRIMARY KEY,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_last_seen ON sessions (last_seen_at);

-- `seq` is the order in which messages were said; two may bear the same time.
CREATE TABLE messages (
    seq        INTEGER PRIMARY KEY,
    owner      TEXT    NOT NULL,
    speaker    TEXT    NOT NULL CHECK (speaker IN ('user', 'assistant')),
    text       TEXT    NOT NULL,
    sql        TEXT,
    query_id   BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX messages_by_owner ON messages (owner, seq);

CREATE TABLE history (
    id            BLOB    NOT NULL PRIMARY KEY,
    owner         TEXT    NOT NULL,
    question      TEXT,
    sql           TEXT,
    folded        TEXT    NOT NULL,
    status        TEXT    NOT NULL CHECK (status IN ('answered', 'replied', 'failed', 'cancelled')),
    tables        TEXT    NOT NULL CHECK (json_valid(tables)),
    row_count     INTEGER,
    error_code    TEXT,
    error_message TEXT,
    total_us      INTEGER NOT NULL,
    llm_us        INTEGER NOT NULL,
    database_us   INTEGER NOT NULL,
    llm_calls     INTEGER NOT NULL,
    input_tokens  INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX history_by_owner ON history (owner, created_at, id);

-- `query_id` is the entry a favourite was saved from; the entry may be gone.
CREATE TABLE favorites (
    id         BLOB    NOT NULL PRIMARY KEY,
    owner      TEXT    NOT NULL,
    query_id   BLOB,
    name       TEXT    NOT NULL,
    question   TEXT,
    sql        TEXT    NOT NULL,
    folded     TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX favorites_by_owner ON favorites (owner, created_at, id);
CREATE INDEX favorites_by_entry ON favorites (owner, query_id);

CREATE TABLE feedback (
    query_id      BLOB    NOT NULL PRIMARY KEY REFERENCES history (id) ON DELETE CASCADE,
    rating        TEXT    NOT NULL CHECK (rating IN ('up', 'down')),
    comment       TEXT,
    corrected_sql TEXT,
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
