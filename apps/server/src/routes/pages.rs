//! The web pages and the widget's files.

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use http::HeaderMap;

use crate::{assets, error::ApiError, state::AppState};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(index))
        .route("/widget.js", get(|headers: HeaderMap| async move { file("widget.js", &headers) }))
        .route("/widget/v1.js", get(|headers: HeaderMap| async move { file("widget.js", &headers) }))
        .route("/favicon.ico", get(|headers: HeaderMap| async move { file("favicon.svg", &headers) }))
        .route("/LICENSES.txt", get(|headers: HeaderMap| async move { file("LICENSES.txt", &headers) }))
        .route("/assets/{name}", get(asset))
}

async fn index(headers: HeaderMap) -> Response {
    assets::asset("index.html", &headers).unwrap_or_else(assets::not_built)
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    file(&format!("assets/{name}"), &headers)
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    match assets::asset(path, headers) {
        Some(response) => response,
        None => ApiError::not_found("there is no such file in the web build").into_response(),
    }
}
