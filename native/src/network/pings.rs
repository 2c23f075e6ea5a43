//! A round trip measured when it is asked for: libp2p's ping protocol, a stream each, beside the pings that the
//! `ping` behaviour makes and answers by itself.

use std::io;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::prelude::*;
use libp2p::{request_response, StreamProtocol};
use rand_core::{OsRng, RngCore};

pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/ipfs/ping/1.0.0");
const BYTES: usize = 32;

/// One is made for each stream, which keeps here what it has sent, and when.
#[derive(Clone, Default)]
pub struct Pings {
    sent: Option<([u8; BYTES], Instant)>,
}

#[async_trait]
impl request_response::Codec for Pings {
    type Protocol = StreamProtocol;
    type Request = ();
    type Response = Duration;

    async fn read_request<T>(&mut self, _: &StreamProtocol, _: &mut T) -> io::Result<()>
    where
        T: AsyncRead + Unpin + Send,
    {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Duration>
    where
        T: AsyncRead + Unpin + Send,
    {
        let (sent, at) = self.sent.take().ok_or(io::ErrorKind::InvalidData)?;
        let mut came = [0; BYTES];
        io.read_exact(&mut came).await?;
        let took = at.elapsed();
        if came != sent {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "what came back is not what was sent"));
        }
        Ok(took)
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, _: ()) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        let mut bytes = [0; BYTES];
        OsRng.fill_bytes(&mut bytes);
        self.sent = Some((bytes, Instant::now()));
        io.write_all(&bytes).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, _: &mut T, _: Duration) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        Err(io::ErrorKind::Unsupported.into())
    }
}
