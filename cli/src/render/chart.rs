//! A metric over time with the band it was expected in, in a few lines of text.

use super::page::{DIM, RED};
use jiff::Timestamp;
use stackseer_model::time;
use stackseer_model::{BandPoint, Kind, Metric};

const ROWS: usize = 4;
/// Width of the numbers beside the axis.
const LABEL: usize = 8;
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The first and last moment that a series shows.
pub fn range<'a>(series: impl IntoIterator<Item = &'a BandPoint>) -> Option<(Timestamp, Timestamp)> {
    let times: Vec<Timestamp> = series.into_iter().map(|p| p.time).collect();
    Some((*times.iter().min()?, *times.iter().max()?))
}

/// The picture that several series share.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Marked on the axis.
    pub onset: Timestamp,
    /// The reader's clock: times of another day carry their date.
    pub now: Timestamp,
    /// Of the page.
    pub width: usize,
}

/// Bars for the values, red outside the band; `░` where they were expected; `·` where nothing is known.
/// The last line marks the onset.
pub fn chart(series: &[BandPoint], metric: &Metric, frame: &Frame) -> Vec<String> {
    let most = frame.width.saturating_sub(LABEL + 2).clamp(10, 72);
    let floor = if may_be_negative(metric) { f64::NEG_INFINITY } else { 0.0 };
    let columns = columns(series, floor, frame, most);
    let Some((low, high)) = bounds(&columns, floor) else { return vec![] };
    let mut lines = Vec::with_capacity(ROWS + 1);
    for row in (0..ROWS).rev() {
        let label = match row {
            _ if row == ROWS - 1 => compact(high),
            0 => compact(low),
            _ => String::new(),
        };
        let cells: String = columns.iter().map(|column| cell(column.as_ref(), row, low, high)).collect();
        lines.push(format!("{label:>LABEL$} │{cells}").trim_end().to_owned());
    }
    lines.push(axis(frame, columns.len()));
    lines
}

/// Of what is counted, measured or timed there is never less than nothing; only a level without such a unit may be below zero.
fn may_be_negative(metric: &Metric) -> bool {
    metric.kind == Kind::Gauge && matches!(metric.unit.as_str(), "" | "None")
}

/// The unit of the axis: `a minute`, `milliseconds`.
pub fn unit(metric: &Metric) -> Option<String> {
    match metric.unit.as_str() {
        "" | "None" => None,
        "Count" if matches!(metric.key.statistic.as_str(), "Sum" | "SampleCount") => Some(match metric.period {
            60 => "a minute".to_owned(),
            period if period < 60 => format!("every {period} seconds"),
            period => format!("every {}", stackseer_model::length(i64::from(period))),
        }),
        "Count" => None,
        "Percent" => Some("per cent".to_owned()),
        unit => Some(unit.to_lowercase().replace('/', " a ")),
    }
}

/// What one column stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    /// None: nothing is known.
    value: Option<f64>,
    lower: f64,
    upper: f64,
}

/// Several points in a column: the value furthest from the expected, and the band it was judged by. Several columns for a
/// point: all show it.
fn columns(series: &[BandPoint], floor: f64, frame: &Frame, count: usize) -> Vec<Option<Column>> {
    let length = (frame.to.as_second() - frame.from.as_second()).max(1) as f64;
    let mut kept: Vec<Option<&BandPoint>> = vec![None; count];
    let away = |p: &BandPoint| p.value.map_or(-1.0, |v| (v - p.expected).abs());
    for point in series {
        let share = (point.time.as_second() - frame.from.as_second()) as f64 / length;
        let slot = &mut kept[((share * count as f64).max(0.0) as usize).min(count - 1)];
        if slot.is_none_or(|known| away(point) > away(known)) {
            *slot = Some(point);
        }
    }
    let wide = count.div_ceil(series.len().max(1));
    let filled = |i: usize| kept[i.saturating_sub(wide)..=i].iter().rev().find_map(|p| *p);
    let column = |p: &BandPoint| Column { value: p.value, lower: p.lower.max(floor), upper: p.upper.max(floor) };
    (0..count).map(|i| filled(i).map(column)).collect()
}

