//! The parser's own dialects, with what the engines have learnt since.
#![expect(unreachable_pub, reason = "the macro makes its types public")]

use sqlparser::{
    derive_dialect,
    dialect::{BigQueryDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect},
};

derive_dialect!(Postgresql, PostgreSqlDialect, preserve_type_id = true, overrides = {
    supports_parens_around_table_factor = true,
    supports_named_fn_args_with_rarrow_operator = true,
    supports_named_fn_args_with_assignment_operator = true,
});

derive_dialect!(Mysql, MySqlDialect, preserve_type_id = true, overrides = {
    supports_table_versioning = true,
    supports_group_by_expr = true,
    supports_window_function_null_treatment_arg = true,
    allow_extract_custom = true,
    supports_bang_not_operator = true,
    supports_parens_around_table_factor = true,
});

derive_dialect!(Sqlite, SQLiteDialect, preserve_type_id = true, overrides = {
    supports_bitwise_shift_operators = true,
    supports_parens_around_table_factor = true,
    supports_cross_join_constraint = true,
});

derive_dialect!(Bigquery, BigQueryDialect, preserve_type_id = true, overrides = {
    supports_named_fn_args_with_rarrow_operator = true,
    supports_match_recognize = true,
    supports_lambda_functions = true,
    supports_bitwise_shift_operators = true,
});
