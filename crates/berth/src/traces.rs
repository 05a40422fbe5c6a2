//! Traces for a collector that speaks OTLP over HTTP: requests, jobs, and within them calls to the
//! world outside. Sent in the background, and what a collector does not take is left out: the shop
//! waits for none. Not for log lines: those are `log.rs`.

use std::time::Duration;

use anyhow::Context;
use engine::metrics::TRACES;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

/// A collector that takes longer has lost what it was sent.
const PATIENCE: Duration = Duration::from_secs(5);

/// What sends them, for as long as it lives; what is left is sent at its end.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// To the collector at this address.
    pub fn to(collector: &str) -> anyhow::Result<Traces> {
        // One for the whole process is enough; a second call changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpJson)
            .with_endpoint(format!("{collector}/v1/traces"))
            .with_timeout(PATIENCE)
            .build()
            .with_context(|| format!("traces cannot be sent to {collector}"))?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let us = Resource::builder().with_service_name("berth").with_attribute(version).build();
        let provider =
            SdkTracerProvider::builder().with_resource(us).with_batch_exporter(exporter).build();
        Ok(Traces(provider))
    }

    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let layer = tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("berth"))
            .with_location(false)
            .with_threads(false);
        layer.with_filter(Targets::new().with_target(TRACES, Level::DEBUG))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!("the last traces were not sent: {error}");
        }
    }
}
