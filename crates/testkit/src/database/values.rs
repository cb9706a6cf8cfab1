use sqlatte_providers::Value;

use super::{DatabaseHarness, Sort, harness};

async fn survives<H: DatabaseHarness>(harness: &H, sort: Sort) {
    let Some(case) = harness.value(sort).or_print(&format!("{sort:?} survives")) else { return };
    let answer = harness::fetch_sql(harness, &case.sql).await;
    assert_eq!(answer.rows.len(), 1, "{}", case.sql);
    let value = &answer.rows[0][0];
    let both_nan =
        matches!((value, &case.value), (Value::Float(a), Value::Float(b)) if a.is_nan() && b.is_nan());
    assert!(both_nan || *value == case.value, "{}: {value:?} instead of {:?}", case.sql, case.value);
    assert_eq!(answer.columns[0].kind, case.kind, "{}", case.sql);
}

macro_rules! clauses {
    ($($name:ident: $sort:ident),* $(,)?) => {
        $(
            #[doc = concat!("A value of the sort `", stringify!($sort), "` arrives as it was.")]
            pub async fn $name<H: DatabaseHarness>(harness: &H) {
                survives(harness, Sort::$sort).await;
            }
        )*
    };
}

clauses! {
    null_survives: Null,
    decimal_survives: Decimal,
    big_integer_survives: BigInteger,
    unsigned_survives: Unsigned,
    float_survives: Float,
    float_nan_survives: FloatNan,
    timestamp_survives: Timestamp,
    timestamp_with_zone_survives: TimestampTz,
    date_survives: Date,
    time_survives: Time,
    interval_survives: Interval,
    boolean_survives: Boolean,
    json_survives: Json,
    array_survives: Array,
    bytes_survive: Bytes,
    uuid_survives: Uuid,
    enum_survives: Enum,
    utf8_survives: Utf8,
}