/// From zero, unless everything is far above it.
fn bounds(columns: &[Option<Column>], floor: f64) -> Option<(f64, f64)> {
    let values = || columns.iter().flatten().filter_map(|c| c.value);
    let shown = || {
        columns
            .iter()
            .flatten()
            .flat_map(|c| [c.value, Some(c.lower), Some(c.upper)])
            .flatten()
            .filter(|v| v.is_finite())
    };
    values().next()?;
    let most = values().fold(f64::NEG_INFINITY, f64::max);
    let top = shown().fold(f64::NEG_INFINITY, f64::max);
    // A band far wider than the values would press them flat.
    let top = if most > 0.0 { top.min(most * 3.0).max(most) } else { top };
    let least = shown().fold(f64::INFINITY, f64::min);
    let low = if least >= 0.0 && least < 0.6 * top { 0.0 } else { (least - 0.1 * (top - least)).max(floor) };
    Some((low, if top > low { top } else { low + 1.0 }))
}

fn cell(column: Option<&Column>, row: usize, low: f64, high: f64) -> String {
    let step = (high - low) / ROWS as f64;
    let bottom = low + row as f64 * step;
    let Some(column) = column else { return " ".to_owned() };
    let Some(value) = column.value else { return if row == 0 { format!("{DIM}·{DIM:#}") } else { " ".to_owned() } };
    let mut eighths = (((value - bottom) / step) * 8.0).round().clamp(0.0, 8.0) as usize;
    if row == 0 {
        // Even nothing is something that was measured.
        eighths = eighths.max(1);
    }
    if eighths > 0 {
        let bar = EIGHTHS[eighths];
        let outside = value > column.upper || value < column.lower;
        return if outside { format!("{RED}{bar}{RED:#}") } else { bar.to_owned() };
    }
    let covered = column.upper.min(bottom + step) - column.lower.max(bottom);
    if covered > step / 4.0 { format!("{DIM}░{DIM:#}") } else { " ".to_owned() }
}

/// Start, onset and end, as far as they don't run into one another. The arrow stands exactly below the onset.
fn axis(frame: &Frame, columns: usize) -> String {
    let Frame { from, to, onset, now, .. } = *frame;
    let length = (to.as_second() - from.as_second()).max(1) as f64;
    let (first, last) = (LABEL + 2, LABEL + 2 + columns);
    let mut line: Vec<char> = vec![' '; last];
    let mut put = |at: usize, text: &str| {
        let text: Vec<char> = text.chars().collect();
        let end = at + text.len();
        let around = at.saturating_sub(1)..(end + 1).min(last);
        if end <= last && line[around].iter().all(|c| *c == ' ') {
            line[at..end].copy_from_slice(&text);
        }
    };
    let clock = |time: Timestamp| time.strftime("%H:%M").to_string();
    if onset < from {
        put(first, &format!("◀ {}", time::clock(onset, now)));
    } else {
        let share = (onset.as_second() - from.as_second()) as f64 / length;
        let at = first + ((share * columns as f64) as usize).min(columns.saturating_sub(1));
        let said = clock(onset);
        let fits = at + 1 + said.len() <= last;
        if fits { put(at, &format!("▲{said}")) } else { put(at - said.len(), &format!("{said}▲")) }
    }
    put(first, &time::clock(from, now));
    let end = format!("{} UTC", clock(to));
    put(last - end.len().min(columns), &end);
    line.into_iter().collect::<String>().trim_end().to_owned()
}

