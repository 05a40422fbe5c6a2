//! The sending side of one connection: a tap that counts what the kernel took, and a gate that
//! lets the first byte through only while its permit is fresh. Not for reading, not for HTTP.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::Guard;

/// Counts the bytes that the kernel took. Stands below TLS, so that a byte counts when it can
/// leave, not when a cipher swallowed it.
pub(super) struct Tap<S> {
    inner: S,
    taken: Arc<AtomicU64>,
}

impl<S> Tap<S> {
    pub(super) fn new(inner: S, taken: Arc<AtomicU64>) -> Tap<S> {
        Tap { inner, taken }
    }

    fn count(&self, written: io::Result<usize>) -> io::Result<usize> {
        let bytes = written?;
        self.taken.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::AcqRel);
        Ok(bytes)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, buf));
        Poll::Ready(self.count(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write_vectored(cx, bufs));
        Poll::Ready(self.count(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// What is known of one request's way out, also after its connection is gone.
pub(super) struct Watch {
    guard: Option<Guard>,
    taken: Arc<AtomicU64>,
    /// The tap's count when the first write was let through.
    begun: OnceLock<u64>,
    refusal: OnceLock<String>,
}

impl Watch {
    pub(super) fn new(guard: Option<Guard>, taken: Arc<AtomicU64>) -> Watch {
        Watch { guard, taken, begun: OnceLock::new(), refusal: OnceLock::new() }
    }

    /// Says whether a byte of the request may have left. `false` is proof that none did, once the
    /// connection has been dropped.
    pub(super) fn left(&self) -> bool {
        self.begun.get().is_some_and(|begun| self.taken.load(Ordering::Acquire) > *begun)
    }

    /// Why the gate stayed shut, if it did.
    pub(super) fn refusal(&self) -> Option<&str> {
        self.refusal.get().map(String::as_str)
    }

    /// Judges one write. As long as no byte has left, every write is judged anew, so that one
    /// that had to wait is not late. A refusal is final.
    fn judge(&self) -> io::Result<()> {
        if self.left() {
            return Ok(());
        }
        if self.refusal.get().is_none() {
            match self.guard.as_ref().map_or(Ok(()), fresh) {
                Ok(()) => {
                    self.begun.get_or_init(|| self.taken.load(Ordering::Acquire));
                    return Ok(());
                }
                Err(reason) => drop(self.refusal.set(reason)),
            }
        }
        Err(io::Error::other("the permit is too old"))
    }
}

/// Says whether the permit is still fresh by the clock that runs on through a suspend.
fn fresh(guard: &Guard) -> Result<(), String> {
    match guard.boot.since_boot().checked_sub(guard.asked_at) {
        Some(age) if age <= guard.patience => Ok(()),
        Some(age) => Err(format!(
            "not sent: {} ms have passed since the permit was asked for, {} are allowed",
            age.as_millis(),
            guard.patience.as_millis()
        )),
        None => Err("not sent: the boot clock stands before the permit's time".to_owned()),
    }
}

/// Lets the first byte of a request through only while its permit is fresh. Stands above TLS.
pub(super) struct Gate<S> {
    inner: S,
    watch: Arc<Watch>,
}

impl<S> Gate<S> {
    pub(super) fn new(inner: S, watch: Arc<Watch>) -> Gate<S> {
        Gate { inner, watch }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.watch.judge()?;
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.watch.judge()?;
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    /// TLS may hold back what it took: a flush can be what sends the first byte.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.watch.begun.get().is_none() {
            return Poll::Ready(Ok(()));
        }
        self.watch.judge()?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    /// A line that never spoke ends without a farewell, and so does one whose permit is too old:
    /// ending TLS politely would send what it holds back.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.watch.left() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;
    use crate::raw::{HandClock, guard_by};

    /// A socket that takes what a test lets it take.
    #[derive(Default)]
    struct Socket {
        answers: Vec<Poll<io::Result<usize>>>,
        farewells: Arc<AtomicU64>,
    }

    impl AsyncWrite for Socket {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.answers.remove(0)
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.farewells.fetch_add(1, Ordering::SeqCst);
            Poll::Ready(Ok(()))
        }
    }

    struct Scene {
        gate: Gate<Tap<Socket>>,
        watch: Arc<Watch>,
        boot: Arc<HandClock>,
        farewells: Arc<AtomicU64>,
    }

    fn scene(answers: Vec<Poll<io::Result<usize>>>) -> Scene {
        let (boot, taken) = (Arc::new(HandClock::default()), Arc::default());
        let socket = Socket { answers, ..Socket::default() };
        let farewells = socket.farewells.clone();
        let guard = Some(guard_by(boot.clone()));
        let tap = Tap::new(socket, Arc::clone(&taken));
        let watch = Arc::new(Watch::new(guard, taken));
        Scene { gate: Gate::new(tap, watch.clone()), watch, boot, farewells }
    }

    impl Scene {
        async fn write(&mut self) -> Poll<io::Result<usize>> {
            poll_fn(|cx| Poll::Ready(Pin::new(&mut self.gate).poll_write(cx, b"abc"))).await
        }

        async fn end(&mut self) -> u64 {
            poll_fn(|cx| Pin::new(&mut self.gate).poll_shutdown(cx)).await.unwrap();
            self.farewells.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn a_write_that_the_socket_refuses_has_not_left() {
        let broken = io::Error::from(io::ErrorKind::BrokenPipe);
        let mut scene = scene(vec![Poll::Ready(Err(broken))]);
        assert!(matches!(scene.write().await, Poll::Ready(Err(_))));
        assert!(!scene.watch.left());
        assert_eq!(scene.end().await, 0, "no farewell on a line that never spoke");
    }

    #[tokio::test]
    async fn one_byte_that_the_socket_took_may_have_left() {
        let mut scene = scene(vec![Poll::Ready(Ok(1))]);
        assert!(matches!(scene.write().await, Poll::Ready(Ok(1))));
        assert!(scene.watch.left());
        assert_eq!(scene.end().await, 1);
    }

    #[tokio::test]
    async fn a_write_that_had_to_wait_is_judged_anew() {
        let mut scene = scene(vec![Poll::Pending, Poll::Ready(Ok(3))]);
        assert!(scene.write().await.is_pending());
        scene.boot.advance(Duration::from_secs(6));
        assert!(matches!(scene.write().await, Poll::Ready(Err(_))));
        assert!(!scene.watch.left() && scene.watch.refusal().is_some());
    }

    #[tokio::test]
    async fn what_has_begun_goes_on_whatever_the_clock_says() {
        let mut scene = scene(vec![Poll::Ready(Ok(1)), Poll::Ready(Ok(2))]);
        assert!(scene.write().await.is_ready());
        scene.boot.advance(Duration::from_secs(6));
        assert!(matches!(scene.write().await, Poll::Ready(Ok(2))));
        assert_eq!(scene.watch.refusal(), None);
    }

    #[tokio::test]
    async fn a_refusal_is_final() {
        let mut scene = scene(vec![Poll::Ready(Ok(3))]);
        scene.boot.advance(Duration::from_secs(6));
        for _ in 0..2 {
            assert!(matches!(scene.write().await, Poll::Ready(Err(_))));
        }
        assert!(!scene.watch.left());
    }
}
