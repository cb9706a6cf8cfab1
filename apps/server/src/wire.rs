//! The shapes of answers on the wire; changing the domain does not change them by accident.

mod answer;
mod cell;
mod history;

pub(crate) use self::{
    answer::{
        AnswerBody, ChartBody, InsightBody, ReadingBody, chart_body, column_names, column_types,
        insight_bodies, milliseconds, reading_bodies,
    },
    cell::{Cell, cells},
    history::{FavoriteBody, FavoriteList, HistoryList, MessageBody},
};
