//! `incident.toml`

use super::{Text, invalid, timestamp};
use crate::{ACCOUNT, FORMAT, Incident, IncidentError, METRICS, Problem, REGION, Range, Recorded, TICK_MINUTES, grain};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use stackseer_model::{Application, Boundary, ChangeEvent, Edge, Inventory, Resource, Timestamp, Unseen};
use toml::Spanned;

pub struct Settings {
    file: File,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Spanned<i64>,
    application: Spanned<String>,
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    boundary: Option<Boundary>,
    period: Spanned<i64>,
    #[serde(default)]
    tick_minutes: Option<Spanned<i64>>,
    learn: Spanned<RangeFile>,
    watch: Spanned<RangeFile>,
    #[serde(default)]
    unseen: Vec<Unseen>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RangeFile {
    #[serde(deserialize_with = "time")]
    from: Timestamp,
    #[serde(deserialize_with = "time")]
    to: Timestamp,
}

/// As TOML writes times, or quoted.
fn time<'de, D: Deserializer<'de>>(value: D) -> Result<Timestamp, D::Error> {
    let found = match toml::Value::deserialize(value)? {
        toml::Value::String(text) => text,
        other => other.to_string(),
    };
    timestamp(&found).map_err(D::Error::custom)
}

pub fn read(text: &Text) -> Result<Settings, IncidentError> {
    let file: File = toml::from_str(&text.text).map_err(|error| {
        let line = text.line_at(error.span().map_or(0, |span| span.start));
        text.error(line, None, Problem::Syntax { message: error.message().to_owned() })
    })?;
    let refuse =
        |field: &str, offset: usize, problem: Problem| Err(text.error(text.line_at(offset), Some(field), problem));

    if *file.format.get_ref() != FORMAT {
        let found = *file.format.get_ref();
        return refuse("format", file.format.span().start, Problem::Format { found });
    }
    if file.application.get_ref().trim().is_empty() {
        return refuse("application", file.application.span().start, Problem::Empty);
    }
    if let Some(boundary) = &file.boundary {
        let named = Application::new(ACCOUNT, file.region.as_deref().unwrap_or(REGION), boundary.clone()).name;
        if named != *file.application.get_ref() {
            let message = format!("the boundary names `{named}`; application and boundary must name the same");
            return refuse("application", file.application.span().start, Problem::Syntax { message });
        }
    }
    let period = *file.period.get_ref();
    if !(1..=86_400).contains(&period) {
        let wanted = "1 to 86400 seconds";
        return refuse("period", file.period.span().start, Problem::OutOfRange { found: period, wanted });
    }
    if let Some(tick) = &file.tick_minutes
        && !(1..=1_440).contains(tick.get_ref())
    {
        let (found, wanted) = (*tick.get_ref(), "1 to 1440 minutes");
        return refuse("tick_minutes", tick.span().start, Problem::OutOfRange { found, wanted });
    }
    for (name, range) in [("learn", &file.learn), ("watch", &file.watch)] {
        if range.get_ref().from >= range.get_ref().to {
            return refuse(name, range.span().start, Problem::EmptyRange);
        }
    }
    if file.watch.get_ref().from < file.learn.get_ref().to {
        return refuse("watch", file.watch.span().start, Problem::WatchWithinLearn);
    }
    Ok(Settings { file })
}

impl Settings {
    pub fn period(&self) -> u32 {
        // Held to its range when it was read.
        *self.file.period.get_ref() as u32
    }

    /// Refuses a period that is not that of the data: four of five points would be holes, or zeros that nobody measured.
    pub fn hold_to(&self, text: &Text, series: &[Recorded]) -> Result<(), IncidentError> {
        let period = self.period();
        if let Some(grain) = grain::of(series.iter().map(|r| &r.series)).filter(|grain| *grain > period) {
            let line = text.line_at(self.file.period.span().start);
            return Err(text.error(line, Some("period"), Problem::NotThePeriod { period, grain }));
        }
        let usual =
            |recorded: &Recorded, range: &RangeFile| grain::usual(&recorded.series.between(range.from, range.to));
        for recorded in series {
            let (learn, watch) = (self.file.learn.get_ref(), self.file.watch.get_ref());
            if let (Some(in_learn), Some(in_watch)) = (usual(recorded, learn), usual(recorded, watch))
                && in_learn != in_watch
            {
                let file = text.path.with_file_name(METRICS);
                let problem = Problem::TwoPeriods { in_learn, in_watch };
                return Err(invalid(&file, Some(recorded.line), Some("timestamp"), problem));
            }
        }
        Ok(())
    }

    pub fn into_incident(
        self,
        resources: Vec<Resource>,
        edges: Vec<Edge>,
        series: Vec<Recorded>,
        events: Vec<ChangeEvent>,
    ) -> Incident {
        let period = self.period();
        let file = self.file;
        let name = file.application.into_inner();
        let boundary = file.boundary.unwrap_or(Boundary::Stack { name });
        let range = |range: Spanned<RangeFile>| {
            let RangeFile { from, to } = range.into_inner();
            Range { from, to }
        };
        Incident {
            application: Application::new(
                file.account.as_deref().unwrap_or(ACCOUNT),
                file.region.as_deref().unwrap_or(REGION),
                boundary,
            ),
            period,
            // Held to its range when it was read.
            tick_minutes: file.tick_minutes.map_or(TICK_MINUTES, |tick| tick.into_inner() as u32),
            learn: range(file.learn),
            watch: range(file.watch),
            inventory: Inventory { resources, edges, unseen: file.unseen, ..Inventory::default() },
            series,
            events,
        }
    }
}
