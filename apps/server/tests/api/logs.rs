use std::{
    io,
    sync::{Arc, Mutex},
};

use crate::fixture::{Reply, Setup};

/// Where log lines go in a test.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The id a client was told leads to the lines of its request, also those of a stream that had long begun.
#[tokio::test]
async fn lines_name_their_request() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _on = tracing::subscriber::set_default(subscriber);

    let mut server = Setup::new().start();
    server.show("x-request-id", "of-the-stream");
    let stream = server.begin("down").await;
    assert!(Reply::of(stream).await.text().contains("llm_unavailable"));
    server.show("x-request-id", "of-the-fault");
    server.ask("panic").await.problem(500, "internal_error");

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let line = |part: &str| text.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("{text}"));
    let failed = line("a question failed");
    assert!(
        failed.contains("request_id=\"of-the-stream\" method=POST route=\"/api/query/stream\"")
            && failed.contains("the model does not answer"),
        "{failed}"
    );
    let fault = line("a fault of the server's");
    assert!(fault.contains("request_id=\"of-the-fault\"") && fault.contains("told to"), "{fault}");
}
