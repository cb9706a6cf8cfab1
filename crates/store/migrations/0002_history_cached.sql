-- Whether the question was read, or its rows were, from memory.
ALTER TABLE history ADD COLUMN cached INTEGER NOT NULL DEFAULT 0 CHECK (cached IN (0, 1));
