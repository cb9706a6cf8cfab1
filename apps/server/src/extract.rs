//! Reading requests: bodies, queries and paths, with problems that name the field.

use std::time::Duration;

use axum::{
    extract::{
        FromRequest, FromRequestParts, Path, Query, Request,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::request::Parts,
};
use http::StatusCode;
use serde::de::DeserializeOwned;
use sqlatte_core::QueryId;
use tokio::time::timeout;

use crate::error::ApiError;

/// How long a body may take to come: one that trickles in holds a connection for nothing.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match timeout(BODY_TIMEOUT, axum::Json::<serde_json::Value>::from_request(request, state)).await {
            Ok(Ok(axum::Json(body))) => shaped(body).map(Json),
            Ok(Err(rejection)) => Err(json_error(rejection)),
            Err(_) => Err(ApiError::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_too_slow",
                "the request body did not come in time: send it again",
            )),
        }
    }
}

fn json_error(rejection: JsonRejection) -> ApiError {
    let status = rejection.status();
    match (&rejection, status) {
        (_, StatusCode::PAYLOAD_TOO_LARGE) => ApiError::new(
            status,
            "body_too_large",
            "the request body is larger than app.max_body_bytes allows: send less",
        ),
        (JsonRejection::JsonSyntaxError(error), _) => {
            ApiError::new(StatusCode::BAD_REQUEST, "malformed_json", cause(error))
        }
        (JsonRejection::MissingJsonContentType(_), _) => ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send the body as JSON, with `Content-Type: application/json`",
        ),
        _ => ApiError::new(StatusCode::BAD_REQUEST, "unreadable_body", "the request body could not be read"),
    }
}

/// The body as the request it should be; what does not fit is named with its field.
fn shaped<T: DeserializeOwned>(body: serde_json::Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        ApiError::invalid(fault(&path, &error.into_inner().to_string()))
    })
}

/// What serde says, in the words of somebody who writes JSON.
fn fault(path: &str, said: &str) -> String {
    let field = if path == "." { "the request body" } else { path };
    if let Some(missing) = said.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return match path {
            "." => format!("{missing}: this field is missing"),
            _ => format!("{path}.{missing}: this field is missing"),
        };
    }
    let words = match said.split_once(", expected ") {
        Some((found, "u64" | "u32" | "usize" | "u16")) => {
            let found = found.replace("invalid value", "found").replace("invalid type", "found");
            format!("{found}, expected a whole number that is not negative")
        }
        Some((found, wanted)) => {
            let wanted = if wanted.starts_with("struct ") { "an object" } else { wanted };
            format!("{}, expected {wanted}", found.replace("invalid type: ", "found "))
        }
        None => said.replace("invalid digit found in string", "expected a whole number"),
    };
    format!("{field}: {words}")
}

/// The innermost words: "question: missing field" rather than axum's sentence around them.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// The query string.
#[derive(Debug)]
pub(crate) struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Params(params)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => {
                let said = cause(&error);
                let (path, said) = said.split_once(": ").unwrap_or(("the query", &said));
                Err(ApiError::invalid(fault(path, said)))
            }
            Err(error) => Err(ApiError::invalid(error.to_string())),
        }
    }
}

/// The id in a path; one that is none of ours is simply not found.
#[derive(Debug)]
pub(crate) struct Id(pub QueryId);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let id: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        match id.ok().and_then(|Path(id)| id.parse().ok()) {
            Some(id) => Ok(Id(id)),
            None => Err(ApiError::not_found("there is nothing under this id")),
        }
    }
}
