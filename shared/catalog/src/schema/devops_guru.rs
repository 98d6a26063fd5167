//! `catalog/devops-guru/services.toml`: what DevOps Guru analysed, for what price, and what of it is not seen here.

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevOpsGuru {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    /// Per active resource.
    pub dollars_an_hour: f64,
    pub cheaper: Cheaper,
    #[serde(rename = "service")]
    pub services: Vec<ItsService>,
    #[serde(rename = "unseen", default)]
    pub unseen: Vec<ItsUnseen>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cheaper {
    pub dollars_an_hour: f64,
    pub resource_types: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItsService {
    /// Its API's `ServiceName`.
    pub name: String,
    /// It warned ahead of harm too.
    #[serde(default)]
    pub proactive: bool,
}

/// What it read of resources of these types, and is not read here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItsUnseen {
    pub what: String,
    pub because: String,
    pub resource_types: Vec<String>,
}

impl DevOpsGuru {
    pub fn service(&self, name: &str) -> Option<&ItsService> {
        self.services.iter().find(|service| service.name == name)
    }

    /// Dollars per active resource and hour.
    pub fn price(&self, resource_type: &str) -> f64 {
        match self.cheaper.resource_types.iter().any(|cheaper| cheaper == resource_type) {
            true => self.cheaper.dollars_an_hour,
            false => self.dollars_an_hour,
        }
    }
}
