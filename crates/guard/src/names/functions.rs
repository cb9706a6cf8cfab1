//! Functions of other engines, and what each engine has in their place.

use super::{advice::did_you_mean, nearest::nearest};
use crate::{Dialect, functions::Catalogue};

/// Names for one purpose, and how it is written in SQLite, PostgreSQL, MySQL, Trino and BigQuery.
type Purpose = (&'static [&'static str], [&'static str; 5]);

#[rustfmt::skip]
const PURPOSES: &[Purpose] = &[
    (&["year"],
     ["CAST(strftime('%Y', x) AS INTEGER)", "EXTRACT(YEAR FROM x)", "YEAR(x)", "year(x)", "EXTRACT(YEAR FROM x)"]),
    (&["month"],
     ["CAST(strftime('%m', x) AS INTEGER)", "EXTRACT(MONTH FROM x)", "MONTH(x)", "month(x)", "EXTRACT(MONTH FROM x)"]),
    (&["day", "dayofmonth"],
     ["CAST(strftime('%d', x) AS INTEGER)", "EXTRACT(DAY FROM x)", "DAY(x)", "day(x)", "EXTRACT(DAY FROM x)"]),
    (&["hour"],
     ["CAST(strftime('%H', x) AS INTEGER)", "EXTRACT(HOUR FROM x)", "HOUR(x)", "hour(x)", "EXTRACT(HOUR FROM x)"]),
    (&["quarter"],
     ["(CAST(strftime('%m', x) AS INTEGER) + 2) / 3", "EXTRACT(QUARTER FROM x)", "QUARTER(x)", "quarter(x)",
      "EXTRACT(QUARTER FROM x)"]),
    (&["week", "weekofyear", "week_of_year"],
     ["strftime('%W', x)", "EXTRACT(WEEK FROM x)", "WEEK(x)", "week(x)", "EXTRACT(ISOWEEK FROM x)"]),
    (&["dayofweek", "weekday", "dow", "day_of_week"],
     ["strftime('%w', x)", "EXTRACT(DOW FROM x)", "DAYOFWEEK(x)", "day_of_week(x)",
      "EXTRACT(DAYOFWEEK FROM x)"]),
    (&["dayname", "day_name"],
     ["strftime('%w', x)", "to_char(x, 'Day')", "DAYNAME(x)", "date_format(x, '%W')", "FORMAT_DATE('%A', x)"]),
    (&["monthname", "month_name"],
     ["strftime('%m', x)", "to_char(x, 'Month')", "MONTHNAME(x)", "date_format(x, '%M')", "FORMAT_DATE('%B', x)"]),
    (&["last_day", "eomonth", "last_day_of_month"],
     ["date(x, 'start of month', '+1 month', '-1 day')",
      "date_trunc('month', x) + INTERVAL '1 month' - INTERVAL '1 day'", "LAST_DAY(x)", "last_day_of_month(x)",
      "LAST_DAY(x)"]),
    (&["date_part", "datepart", "extract"],
     ["strftime('%Y', x) or strftime('%m', x)", "EXTRACT(YEAR FROM x)", "EXTRACT(YEAR FROM x)",
      "EXTRACT(YEAR FROM x)", "EXTRACT(YEAR FROM x)"]),
    (&["date_trunc", "datetrunc", "timestamp_trunc", "datetime_trunc", "trunc_date"],
     ["date(x, 'start of month') or strftime('%Y-%m', x)", "date_trunc('month', x)",
      "DATE_FORMAT(x, '%Y-%m-01')", "date_trunc('month', x)", "DATE_TRUNC(x, MONTH)"]),
    (&["date_format", "to_char", "format_date", "format_datetime", "format_timestamp", "strftime"],
     ["strftime('%Y-%m', x)", "to_char(x, 'YYYY-MM')", "DATE_FORMAT(x, '%Y-%m')", "date_format(x, '%Y-%m')",
      "FORMAT_DATE('%Y-%m', x)"]),
    (&["now", "getdate", "sysdate", "curdate", "today", "current_datetime", "systimestamp", "sysdatetime"],
     ["date('now') or datetime('now')", "CURRENT_DATE or now()", "CURDATE() or NOW()", "current_date or now()",
      "CURRENT_DATE() or CURRENT_TIMESTAMP()"]),
    (&["datediff", "date_diff", "timestampdiff", "timestamp_diff", "days_between", "age", "datetime_diff",
       "julianday"],
     ["julianday(later) - julianday(earlier)", "later::date - earlier::date", "DATEDIFF(later, earlier)",
      "date_diff('day', earlier, later)", "DATE_DIFF(later, earlier, DAY)"]),
    (&["date_add", "dateadd", "adddate", "timestampadd", "date_sub", "subdate", "add_months", "timestamp_add",
       "timestamp_sub"],
     ["date(x, '-7 days')", "x - INTERVAL '7 days'", "x - INTERVAL 7 DAY", "x - INTERVAL '7' DAY",
      "DATE_SUB(x, INTERVAL 7 DAY)"]),
    (&["to_date", "str_to_date", "parse_date", "date_parse", "to_timestamp"],
     ["date(x)", "to_date(x, 'YYYY-MM-DD')", "STR_TO_DATE(x, '%Y-%m-%d')", "date_parse(x, '%Y-%m-%d')",
      "PARSE_DATE('%Y-%m-%d', x)"]),
    (&["from_unixtime", "to_unixtime", "unix_timestamp", "unix_seconds", "unixepoch"],
     ["datetime(x, 'unixepoch') or unixepoch(x)", "to_timestamp(x) or EXTRACT(EPOCH FROM x)",
      "FROM_UNIXTIME(x) or UNIX_TIMESTAMP(x)", "from_unixtime(x) or to_unixtime(x)",
      "TIMESTAMP_SECONDS(x) or UNIX_SECONDS(x)"]),
    (&["concat", "concat_ws", "strcat"],
     ["a || ' ' || b", "a || ' ' || b", "CONCAT(a, ' ', b)", "concat(a, ' ', b)", "CONCAT(a, ' ', b)"]),
    (&["string_agg", "group_concat", "listagg", "array_join", "wm_concat"],
     ["group_concat(x, ', ')", "string_agg(x, ', ')", "GROUP_CONCAT(x SEPARATOR ', ')",
      "array_join(array_agg(x), ', ')", "STRING_AGG(x, ', ')"]),
    (&["left"], ["substr(x, 1, n)", "left(x, n)", "LEFT(x, n)", "substr(x, 1, n)", "LEFT(x, n)"]),
    (&["right"], ["substr(x, -n)", "right(x, n)", "RIGHT(x, n)", "substr(x, -n)", "RIGHT(x, n)"]),
    (&["len", "char_length", "character_length", "datalength"],
     ["length(x)", "length(x)", "CHAR_LENGTH(x)", "length(x)", "LENGTH(x)"]),
    (&["charindex", "strpos", "locate", "position", "instr"],
     ["instr(x, part)", "strpos(x, part)", "LOCATE(part, x)", "strpos(x, part)", "STRPOS(x, part)"]),
    (&["ucase", "lcase", "initcap"],
     ["upper(x) or lower(x)", "upper(x) or lower(x)", "UPPER(x) or LOWER(x)", "upper(x) or lower(x)",
      "UPPER(x) or LOWER(x)"]),
    (&["nvl", "isnull", "ifnull", "zeroifnull"],
     ["coalesce(x, 0)", "coalesce(x, 0)", "COALESCE(x, 0)", "coalesce(x, 0)", "COALESCE(x, 0)"]),
    (&["if", "iff", "iif", "decode"],
     ["CASE WHEN a THEN b ELSE c END", "CASE WHEN a THEN b ELSE c END", "CASE WHEN a THEN b ELSE c END",
      "CASE WHEN a THEN b ELSE c END", "CASE WHEN a THEN b ELSE c END"]),
    (&["to_number", "safe_cast", "try_cast", "convert", "int", "str", "to_string"],
     ["CAST(x AS INTEGER)", "CAST(x AS numeric)", "CAST(x AS DECIMAL)", "TRY_CAST(x AS double)",
      "SAFE_CAST(x AS INT64)"]),
    (&["greatest", "least"], ["max(a, b) or min(a, b)", "greatest(a, b)", "GREATEST(a, b)", "greatest(a, b)",
      "GREATEST(a, b)"]),
    (&["safe_divide", "div0"],
     ["a / nullif(b, 0)", "a / nullif(b, 0)", "a / NULLIF(b, 0)", "a / nullif(b, 0)", "SAFE_DIVIDE(a, b)"]),
    (&["countif", "count_if", "sumif"],
     ["count(*) FILTER (WHERE a)", "count(*) FILTER (WHERE a)", "SUM(a)", "count_if(a)", "COUNTIF(a)"]),
    (&["stddev", "stddev_samp", "stddev_pop", "stdev", "variance", "var_samp", "var_pop"],
     ["stddev(x)", "stddev(x)", "STDDEV_SAMP(x)", "stddev(x)", "STDDEV(x)"]),
    (&["median", "percentile_cont", "percentile_disc", "approx_percentile", "approx_quantiles"],
     ["median(x) or percentile_cont(x, 0.9)",
      "percentile_cont(0.5) WITHIN GROUP (ORDER BY x)",
      "the middle row of a numbered subquery, by ROW_NUMBER() OVER (ORDER BY x)",
      "approx_percentile(x, 0.5)", "APPROX_QUANTILES(x, 2)[OFFSET(1)]"]),
    (&["approx_distinct", "approx_count_distinct"],
     ["count(DISTINCT x)", "count(DISTINCT x)", "COUNT(DISTINCT x)", "approx_distinct(x)",
      "APPROX_COUNT_DISTINCT(x)"]),
    (&["regexp_like", "regexp_contains", "rlike", "regexp_matches"],
     ["x LIKE '%part%'", "x ~ 'pattern'", "x REGEXP 'pattern'", "regexp_like(x, 'pattern')",
      "REGEXP_CONTAINS(x, 'pattern')"]),
    (&["regexp_replace"],
     ["replace(x, 'a', 'b')", "regexp_replace(x, 'pattern', 'b')", "REGEXP_REPLACE(x, 'pattern', 'b')",
      "regexp_replace(x, 'pattern', 'b')", "REGEXP_REPLACE(x, 'pattern', 'b')"]),
    (&["regexp_extract", "regexp_substr", "regexp_match"],
     ["substr(x, instr(x, 'a'))", "substring(x FROM 'pattern')", "REGEXP_SUBSTR(x, 'pattern')",
      "regexp_extract(x, 'pattern')", "REGEXP_EXTRACT(x, 'pattern')"]),
    (&["split_part", "substring_index", "split"],
     ["substr(x, 1, instr(x, ' ') - 1)", "split_part(x, ' ', 1)", "SUBSTRING_INDEX(x, ' ', 1)",
      "split_part(x, ' ', 1)", "SPLIT(x, ' ')[OFFSET(0)]"]),
    (&["lpad", "rpad", "zfill"],
     ["printf('%05d', x)", "lpad(x::text, 5, '0')", "LPAD(x, 5, '0')", "lpad(CAST(x AS varchar), 5, '0')",
      "LPAD(CAST(x AS STRING), 5, '0')"]),
    (&["array_agg", "collect_list", "json_agg", "json_arrayagg"],
     ["json_group_array(x)", "array_agg(x)", "JSON_ARRAYAGG(x)", "array_agg(x)", "ARRAY_AGG(x)"]),
    (&["json_value", "json_extract_scalar", "json_unquote", "get_json_object"],
     ["json_extract(x, '$.a')", "x ->> 'a'", "x ->> '$.a'", "json_extract_scalar(x, '$.a')",
      "JSON_VALUE(x, '$.a')"]),
    (&["any_value", "first", "arbitrary"],
     ["min(x)", "min(x)", "ANY_VALUE(x)", "arbitrary(x)", "ANY_VALUE(x)"]),
];

/// What an engine has in place of a function it does not have, as the end of a sentence; empty where nobody knows.
pub(crate) fn instead(dialect: Dialect, name: &str) -> String {
    let place = Dialect::ALL.iter().position(|known| *known == dialect);
    let purpose = PURPOSES.iter().find(|(names, _)| names.contains(&name));
    if let (Some(place), Some((_, written))) = (place, purpose) {
        return format!("; {} writes {}", dialect.title(), written[place]);
    }
    let mut near = nearest(name, Catalogue::of(dialect).names(), 3);
    near.retain(|near| strsim::damerau_levenshtein(name, near) <= 2);
    did_you_mean(&near)
}

/// Whether a name is a function that only computes in some engine, or a slip of one this engine has.
///
/// What is neither may be anything, and is not to be tried again in other words.
pub(crate) fn is_mistaken(dialect: Dialect, name: &str) -> bool {
    let listed = |dialect| Catalogue::of(dialect).has(name) || Catalogue::of(dialect).has_table(name);
    let slip = |known: &str| known[..1] == name[..1] && strsim::damerau_levenshtein(name, known) == 1;
    match name.len() {
        0 | 1 => false,
        _ if !name.is_ascii() => false,
        length => {
            Dialect::ALL.into_iter().any(listed)
                || PURPOSES.iter().any(|(names, _)| names.contains(&name))
                || (length > 4 && Catalogue::of(dialect).names().any(slip))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PURPOSES;
    use crate::{Dialect, Guard};

    #[test]
    fn what_is_offered_passes_the_guard() {
        for (names, written) in PURPOSES {
            for (dialect, text) in Dialect::ALL.into_iter().zip(written) {
                // Words where no function does it.
                if text.starts_with("the middle row") || text.ends_with("for the variance") {
                    continue;
                }
                for one in text.split(" or ") {
                    let guarded = Guard::new(dialect).check(&format!("SELECT {one} FROM t"));
                    assert!(guarded.is_ok(), "{dialect} {}: {one}: {guarded:?}", names[0]);
                }
            }
        }
    }
}
