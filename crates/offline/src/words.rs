//! The closed words of English questions.

mod closed;
mod filler;

pub(crate) use self::{closed::is_closed, filler::is_filler};
use crate::query::{Comparison, Function};

/// Stems of verbs that only say that two things belong together.
pub(crate) fn is_linking_verb(stem: &str) -> bool {
    matches!(
        stem,
        "involv"
            | "participat"
            | "participant"
            | "fil"
            | "host"
            | "provid"
            | "teach"
            | "play"
            | "publish"
            | "writ"
            | "writt"
            | "correspond"
            | "associat"
            | "relat"
            | "includ"
            | "enrol"
            | "enroll"
            | "attend"
            | "register"
            | "tak"
            | "took"
            | "taken"
            | "hav"
            | "own"
            | "hold"
            | "held"
            | "us"
            | "serv"
            | "produc"
            | "direct"
            | "perform"
            | "climb"
            | "mak"
            | "mad"
            | "joi"
            | "join"
            | "belong"
            | "live"
            | "work"
            | "contain"
            | "receiv"
            | "giv"
            | "gav"
            | "contribut"
            | "compos"
            | "studi"
            | "study"
            | "stud"
            | "major"
            | "visit"
            | "assign"
            | "appear"
            | "star"
            | "act"
            | "compet"
            | "win"
            | "won"
            | "stor"
            | "hous"
            | "creat"
            | "submit"
            | "record"
            | "affiliat"
            | "list"
            | "feature"
            | "featur"
            | "run"
            | "op"
            | "open"
            | "locat"
            | "offer"
            | "affect"
            | "employ"
            | "rent"
            | "book"
            | "treat"
            | "prescrib"
            | "complet"
            | "pass"
            | "undergo"
            | "operat"
            | "cover"
            | "sing"
            | "sang"
            | "author"
            | "sign"
            | "appoint"
            | "liv"
            | "wrot"
            | "wrote"
            | "write"
    )
}

/// Grammar words for which typing errors are forgiven.
pub(crate) const GRAMMAR_WORDS: &[&str] = &[
    "average",
    "highest",
    "lowest",
    "between",
    "without",
    "number",
    "month",
    "monthly",
    "quarter",
    "percentage",
    "expensive",
    "cheapest",
    "oldest",
    "youngest",
    "revenue",
    "different",
    "distinct",
    "yesterday",
    "january",
    "february",
    "april",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The function an aggregate word names.
pub(crate) fn function(word: &str) -> Option<Function> {
    Some(match word {
        "average" | "avg" | "mean" => Function::Average,
        "total" | "sum" | "combined" | "overall" => Function::Sum,
        "maximum" | "max" | "maximal" => Function::Maximum,
        "minimum" | "min" | "minimal" => Function::Minimum,
        _ => return None,
    })
}

/// Whether "more", "over" and the like begin here: the comparison and the words it takes.
pub(crate) fn comparison(words: [&str; 4]) -> Option<(Comparison, usize)> {
    use Comparison::{AtLeast, AtMost, Equal, Less, More, NotEqual};
    Some(match words {
        ["greater" | "more" | "larger" | "higher" | "bigger", "than", "or", "equal"] => (AtLeast, 4),
        ["less" | "fewer" | "smaller" | "lower", "than", "or", "equal"] => (AtMost, 4),
        ["no", "more" | "greater" | "higher", "than", _] => (AtMost, 3),
        ["not", "more" | "greater" | "higher", "than", _] => (AtMost, 3),
        ["no", "less" | "fewer" | "lower", "than", _] => (AtLeast, 3),
        ["not", "less" | "fewer" | "lower", "than", _] => (AtLeast, 3),
        ["more" | "greater" | "higher" | "larger" | "bigger" | "longer" | "better" | "later", "than", ..] => {
            (More, 2)
        }
        ["less" | "fewer" | "lower" | "smaller" | "shorter" | "worse", "than", ..] => (Less, 2),
        ["at", "least", ..] => (AtLeast, 2),
        ["at", "most", ..] => (AtMost, 2),
        ["up", "to", ..] => (AtMost, 2),
        ["equal", "to", ..] => (Equal, 2),
        ["over" | "above" | "exceeding" | "exceed" | "exceeds" | "beyond" | ">", ..] => (More, 1),
        ["under" | "below" | "beneath" | "<", ..] => (Less, 1),
        [">=", ..] => (AtLeast, 1),
        ["<=", ..] => (AtMost, 1),
        ["=" | "exactly" | "equals" | "equal", ..] => (Equal, 1),
        ["!=" | "<>", ..] => (NotEqual, 1),
        ["minimum" | "min", "of", ..] => (AtLeast, 2),
        ["maximum" | "max", "of", ..] => (AtMost, 2),
        ["or", "more" | "higher" | "above" | "greater", ..] => (AtLeast, 2),
        _ => return None,
    })
}

/// What an adjective like "expensive" is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    Price,
    Age,
    Recency,
    Size,
    Weight,
    Length,
    Height,
    Speed,
    Rating,
    Pay,
    UnitsSold,
    Revenue,
    Profit,
    /// How often a value occurs, or how many rows belong to one.
    Frequency,
    /// Says only the direction: "highest price".
    Bare,
}

