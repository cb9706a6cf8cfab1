//! Servers that know less than OpenAI's, and what is made of it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use std::time::Duration;

use futures::TryStreamExt;
use serde_json::{Value, json};
use sqlatte_llm_openai::{Config, OpenAi, StructuredOutput};
use sqlatte_providers::{
    CompletionRequest, ErrorKind, LlmProvider, Message, Output, Piece, ProviderError, Role, Secret,
};
use sqlatte_testkit::llm::{
    Carrier, ChatCompletions, Ending, Turn, WireFormat,
    contract::{Recorded, USAGE},
};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, method, path, query_param},
};

fn config(server: &MockServer) -> Config {
    Config { base_url: server.uri(), model: "m".to_owned(), max_retries: 0, ..Config::default() }
}

fn ask() -> CompletionRequest {
    CompletionRequest {
        system: Vec::new(),
        messages: vec![Message { role: Role::User, text: "How many orders?".to_owned() }],
        output: Output::Json {
            name: "plan".to_owned(),
            schema: json!({"type": "object", "properties": {"a": {"type": "integer"}}}),
        },
        max_tokens: Some(99),
        temperature: Some(0.0),
        timeout: Duration::from_secs(10),
    }
}

fn refuse(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"message": message, "type": "x"}}))
}

/// A server that refuses what `objection` objects to, and answers all else.
async fn picky(objection: fn(&Value) -> Option<&'static str>) -> MockServer {
    let server = MockServer::start().await;
    let respond = move |request: &Request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        if let Some(message) = objection(&body) {
            return refuse(400, message);
        }
        let turn =
            Turn { carrier: ChatCompletions.carrier(&body), ending: Ending::EndOfTurn, usage: Some(USAGE) };
        let answer = match body["stream"] == true {
            false => Recorded::json(&ChatCompletions.whole("{\"a\":1}", &turn)),
            true => {
                let events = ChatCompletions.events(&["{\"a\":1}"], &turn);
                Recorded::events(events.opening + &events.pieces.concat() + &events.end)
            }
        };
        ResponseTemplate::new(200).set_body_raw(answer.body, answer.content_type)
    };
    Mock::given(method("POST")).respond_with(respond).mount(&server).await;
    server
}

async fn bodies(server: &MockServer) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().filter(|one| one.method == "POST").map(|one| one.body_json().unwrap()).collect()
}

/// The answer, whole and streamed, and how often the server was asked for each.
async fn both(provider: &OpenAi, server: &MockServer) -> (usize, usize) {
    assert_eq!(provider.complete(&ask()).await.unwrap().text, "{\"a\":1}");
    let first = bodies(server).await.len();
    let pieces: Vec<Piece> = provider.stream(&ask()).try_collect().await.unwrap();
    assert!(matches!(pieces.last(), Some(Piece::Done(done)) if done.text == "{\"a\":1}"), "{pieces:?}");
    (first, bodies(server).await.len() - first)
}

#[tokio::test]
async fn a_server_without_schemas_is_asked_by_tool_from_then_on() {
    let server =
        picky(|body| body.get("response_format").map(|_| "This response_format type is unavailable now"))
            .await;
    let provider = OpenAi::new(config(&server)).unwrap();
    assert_eq!(both(&provider, &server).await, (2, 1));
    assert!(bodies(&server).await[1..].iter().all(|body| body.get("tools").is_some()));
}

#[tokio::test]
async fn a_server_without_tools_is_asked_in_words_from_then_on() {
    let server = picky(|body| match (body.get("response_format"), body.get("tools")) {
        (Some(_), _) => Some("Unrecognized request argument supplied: response_format"),
        (_, Some(_)) => Some("this model does not support this tool_choice"),
        _ => None,
    })
    .await;
    let provider = OpenAi::new(config(&server)).unwrap();
    assert_eq!(both(&provider, &server).await, (3, 1));
    let last = bodies(&server).await.pop().unwrap();
    assert_eq!(last["messages"][0]["role"], "system");
    assert!(
        last["messages"][0]["content"].as_str().unwrap().contains("\"a\":{\"type\":\"integer\"}"),
        "{last}"
    );
}

#[tokio::test]
async fn a_way_that_is_set_is_kept() {
    let server = picky(|body| body.get("response_format").map(|_| "response_format is not supported")).await;
    let way = Some(StructuredOutput::JsonSchema);
    let provider = OpenAi::new(Config { structured_output: way, ..config(&server) }).unwrap();
    let error = provider.complete(&ask()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.message().ends_with("another model: response_format is not supported"), "{error}");
    assert_eq!(bodies(&server).await.len(), 1);
}

