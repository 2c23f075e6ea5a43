//! Requests and responses as plain bytes; each ends where its half of the stream ends.

use std::io;

use async_trait::async_trait;
use futures::prelude::*;
use libp2p::{request_response, StreamProtocol};

#[derive(Clone)]
pub struct Frames {
    pub bytes_max: usize,
}

impl Frames {
    async fn read(&self, io: &mut (impl AsyncRead + Unpin + Send)) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io.take(self.bytes_max as u64 + 1).read_to_end(&mut bytes).await?;
        if bytes.len() > self.bytes_max {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "larger than allowed"));
        }
        Ok(bytes)
    }
}

#[async_trait]
impl request_response::Codec for Frames {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.read(io).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        let bytes = self.read(io).await?;
        // A response is never empty: an empty stream is a peer that closed without one.
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(bytes)
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, bytes: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        io.write_all(&bytes).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, bytes: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        io.write_all(&bytes).await
    }
}