/// Short enough for an axis: `812`, `1.24k`, `3.5M`, `0.02`.
fn compact(value: f64) -> String {
    let (scaled, suffix) = match value.abs() {
        v if v >= 1e12 => (value / 1e12, "T"),
        v if v >= 1e9 => (value / 1e9, "G"),
        v if v >= 1e6 => (value / 1e6, "M"),
        v if v >= 1e3 => (value / 1e3, "k"),
        v if v > 0.0 && v < 0.01 => return format!("{value:.0e}"),
        _ => (value, ""),
    };
    let decimals = match scaled.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{scaled:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_on_the_axis_are_short() {
        let said = [0.0, 0.0004, 0.02, 7.0, 7.25, 812.4, 1240.0, 3_500_000.0, -20.0].map(compact);
        assert_eq!(said, ["0", "4e-4", "0.02", "7", "7.25", "812", "1.24k", "3.5M", "-20"]);
    }

    fn time(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + minutes * 60).unwrap()
    }

    fn frame(to: i64, onset: i64) -> Frame {
        Frame { from: time(0), to: time(to), onset: time(onset), now: time(to), width: 80 }
    }

    #[test]
    fn many_points_in_few_columns_keep_the_peak() {
        let point = |i: i64| BandPoint {
            time: time(i),
            value: Some(if i == 77 { 900.0 } else { 10.0 }),
            lower: 5.0,
            expected: 10.0,
            upper: 15.0,
        };
        let series: Vec<BandPoint> = (0..180).map(point).collect();
        let columns = columns(&series, 0.0, &frame(179, 77), 20);
        assert_eq!(columns.len(), 20);
        assert_eq!(columns.iter().flatten().filter(|c| c.value == Some(900.0)).count(), 1);
    }

    #[test]
    fn few_points_fill_the_width() {
        let series: Vec<BandPoint> = (0..36)
            .map(|i| BandPoint { time: time(i * 5), value: Some(i as f64), lower: 0.0, expected: 0.0, upper: 0.0 })
            .collect();
        let columns = columns(&series, 0.0, &frame(175, 0), 70);
        assert!(columns.len() == 70 && columns.iter().all(Option::is_some));
        assert!(columns.windows(2).all(|w| w[0].unwrap().value <= w[1].unwrap().value));
    }

    #[test]
    fn a_band_that_is_not_finite_or_flat_breaks_nothing() {
        let flat = Some(Column { value: Some(0.0), lower: 0.0, upper: 0.0 });
        let (low, high) = bounds(&[flat], 0.0).unwrap();
        assert!(high > low);
        let endless = Some(Column { value: Some(3.0), lower: f64::NEG_INFINITY, upper: f64::INFINITY });
        let (low, high) = bounds(&[endless], f64::NEG_INFINITY).unwrap();
        assert!(low.is_finite() && high.is_finite() && high > low);
        assert_eq!(bounds(&[None, Some(Column { value: None, lower: 0.0, upper: 1.0 })], 0.0), None);
    }

    #[test]
    fn an_axis_begins_at_zero_unless_there_can_be_less() {
        let point = |i: i64| BandPoint { time: time(i), value: Some(37.0), lower: -21.0, expected: 5.0, upper: 31.0 };
        let series: Vec<BandPoint> = (0..60).map(point).collect();
        let low = |floor| bounds(&columns(&series, floor, &frame(59, 0), 40), floor).unwrap().0;
        assert_eq!(low(0.0), 0.0);
        assert!(low(f64::NEG_INFINITY) < -21.0);
    }

    #[test]
    fn the_arrow_stands_below_the_onset_wherever_it_is() {
        let arrow = |onset: i64| {
            let line = axis(&frame(100, onset), 50);
            (line.chars().position(|c| c == '▲'), line)
        };
        for onset in [0, 2, 50, 96, 100] {
            let (at, line) = arrow(onset);
            assert_eq!(at, Some(LABEL + 2 + (onset as usize / 2).min(49)), "{line}");
        }
        assert!(axis(&frame(100, -600), 50).trim_start().starts_with('◀'));
    }
}
