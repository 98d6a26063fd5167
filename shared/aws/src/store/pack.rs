//! Rows' bodies: compressed JSON.

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use stackseer_model::{AnomalyId, BandPoint, Insight};
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// DynamoDB takes items up to 400 KB; keys and the rest of the row need little.
pub(crate) const MOST_BYTES: usize = 380 * 1024;

/// An insight as it is kept: its anomalies' series are rows of their own, named here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub insight: Insight,
    /// In the anomalies' order; none for an anomaly without a series.
    pub series: Vec<Option<Snapshot>>,
}

/// A series by what it holds: the same content is the same row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    pub content: String,
    pub parts: u32,
}

type Blobs = BTreeMap<Snapshot, Vec<u8>>;

impl Kept {
    /// Takes the series out of the insight. The bytes are to be written before the insight is.
    pub(crate) fn of(insight: &Insight) -> Result<(Self, Blobs), String> {
        let mut insight = insight.clone();
        let mut blobs = Blobs::new();
        let mut series = Vec::new();
        for anomaly in &mut insight.anomalies {
            let points = anomaly.of_metric_mut().map(|m| std::mem::take(&mut m.series)).unwrap_or_default();
            if points.is_empty() {
                series.push(None);
                continue;
            }
            let bytes = encode(&points)?;
            let content = content(&bytes);
            let parts = u32::try_from(bytes.len().div_ceil(MOST_BYTES)).map_err(|e| e.to_string())?;
            let snapshot = Snapshot { content, parts };
            series.push(Some(snapshot.clone()));
            blobs.insert(snapshot, bytes);
        }
        Ok((Self { insight, series }, blobs))
    }

    /// Leaves out the series of the other anomalies.
    pub(crate) fn keep_series(&mut self, wants: impl Fn(&AnomalyId) -> bool) {
        for (anomaly, series) in self.insight.anomalies.iter().zip(&mut self.series) {
            series.take_if(|_| !wants(&anomaly.id));
        }
    }

    pub(crate) fn with(mut self, series: impl Fn(&Snapshot) -> Option<Vec<BandPoint>>) -> Insight {
        for (anomaly, snapshot) in self.insight.anomalies.iter_mut().zip(&self.series) {
            if let Some(metric) = anomaly.of_metric_mut() {
                metric.series = snapshot.as_ref().and_then(&series).unwrap_or_default();
            }
        }
        self.insight
    }
}

/// JSON writes NaN and infinity as null, which reads back as an error or as nothing: better refused now.
pub(crate) fn json<T: Serialize + DeserializeOwned + PartialEq>(value: &T) -> Result<Vec<u8>, String> {
    let json = serde_json::to_vec(value).map_err(|e| e.to_string())?;
    match serde_json::from_slice::<T>(&json) {
        Ok(read) if read == *value => Ok(json),
        Ok(_) => Err("it would read back as something else: one of its numbers is not finite".to_owned()),
        Err(error) => Err(format!("it could not be read back: one of its numbers is not finite ({error})")),
    }
}

pub(crate) fn encode<T: Serialize + DeserializeOwned + PartialEq>(value: &T) -> Result<Vec<u8>, String> {
    deflate(&json(value)?)
}

pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(&inflate(bytes)?).map_err(|e| e.to_string())
}

pub(crate) fn deflate(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).map_err(|e| e.to_string())?;
    encoder.finish().map_err(|e| e.to_string())
}

pub(crate) fn inflate(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut plain = Vec::new();
    ZlibDecoder::new(bytes).read_to_end(&mut plain).map_err(|e| e.to_string())?;
    Ok(plain)
}

/// A name by what it holds: the same bytes have the same name.
pub(crate) fn content(bytes: &[u8]) -> String {
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, bytes).simple().to_string()
}

pub(crate) fn fitting(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    match bytes.len() {
        ..=MOST_BYTES => Ok(bytes),
        size => Err(format!("{} KB are more than a DynamoDB item can hold", size / 1024)),
    }
}
