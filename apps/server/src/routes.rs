//! Every path on one screen.

mod asked;
mod conversation;
mod export;
mod favorites;
mod feedback;
mod history;
mod operations;
mod pages;
mod query;
mod schema;
mod sql;

use std::any::Any;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, set_header::SetResponseHeaderLayer,
};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::SwaggerUi;

use crate::{access, edge, error::ApiError, openapi, state::AppState, telemetry};

/// The whole application, ready to be served or called in a test.
pub fn app(state: AppState) -> Router {
    let api = api()
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .route_layer(middleware::from_fn_with_state(state.clone(), access::require_key));
    let docs = Router::new()
        .merge(SwaggerUi::new("/docs").url("/api/openapi.json", document()))
        .layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, openapi::DOCS_CSP));

    Router::new()
        .merge(Router::from(api))
        .merge(Router::from(open()))
        .merge(docs)
        .merge(pages::router())
        .fallback(|| async { ApiError::not_found("there is no such page or route: see /docs") })
        .method_not_allowed_fallback(|| async {
            ApiError::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this route does not know that method: see /docs",
            )
        })
        .layer(DefaultBodyLimit::max(state.config().app.max_body_bytes))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), access::require_host))
        .layer(CatchPanicLayer::custom(panicked))
        // Around what may refuse or fail, so that pages of other origins may read why.
        .layer(access::cors(state.config()))
        .layer(middleware::from_fn_with_state(state.clone(), telemetry::observe))
        .layer(middleware::from_fn(edge::edge))
        .with_state(state)
}

/// The OpenAPI document of [`app`].
pub fn document() -> OpenApi {
    openapi::finish(api().merge(open()).into_openapi())
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    tracing::error!(panic = words, "a request failed by a fault of the server's");
    ApiError::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal_error",
        "something went wrong in the server; its log has the request id",
    )
    .into_response()
}

/// Orchestrators ask these without a key; what the server does and with what is behind one.
fn open() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(operations::health)).routes(routes!(operations::ready))
}

fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(query::ask))
        .routes(routes!(query::stream))
        .routes(routes!(query::cancel))
        .routes(routes!(feedback::feedback))
        .routes(routes!(sql::run))
        .routes(routes!(export::export))
        .routes(routes!(schema::tables))
        .routes(routes!(schema::describe))
        .routes(routes!(schema::suggestions))
        .routes(routes!(conversation::read, conversation::forget))
        .routes(routes!(conversation::clear))
        .routes(routes!(history::list))
        .routes(routes!(history::delete))
        .routes(routes!(history::clear))
        .routes(routes!(favorites::list, favorites::add))
        .routes(routes!(favorites::delete))
        .routes(routes!(operations::metrics))
}
