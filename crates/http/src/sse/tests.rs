use futures::{StreamExt, TryStreamExt};

use super::*;

fn parse(chunks: &[&[u8]]) -> Vec<Event> {
    let mut parser = Parser::new(1000);
    for chunk in chunks {
        parser.push(chunk).unwrap();
    }
    parser.ready.into()
}

fn event(event: &str, data: &str) -> Event {
    Event { event: event.to_owned(), data: data.to_owned(), id: None }
}

#[test]
fn reads_types_and_data() {
    let events = parse(&[b"event: ping\ndata: {\"a\": 1}\n\ndata:no space\n\ndata:  two spaces\n\n"]);
    assert_eq!(
        events,
        [event("ping", "{\"a\": 1}"), event("message", "no space"), event("message", " two spaces")]
    );
}

#[test]
fn every_line_ending_counts_and_every_split() {
    let text = "event: a\rdata: çé€😀\r\ndata: zwei\n\r\n: Kommentar\rdata: b\r\rdata: c\n\n";
    let expected = [event("a", "çé€😀\nzwei"), event("message", "b"), event("message", "c")];
    assert_eq!(parse(&[text.as_bytes()]), expected);
    for split in 0..text.len() {
        let (left, right) = text.as_bytes().split_at(split);
        assert_eq!(parse(&[left, right]), expected, "split at {split}");
        assert_eq!(parse(&[left, b"", right]), expected, "split at {split} with nothing between");
    }
    let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
    assert_eq!(parse(&bytes), expected, "byte by byte");
}

#[test]
fn an_event_without_data_is_none() {
    assert_eq!(parse(&[b"event: a\n\n: comment\n\n\n\nretry: 10\n\nunknown: x\n\n"]), []);
    assert_eq!(parse(&[b"event: a\n\ndata: x\n\n"]), [event("message", "x")]);
    assert_eq!(parse(&[b"data\n\n"]), [event("message", "")]);
}

#[test]
fn ids_last_until_the_next() {
    let ids: Vec<_> = parse(&[b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\nid: x\0y\ndata: d\n\n"])
        .into_iter()
        .map(|event| event.id)
        .collect();
    let id = |id: &str| Some(id.to_owned());
    assert_eq!(ids, [id("1"), id("1"), id(""), id("")]);
}

#[test]
fn a_byte_order_mark_is_skipped_and_bad_utf8_replaced() {
    assert_eq!(parse(&["\u{feff}data: a\n\n".as_bytes()]), [event("message", "a")]);
    assert_eq!(parse(&[b"data: a\xffb\n\n"]), [event("message", "a\u{fffd}b")]);
}

#[test]
fn what_is_incomplete_at_the_end_is_dropped() {
    assert_eq!(parse(&[b"data: a\n\ndata: half"]), [event("message", "a")]);
    assert_eq!(parse(&[b"data: a\n\ndata: whole line\n"]), [event("message", "a")]);
}

#[test]
fn an_event_has_a_limit() {
    let mut parser = Parser::new(10);
    parser.push(b"data: 1\n\ndata: 2\n\n").unwrap();
    parser.push(b"data: 1234").unwrap();
    parser.push(b"5").unwrap_err();
    let mut parser = Parser::new(10);
    parser.push(b"data: 1\ndata: 2\ndata: 3\ndata: 4\n").unwrap_err();
}

#[tokio::test]
async fn a_failure_ends_the_stream_after_what_was_complete() {
    let chunks = futures::stream::iter([
        Ok(Bytes::from_static(b"data: a\n\ndata: b\n\ndata: c")),
        Err(ProviderError::new(ErrorKind::Unavailable, "gone")),
        Ok(Bytes::from_static(b"\n\n")),
    ]);
    let mut events = EventStream::new(chunks.boxed(), "host".into(), 1000);
    assert_eq!(events.next().await.unwrap().unwrap().data, "a");
    assert_eq!(events.next().await.unwrap().unwrap().data, "b");
    assert_eq!(events.next().await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn too_long_an_event_is_told_by_host() {
    let chunks = futures::stream::iter([Ok(Bytes::from(vec![b'x'; 101]))]);
    let events = EventStream::new(chunks.boxed(), "host".into(), 100);
    let error = events.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(
        error.message(),
        "host sent a single event of more than 100 bytes, which is not read further; ask in other words, or for less"
    );
}