/// A superlative or comparative word: its quality and whether it means the upper end.
pub(crate) fn superlative(word: &str) -> Option<(Quality, bool)> {
    Some(match word {
        "cheapest" => (Quality::Price, false),
        "priciest" | "costliest" | "dearest" => (Quality::Price, true),
        "oldest" | "eldest" => (Quality::Age, true),
        "youngest" => (Quality::Age, false),
        "newest" | "latest" => (Quality::Recency, true),
        "earliest" => (Quality::Recency, false),
        "largest" | "biggest" => (Quality::Size, true),
        "smallest" => (Quality::Size, false),
        "heaviest" => (Quality::Weight, true),
        "lightest" => (Quality::Weight, false),
        "longest" => (Quality::Length, true),
        "shortest" => (Quality::Length, false),
        "tallest" => (Quality::Height, true),
        "fastest" => (Quality::Speed, true),
        "slowest" => (Quality::Speed, false),
        "highest" | "greatest" | "maximum" | "max" => (Quality::Bare, true),
        "lowest" | "minimum" | "min" => (Quality::Bare, false),
        "best" | "top" => (Quality::Rating, true),
        "worst" => (Quality::Rating, false),
        "busiest" => (Quality::Frequency, true),
        "bestselling" => (Quality::UnitsSold, true),
        "richest" => (Quality::Pay, true),
        _ => return None,
    })
}

/// An adjective after "most" or "least".
pub(crate) fn gradable(word: &str) -> Option<Quality> {
    Some(match word {
        "expensive" | "costly" | "pricey" => Quality::Price,
        "recent" => Quality::Recency,
        "popular" | "sold" | "ordered" | "bought" | "purchased" | "selling" => Quality::UnitsSold,
        "common" | "frequent" | "frequently" | "often" | "used" | "commonly" | "active" => Quality::Frequency,
        "valuable" | "lucrative" => Quality::Revenue,
        "profitable" => Quality::Profit,
        "paid" => Quality::Pay,
        "rated" | "ranked" => Quality::Rating,
        "heavy" => Quality::Weight,
        "experienced" => Quality::Age,
        _ => return None,
    })
}

/// "older than", "cheaper than": the quality and whether it means more of it.
pub(crate) fn comparative(word: &str) -> Option<(Quality, bool)> {
    Some(match word {
        "older" => (Quality::Age, true),
        "younger" => (Quality::Age, false),
        "cheaper" => (Quality::Price, false),
        "pricier" | "costlier" => (Quality::Price, true),
        "heavier" => (Quality::Weight, true),
        "lighter" => (Quality::Weight, false),
        "larger" | "bigger" => (Quality::Size, true),
        "smaller" => (Quality::Size, false),
        "longer" => (Quality::Length, true),
        "shorter" => (Quality::Length, false),
        "taller" => (Quality::Height, true),
        _ => return None,
    })
}

/// Words of the columns a quality is kept in, the likeliest first.
pub(crate) fn quality_words(quality: Quality) -> &'static [&'static str] {
    match quality {
        Quality::Price => &["price", "cost", "fee", "amount", "total"],
        Quality::Age => &["age", "birth"],
        Quality::Size => &["area", "size", "capacity", "population", "total", "amount"],
        Quality::Weight => &["weight", "mass"],
        Quality::Length => &["length", "duration", "runtime", "distance"],
        Quality::Height => &["height"],
        Quality::Speed => &["speed", "time"],
        Quality::Rating => &["rating", "score", "star"],
        Quality::Pay => &["salary", "wage", "pay", "income", "earning"],
        _ => &[],
    }
}

/// Units after a number; they say nothing more about it.
pub(crate) fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "euro"
            | "euros"
            | "eur"
            | "dollar"
            | "dollars"
            | "usd"
            | "pound"
            | "pounds"
            | "gbp"
            | "g"
            | "gram"
            | "grams"
            | "kg"
            | "kilogram"
            | "kilograms"
            | "percent"
            | "star"
            | "stars"
            | "m2"
            | "meter"
            | "meters"
            | "metres"
            | "square"
            | "sqm"
            | "point"
            | "points"
            | "year"
            | "years"
            | "old"
            | "usd'"
            | "cm"
            | "km"
            | "ml"
            | "minutes"
            | "minute"
            | "seconds"
            | "second"
            | "kilometers"
            | "miles"
    )
}

/// Other words the rules of the parser look for.
pub(crate) fn is_grammar(word: &str) -> bool {
    matches!(
        word,
        "number"
            | "count"
            | "average"
            | "percentage"
            | "percent"
            | "share"
            | "proportion"
            | "fraction"
            | "ratio"
            | "sorted"
            | "ordered"
            | "grouped"
            | "descending"
            | "ascending"
            | "alphabetical"
            | "alphabetically"
            | "order"
            | "first"
            | "last"
            | "selling"
            | "seller"
            | "sellers"
            | "rated"
            | "priced"
            | "contains"
            | "containing"
            | "contain"
            | "including"
            | "starting"
            | "starts"
            | "start"
            | "begins"
            | "beginning"
            | "ending"
            | "ends"
            | "missing"
            | "unknown"
            | "empty"
            | "blank"
            | "null"
            | "different"
            | "distinct"
            | "unique"
            | "individual"
            | "greater"
            | "higher"
            | "lower"
            | "larger"
            | "smaller"
            | "fewer"
            | "exceeding"
            | "beyond"
            | "equal"
            | "exactly"
            | "weekend"
            | "weekends"
            | "weekday"
            | "weekdays"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "compare"
            | "compared"
            | "versus"
            | "trend"
            | "weather"
            | "world"
            | "times"
            | "longest"
            | "serving"
            | "spent"
            | "spend"
            | "earn"
            | "earns"
            | "earning"
            | "cost"
            | "costs"
            | "costing"
            | "weigh"
            | "weighs"
            | "weighing"
            | "lacking"
            | "outside"
            | "exclude"
            | "apart"
            | "aside"
            | "time"
            | "date"
            | "name"
            | "names"
            | "said"
            | "should"
            | "which"
            | "broken"
            | "break"
            | "split"
            | "according"
            | "among"
            | "same"
            | "instead"
            | "again"
            | "else"
            | "down"
            | "filter"
            | "limit"
            | "ago"
    )
}