/// What OpenAI's models that think refuse, and what a server refuses that knows nothing new.
#[tokio::test]
async fn fields_that_are_not_known_are_left_out_from_then_on() {
    let server = picky(|body| {
        if body.get("max_tokens").is_some() {
            return Some(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            );
        }
        body.get("temperature").map(|_| "Unsupported value: 'temperature' does not support 0.0 with this model.")
    })
    .await;
    let provider = OpenAi::new(config(&server)).unwrap();
    assert_eq!(both(&provider, &server).await, (3, 1));
    let last = bodies(&server).await.pop().unwrap();
    assert_eq!((last.get("temperature"), &last["max_completion_tokens"]), (None, &json!(99)));

    let server = picky(|body| body.get("stream_options").map(|_| "unknown field: stream_options")).await;
    let provider = OpenAi::new(config(&server)).unwrap();
    assert_eq!(both(&provider, &server).await, (1, 2));
    assert_eq!(both(&provider, &server).await.1, 1);
}

#[tokio::test]
async fn azures_newer_api_has_its_key_in_a_header_of_its_own() {
    let server = MockServer::start().await;
    let usage = Turn { carrier: Carrier::Text, ending: Ending::EndOfTurn, usage: None };
    Mock::given(method("POST"))
        .and(path("/openai/v1/chat/completions"))
        .and(query_param("api-version", "preview"))
        .and(header("api-key", "sk-1"))
        .and(header("x-team", "data"))
        .and(header("openai-project", "proj_1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(ChatCompletions.whole("{}", &usage)))
        .mount(&server)
        .await;
    let config = Config {
        api_key: Secret::new("sk-1\n"),
        base_url: format!("{}/openai/v1", server.uri()),
        api_version: "preview".to_owned(),
        project: "proj_1".to_owned(),
        headers: [("X-Team".to_owned(), Secret::new("data")), ("X-Not".to_owned(), Secret::default())].into(),
        ..config(&server)
    };
    let completion = OpenAi::new(config).unwrap().complete(&ask()).await.unwrap();
    assert_eq!(completion.usage.input_tokens, 0, "a server that says nothing of usage will do");
    assert!(server.received_requests().await.unwrap()[0].headers.get("x-not").is_none());
}

/// A stream without usage, without `[DONE]` and with a comment before it.
#[tokio::test]
async fn a_plain_stream_will_do() {
    let server = MockServer::start().await;
    let chunk = |delta: Value, finish: Value| {
        format!(
            "data: {}\r\n\r\n",
            json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
        )
    };
    let body = format!(
        ": OPENROUTER PROCESSING\n\n{}{}{}",
        chunk(json!({"role": "assistant", "reasoning_content": "hm {"}), Value::Null),
        chunk(json!({"content": "{\"a\":1}"}), Value::Null),
        chunk(json!({}), json!("stop")),
    );
    let answer = ResponseTemplate::new(200).set_body_raw(body, "text/event-stream");
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    let provider = OpenAi::new(config(&server)).unwrap();
    let pieces: Vec<Piece> = provider.stream(&ask()).try_collect().await.unwrap();
    assert_eq!(pieces.len(), 2);
    assert!(
        matches!(&pieces[1], Piece::Done(done) if done.text == "{\"a\":1}" && done.usage.output_tokens == 0)
    );
}

async fn list(server: &MockServer, names: &[&str]) {
    let data: Vec<Value> = names.iter().map(|id| json!({"id": id, "object": "model"})).collect();
    Mock::given(method("GET"))
        .and(path("/v1/models"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"object": "list", "data": data})))
        .mount(server)
        .await;
}

async fn check(config: Config) -> Result<(), ProviderError> {
    OpenAi::new(config).unwrap().check().await
}

/// A list of models says nothing of what the server does when it is asked.
#[tokio::test]
async fn a_check_asks_also_where_the_model_is_listed() {
    for key in ["", "sk-1"] {
        let server = picky(|_| None).await;
        list(&server, &["m"]).await;
        check(Config { api_key: Secret::new(key), ..config(&server) }).await.unwrap();
        let [body] = &bodies(&server).await[..] else { panic!("one call") };
        assert_eq!(body["messages"], json!([{"role": "user", "content": "Hi"}]));
        assert_eq!(
            (&body["max_tokens"], &body["response_format"]["type"]),
            (&json!(16), &json!("json_schema"))
        );

        let server = MockServer::start().await;
        list(&server, &["m"]).await;
        let full =
            refuse(400, "This model's maximum context length is 4 tokens. However, you requested 30 tokens.");
        Mock::given(method("POST")).respond_with(full).mount(&server).await;
        let error = check(Config { api_key: Secret::new(key), ..config(&server) }).await.unwrap_err();
        assert!(error.message().contains("larger context"), "{error}");
    }
}

