//! Questions to SQL with no model: lexicon, value index, grammar
