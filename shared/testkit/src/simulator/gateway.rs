//! A REST API: what clients see, and how long the integrations behind it took.

use crate::simulator::distribution::ServiceTime;
use crate::simulator::record::{Channel, Recorder, Times};
use rand::Rng;
use stackseer_model::Resource;

pub struct Gateway {
    /// Authorisation, mapping and the way through the gateway itself.
    overhead: ServiceTime,
    minute: Minute,
    grains: Vec<Channels>,
}

#[derive(Default)]
struct Minute {
    latencies: Vec<f32>,
    integrations: Vec<f32>,
    client_errors: u32,
    server_errors: u32,
}

struct Channels {
    count: Channel,
    client_errors: Channel,
    server_errors: Channel,
    latency: Times,
    integration: Times,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Good,
    ClientError,
    ServerError,
}

impl Gateway {
    /// Published by API, and by API and stage.
    pub fn new(recorder: &mut Recorder, resource: &Resource) -> Self {
        let api = ("ApiName", resource.known("api_name").unwrap_or_default());
        let stage = ("Stage", resource.known("stage").unwrap_or_default());
        let mut grain = |dims: &[(&str, &str)]| {
            let mut channel = |metric| recorder.channel(resource, "AWS/ApiGateway", metric, "Sum", dims);
            let (count, client_errors, server_errors) = (channel("Count"), channel("4XXError"), channel("5XXError"));
            let mut times = |metric| Times::new(recorder, resource, "AWS/ApiGateway", metric, dims);
            Channels {
                count,
                client_errors,
                server_errors,
                latency: times("Latency"),
                integration: times("IntegrationLatency"),
            }
        };
        let grains = vec![grain(&[api]), grain(&[api, stage])];
        Self { overhead: ServiceTime::new(7.0, 0.35), minute: Minute::default(), grains }
    }

    /// `integration_ms`: none where the gateway itself answered.
    pub fn answer(&mut self, status: Status, integration_ms: Option<f64>, rng: &mut impl Rng) {
        let latency = self.overhead.draw(rng) + integration_ms.unwrap_or_default();
        self.minute.latencies.push(latency as f32);
        self.minute.integrations.extend(integration_ms.map(|ms| ms as f32));
        match status {
            Status::Good => {}
            Status::ClientError => self.minute.client_errors += 1,
            Status::ServerError => self.minute.server_errors += 1,
        }
    }

    pub fn publish(&mut self, recorder: &mut Recorder, minute: u32) {
        let now = &mut self.minute;
        if !now.latencies.is_empty() {
            for grain in &self.grains {
                recorder.put(grain.count, minute, now.latencies.len() as f64);
                recorder.put(grain.client_errors, minute, f64::from(now.client_errors));
                recorder.put(grain.server_errors, minute, f64::from(now.server_errors));
                grain.latency.put(recorder, minute, &mut now.latencies);
                grain.integration.put(recorder, minute, &mut now.integrations);
            }
        }
        now.latencies.clear();
        now.integrations.clear();
        (now.client_errors, now.server_errors) = (0, 0);
    }
}
