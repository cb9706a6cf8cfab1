use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One HTTP/1.1 connection, from either end, at the least cost: messages have a length, heads are bytes.
#[derive(Debug)]
pub(crate) struct Wire {
    socket: TcpStream,
    buffer: BytesMut,
}

/// A request or a response.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) head: Bytes,
    pub(crate) body: Bytes,
}

impl Wire {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Wire::over(TcpStream::connect(address).await.unwrap_or_else(|error| panic!("{address}: {error}")))
    }

    /// Over a connection somebody made.
    pub(crate) fn over(socket: TcpStream) -> Self {
        socket.set_nodelay(true).expect("a socket has this option");
        Wire { socket, buffer: BytesMut::with_capacity(64 * 1024) }
    }

    /// Sends bytes; says whether the other side is there.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> bool {
        self.socket.write_all(bytes).await.is_ok()
    }

    /// The next message; `None` when the other side has closed.
    pub(crate) async fn receive(&mut self) -> Option<Message> {
        let mut searched = 0;
        let head = loop {
            if let Some(end) = find(&self.buffer[searched..], b"\r\n\r\n") {
                break searched + end + 4;
            }
            // The mark may be half here.
            searched = self.buffer.len().saturating_sub(3);
            self.more().await?;
        };
        let whole = head + length(&self.buffer[..head]);
        while self.buffer.len() < whole {
            self.more().await?;
        }
        let mut message = self.buffer.split_to(whole).freeze();
        let body = message.split_off(head);
        Some(Message { head: message, body })
    }

    async fn more(&mut self) -> Option<()> {
        self.buffer.reserve(16 * 1024);
        let read = self.socket.read_buf(&mut self.buffer).await;
        matches!(read, Ok(1..)).then_some(())
    }
}

impl Message {
    /// Whether it is a response that says it is well.
    pub(crate) fn is_ok(&self) -> bool {
        self.head.starts_with(b"HTTP/1.1 200 ")
    }
}

/// Where `needle` begins in `text`.
pub(crate) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|part| part == needle)
}

fn length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let Some(at) = find(head, NAME) else {
        panic!("a message without a length: {}", String::from_utf8_lossy(head));
    };
    let digits = head[at + NAME.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'))
}
