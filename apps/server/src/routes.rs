//! Every path on one screen.

mod conversation;
mod export;
mod favorites;
mod history;
mod operations;
mod pages;
mod query;
mod schema;
mod sql;

use axum::{Router, extract::DefaultBodyLimit, middleware, response::IntoResponse};
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
    let (api, document) = api().split_for_parts();
    let api = api
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .route_layer(middleware::from_fn_with_state(state.clone(), access::require_key));
    let docs = Router::new()
        .merge(SwaggerUi::new("/docs").url("/api/openapi.json", document))
        .layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, openapi::DOCS_CSP));

    Router::new()
        .merge(api)
        .merge(operations::router(&state))
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
        .layer(access::cors(state.config()))
        .layer(middleware::from_fn_with_state(state.clone(), access::require_host))
        .layer(CatchPanicLayer::custom(|_| {
            ApiError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal_error",
                "something went wrong in the server; its log has the request id",
            )
            .into_response()
        }))
        .layer(middleware::from_fn_with_state(state.clone(), telemetry::observe))
        .layer(middleware::from_fn(edge::edge))
        .with_state(state)
}

/// The OpenAPI document of [`app`].
pub fn document() -> OpenApi {
    api().split_for_parts().1
}

fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(query::ask))
        .routes(routes!(query::stream))
        .routes(routes!(query::cancel))
        .routes(routes!(query::feedback))
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
}
