//! How numbers and names are said to a person on a phone.

use stackseer_catalog::Catalog;
use stackseer_model::Metric;
pub use stackseer_model::time::moment;

/// A day without one is no surprise.
const ONE_A_DAY: f64 = 1.0 / 1440.0;
/// Fewer events a minute than this are hardly any.
const HARDLY_ANY: f64 = 0.1;

/// How a sentence says a metric: by its label, and what it counts where one label stands for several series.
pub fn label(catalog: &Catalog, metric: &Metric) -> String {
    let Some((service, spec)) = catalog.spec(&metric.key) else { return metric.key.name.clone() };
    let counted = service.dimensions.iter().filter(|(_, template)| *template == "*");
    let counted: Vec<&str> = counted.filter_map(|(d, _)| metric.key.dimensions.get(d)).map(String::as_str).collect();
    if counted.is_empty() { spec.label.clone() } else { format!("{} ({})", spec.label, counted.join(", ")) }
}

/// The same of a metric of which only the name is known.
pub fn label_of<'a>(catalog: &'a Catalog, resource_type: &str, name: &'a str) -> &'a str {
    let of_type = catalog.services().iter().filter(|s| s.resource_type == resource_type);
    of_type.flat_map(|s| &s.metrics).find(|m| m.name == name).map_or(name, |m| m.label.as_str())
}

/// A value of the metric with its unit: `812 ms`, `4.2 s`, `1,240 a minute`, `87 %`.
pub fn value(metric: &Metric, value: f64) -> String {
    match metric.unit.as_str() {
        "Seconds" | "Milliseconds" | "Microseconds" if value == 0.0 => "none".to_owned(),
        "Seconds" => duration(value * 1000.0),
        "Milliseconds" => duration(value),
        "Microseconds" => duration(value / 1000.0),
        "Percent" => format!("{} %", number(value)),
        "Bytes" => bytes(value),
        "Megabytes" => bytes(value * 1024.0 * 1024.0),
        "Bytes/Second" => format!("{}/s", bytes(value)),
        "Count" | "None" | "" if matches!(metric.key.statistic.as_str(), "Sum" | "SampleCount") => {
            match value * 60.0 / f64::from(metric.period.max(1)) {
                rate if rate.abs() < ONE_A_DAY => "none".to_owned(),
                few if few.abs() < HARDLY_ANY => "hardly any".to_owned(),
                rate => format!("{} a minute", number(rate)),
            }
        }
        _ => number(value),
    }
}

pub fn duration(milliseconds: f64) -> String {
    match milliseconds.abs() {
        ms if ms < 1_000.0 => format!("{} ms", number(milliseconds)),
        ms if ms < 120_000.0 => format!("{} s", number(milliseconds / 1_000.0)),
        ms if ms < 7_200_000.0 => format!("{} min", number(milliseconds / 60_000.0)),
        _ => format!("{} h", number(milliseconds / 3_600_000.0)),
    }
}

pub fn bytes(value: f64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KB", "MB", "GB", "TB"];
    let mut scaled = value;
    let mut unit = 0;
    while scaled.abs() >= 1024.0 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    format!("{} {}", number(scaled), UNITS[unit])
}

/// Three significant figures, thousands separated.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    let magnitude = value.abs();
    let decimals = match magnitude {
        m if m == 0.0 || m >= 99.95 => 0,
        m if m >= 9.995 => 1,
        m if m >= 0.9995 => 2,
        _ => (2 - magnitude.log10().floor() as i32).clamp(2, 6) as usize,
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, rest) = digits.split_once('.').map_or((digits, None), |(w, r)| (w, Some(r)));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match rest {
        Some(rest) => format!("{sign}{grouped}.{rest}"),
        None => format!("{sign}{grouped}"),
    }
}

/// More than so many times the expected says only that next to nothing was expected.
const MOST_TIMES: f64 = 1000.0;

/// `4.1×`; a rise from nothing has no ratio.
pub fn times(ratio: f64) -> String {
    if ratio < MOST_TIMES { format!("{}×", number(ratio)) } else { "from nothing".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_figures_and_separators() {
        let said =
            [0.0, 0.00437, 0.5, 1.0, 4.128, 37.26, 99.97, 812.4, 1240.0, 1_234_567.0, -1500.5, f64::NAN].map(number);
        assert_eq!(
            said,
            ["0", "0.00437", "0.5", "1", "4.13", "37.3", "100", "812", "1,240", "1,234,567", "-1,500", "unknown"]
        );
    }

    #[test]
    fn durations_pick_a_readable_unit() {
        assert_eq!(
            [0.5, 812.0, 4_200.0, 600_000.0, 9_000_000.0].map(duration),
            ["0.5 ms", "812 ms", "4.2 s", "10 min", "2.5 h"]
        );
    }
}
