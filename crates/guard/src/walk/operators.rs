use sqlparser::ast::{BinaryOperator, Expr};

use super::{Walk, Walker, clause, sizes::must_be_a_small_power};
use crate::{Reason, Refusal};

impl Walker<'_> {
    /// What an operator between two values does; all but a few only compute.
    pub(super) fn operator(&mut self, operator: &BinaryOperator, right: &Expr) -> Walk {
        match operator {
            BinaryOperator::Assignment => {
                Err(Refusal::new(Reason::Clause, "variables may not be set (`:=`): write the value itself"))
            }
            BinaryOperator::PGCustomBinaryOperator(parts) => match parts.as_slice() {
                [_] => Ok(()),
                [schema, _] if schema == "pg_catalog" => Ok(()),
                _ => Err(clause("an operator of another schema", None)),
            },
            BinaryOperator::PGExp => must_be_a_small_power(right),
            BinaryOperator::PGRegexMatch
            | BinaryOperator::PGRegexIMatch
            | BinaryOperator::PGRegexNotMatch
            | BinaryOperator::PGRegexNotIMatch
            | BinaryOperator::Regexp => self.must_not_backtrack(right),
            BinaryOperator::Glob => self.must_have_few_wildcards(right),
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo
            | BinaryOperator::DuckIntegerDivide
            | BinaryOperator::MyIntegerDivide
            | BinaryOperator::StringConcat
            | BinaryOperator::Gt
            | BinaryOperator::Lt
            | BinaryOperator::GtEq
            | BinaryOperator::LtEq
            | BinaryOperator::Spaceship
            | BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::And
            | BinaryOperator::Or
            | BinaryOperator::Xor
            | BinaryOperator::BitwiseOr
            | BinaryOperator::BitwiseAnd
            | BinaryOperator::BitwiseXor
            | BinaryOperator::PGBitwiseXor
            | BinaryOperator::PGBitwiseShiftLeft
            | BinaryOperator::PGBitwiseShiftRight
            | BinaryOperator::Match
            | BinaryOperator::PGLikeMatch
            | BinaryOperator::PGILikeMatch
            | BinaryOperator::PGNotLikeMatch
            | BinaryOperator::PGNotILikeMatch
            | BinaryOperator::PGStartsWith
            | BinaryOperator::PGOverlap
            | BinaryOperator::Overlaps
            | BinaryOperator::Arrow
            | BinaryOperator::LongArrow
            | BinaryOperator::HashArrow
            | BinaryOperator::HashLongArrow
            | BinaryOperator::HashMinus
            | BinaryOperator::AtAt
            | BinaryOperator::AtArrow
            | BinaryOperator::ArrowAt
            | BinaryOperator::AtQuestion
            | BinaryOperator::Question
            | BinaryOperator::QuestionAnd
            | BinaryOperator::QuestionPipe
            | BinaryOperator::AndLtPipe
            | BinaryOperator::AndLt
            | BinaryOperator::AndGt
            | BinaryOperator::LtLtPipe
            | BinaryOperator::PipeGtGt
            | BinaryOperator::PipeAndGt
            | BinaryOperator::LtCaret
            | BinaryOperator::GtCaret
            | BinaryOperator::QuestionHash
            | BinaryOperator::QuestionDash
            | BinaryOperator::QuestionDashPipe
            | BinaryOperator::QuestionDoublePipe
            | BinaryOperator::At
            | BinaryOperator::TildeEq => Ok(()),
            // Operators of geometry and of extensions, which are as harmless as the extension.
            BinaryOperator::Custom(_) | BinaryOperator::DoubleHash | BinaryOperator::LtDashGt => Ok(()),
        }
    }
}
