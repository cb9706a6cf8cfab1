-- What the rest of a question's usage is: calls that no model answered, calls that another one answered than the first,
-- tokens that went into the provider's cache, and the cost in millionths of a millionth of a dollar, NULL where the price
-- of some tokens is not known.
ALTER TABLE history ADD COLUMN unanswered_calls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE history ADD COLUMN stand_in_calls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE history ADD COLUMN cache_write_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE history ADD COLUMN cost_picodollars INTEGER;
