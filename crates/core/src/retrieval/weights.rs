/// How much each kind of evidence counts.
///
/// The values were tuned on questions over 84 databases, to find all needed tables among the first 10 and 20.
/// Weights of fields and meanings multiply; those named after `scale` are shares of the best schema's evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weights {
    /// A word of the table's name.
    pub(super) name: f32,
    /// How much less each word of a longer name says: a power of its words.
    pub(super) name_length: f32,
    /// A word of a column's name.
    pub(super) column: f32,
    /// As `name_length`, for columns.
    pub(super) column_length: f32,
    /// Two words of a name side by side, against one.
    pub(super) pair: f32,
    /// A known word inside a longer one, against a word of its own.
    pub(super) part: f32,
    /// A word of a sample value.
    pub(super) value: f32,
    /// A word of a comment.
    pub(super) comment: f32,
    /// A word of the schema's name.
    pub(super) schema_name: f32,
    /// How soon more of the same says nothing new.
    pub(super) saturation: f32,
    /// Another word for the same thing.
    pub(super) synonym: f32,
    /// A word that this one leads to.
    pub(super) lead: f32,
    /// Another form of the word.
    pub(super) stem: f32,
    /// A word that begins alike.
    pub(super) alike: f32,
    /// A shortened word.
    pub(super) short: f32,
    /// A word that begins with this one.
    pub(super) compound: f32,
    /// A misspelt word.
    pub(super) misspelt: f32,
    /// Two or three words of the question side by side, against one.
    pub(super) phrase: f32,
    /// A word that many columns have, against one that names a thing.
    pub(super) vague: f32,
    /// A proper name, which asks for columns of names.
    pub(super) proper_name: f32,
    /// "About" something, which asks for tables of topics.
    pub(super) topic: f32,
    /// "By" or "with" a proper name, which asks for tables of those who do things.
    pub(super) doer: f32,
    /// How much less rare a word is for the tables that hold only something like it: a power of the likeness.
    pub(super) rarity: f32,
    /// A table's name that the question says whole.
    pub(super) whole_name: f32,
    /// The best table that a key leads to.
    pub(super) neighbour: f32,
    /// The second best.
    pub(super) second_neighbour: f32,
    /// What the tables of the schema explain together.
    pub(super) schema: f32,
    /// The share of that taken from how rare words are among schemas, not among tables.
    pub(super) schema_rarity: f32,
    /// How much more the schemas that explain most are preferred: a power.
    pub(super) schema_sharpness: f32,
    /// The schema's best table.
    pub(super) schema_best: f32,
    /// `scale`: less for each logarithm of the schema's tables.
    pub(super) schema_size: f32,
    /// `scale`: the few tables that explain the question together, before the rest of their schema.
    pub(super) needed: f32,
    /// What such a table adds to those before it.
    pub(super) addition: f32,
    /// `scale`: the least such an addition.
    pub(super) least_addition: f32,
    /// `scale`: a table that joins two of them.
    pub(super) bridge: f32,
    /// `scale`: how far behind the two tables it joins a table may stand.
    pub(super) behind: f32,
    /// `scale`: what the caller knows besides the words.
    pub(super) prior: f32,
}

pub(super) const WEIGHTS: Weights = Weights {
    name: 3.6,
    name_length: 1.39,
    column: 1.6,
    column_length: 0.9,
    pair: 0.294,
    part: 2.1,
    value: 0.7,
    comment: 0.5,
    schema_name: 0.834,
    saturation: 0.765,
    synonym: 0.45,
    lead: 0.404,
    stem: 0.62,
    alike: 0.97,
    short: 0.7,
    compound: 0.673,
    misspelt: 0.95,
    phrase: 0.255,
    vague: 0.7,
    proper_name: 0.372,
    topic: 0.6,
    doer: 0.4,
    rarity: 2.43,
    whole_name: 0.175,
    neighbour: 0.214,
    second_neighbour: 0.152,
    schema: 0.903,
    schema_rarity: 0.288,
    schema_sharpness: 0.5,
    schema_best: 0.3,
    schema_size: 0.0486,
    needed: 0.243,
    addition: 0.37,
    least_addition: 0.033,
    bridge: 0.201,
    behind: 0.15,
    prior: 0.5,
};