#[tokio::test]
async fn a_check_asks_for_the_form_of_a_question() {
    let objection = |body: &Value| match (body.get("response_format"), body.get("tools")) {
        (Some(_), _) => Some("This response_format type is unavailable now"),
        (_, Some(_)) => Some("registry.ollama.ai/library/m does not support tools"),
        _ => None,
    };
    for (way, other) in
        [(StructuredOutput::JsonSchema, "tool or json_block"), (StructuredOutput::Tool, "json_block")]
    {
        let server = picky(objection).await;
        let config = Config { structured_output: Some(way), ..config(&server) };
        let error = check(config.clone()).await.unwrap_err();
        let asked = OpenAi::new(config).unwrap().complete(&ask()).await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Rejected, asked.message()));
        assert!(
            error.message().contains(&format!("set structured_output of openai to {other}, or")),
            "{error}"
        );
    }
    let server = picky(objection).await;
    check(config(&server)).await.unwrap();
    assert_eq!(bodies(&server).await.len(), 3, "where no way is set, each is tried");
}

#[tokio::test]
async fn a_check_tells_which_models_there_are() {
    for key in ["", "sk-1"] {
        let server = MockServer::start().await;
        list(&server, &["llama3.2:latest", "mistral"]).await;
        let unknown = refuse(404, "model 'm' not found");
        Mock::given(method("POST")).respond_with(unknown).mount(&server).await;
        let error = check(Config { api_key: Secret::new(key), ..config(&server) }).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.message().ends_with("; it has mistral, llama3.2:latest"), "{error}");
    }
}

/// Models that think use up a few tokens before they say anything, which OpenAI answers with 400.
#[tokio::test]
async fn a_check_is_passed_by_a_model_that_had_too_few_tokens() {
    let cut_off = "Could not finish the message because max_tokens or model output limit was reached.";
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(refuse(400, cut_off)).mount(&server).await;
    let config = Config { api_key: Secret::new("sk-1"), ..config(&server) };
    check(config.clone()).await.unwrap();
    let error = OpenAi::new(config).unwrap().complete(&ask()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected, "but an answer is none: {error}");
}

/// LM Studio answers 200 where it has no such path.
#[tokio::test]
async fn a_failure_in_an_answer_with_status_200_is_heard() {
    let server = MockServer::start().await;
    let answer = json!({"error": "Unexpected endpoint or method. (POST /chat/completions)"});
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let provider = OpenAi::new(config(&server)).unwrap();
    for error in [provider.complete(&ask()).await.unwrap_err(), provider.check().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.message().contains("check base_url"), "{error}");
    }
}

/// A server whose list has one model, with this beside its name.
async fn listed(more: Value) -> MockServer {
    let server = MockServer::start().await;
    let mut model = json!({"id": "m", "object": "model"});
    model.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    answer(&server, "GET", "/v1/models", json!({"object": "list", "data": [model]})).await;
    server
}

async fn answer(server: &MockServer, verb: &str, at: &str, body: Value) {
    let answer = ResponseTemplate::new(200).set_body_json(body);
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(server).await;
}

async fn room(config: Config) -> Option<u64> {
    OpenAi::new(config).unwrap().room().await
}

#[tokio::test]
async fn the_room_for_a_question_is_read_where_a_server_tells_it() {
    for (more, context) in [
        (json!({"owned_by": "vllm", "max_model_len": 8192}), Some(8192)),
        (json!({"context_length": 128_000}), Some(128_000)),
        (json!({"loaded_context_length": 4096, "max_context_length": 131_072}), Some(4096)),
        (json!({"owned_by": "openai"}), None),
    ] {
        let server = listed(more.clone()).await;
        assert_eq!(room(config(&server)).await, context, "{more}");
        let answers = Config { max_tokens: Some(1000), ..config(&server) };
        assert_eq!(room(answers).await, context.map(|context| context - 1000), "what is kept for the answer");
    }

    let llama = listed(json!({"owned_by": "llamacpp"})).await;
    assert_eq!(room(config(&llama)).await, None);
    answer(&llama, "GET", "/props", json!({"default_generation_settings": {"n_ctx": 2048}})).await;
    assert_eq!(room(config(&llama)).await, Some(2048));
}

#[tokio::test]
async fn ollama_is_asked_for_what_a_model_is_loaded_with() {
    let shown = json!({"parameters": "stop \"x\"", "model_info": {"llama.context_length": 131_072}});
    let server = listed(json!({"owned_by": "library"})).await;
    answer(&server, "POST", "/api/show", shown).await;
    assert_eq!(room(config(&server)).await, Some(131_072), "the most it could have");
    answer(&server, "GET", "/api/ps", json!({"models": [{"name": "m:latest", "context_length": 4096}]}))
        .await;
    assert_eq!(room(config(&server)).await, Some(4096));

    let set = listed(json!({"owned_by": "library"})).await;
    answer(&set, "GET", "/api/ps", json!({"models": []})).await;
    answer(&set, "POST", "/api/show", json!({"parameters": "num_ctx    8192\nstop \"x\"", "model_info": {}}))
        .await;
    assert_eq!(room(config(&set)).await, Some(8192));
}
