//! A cell that says how much, in whatever notation the file keeps to.

/// What stands for a missing point.
const MISSING: [&str; 9] = ["", "-", "–", "null", "(null)", "none", "na", "n/a", "#n/a"];
const DOT: &str = "write it with a decimal dot and nothing between the digits";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decimal {
    Dot,
    Comma,
}

/// What the cells before have shown.
#[derive(Debug, Default)]
pub struct Numbers {
    decimal: Option<Decimal>,
    /// Empty: none was written.
    unit: Option<Box<str>>,
}

impl Numbers {
    /// `None` is a missing point. The error says what is wrong with the text, and what to do.
    pub fn read(&mut self, text: &str) -> Result<Option<f64>, String> {
        if is_missing(text) {
            return Ok(None);
        }
        let shown = super::row::shown(text);
        if is_no_finite_number(text) {
            return Err(format!("{shown} is not a finite number; leave the field empty for a missing point"));
        }
        let (digits, unit) = split_unit(text);
        let plain = plain(digits, self.decimal)
            .ok_or_else(|| format!("{shown} is not a number; write one, or nothing for a missing point"))?;
        let (plain, decimal) = plain.map_err(|()| format!("{shown} may be thousands or decimals: {DOT}"))?;
        if decimal.is_some() && self.decimal.is_some() && decimal != self.decimal {
            return Err(format!("{shown}: a decimal comma and a decimal dot in one column: {DOT}"));
        }
        self.decimal = self.decimal.or(decimal);
        self.keep_unit(unit, &shown)?;
        match plain.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(format!("{shown} is too large for a number; leave the field empty for a missing point")),
        }
    }

    fn keep_unit(&mut self, unit: &str, shown: &str) -> Result<(), String> {
        let known = self.unit.get_or_insert_with(|| unit.into());
        if **known == *unit {
            return Ok(());
        }
        let say = |unit: &str| if unit.is_empty() { "no unit".to_owned() } else { unit.to_owned() };
        Err(format!(
            "{shown} has {} where the rows before have {known}: write all in one unit",
            say(unit),
            known = say(known)
        ))
    }
}

pub fn is_missing(text: &str) -> bool {
    MISSING.iter().any(|missing| text.eq_ignore_ascii_case(missing))
}

/// Whether a cell is a number in any notation.
pub fn is_number(text: &str) -> bool {
    let (digits, _) = split_unit(text);
    is_no_finite_number(text) || plain(digits, None).is_some()
}

fn is_no_finite_number(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-']);
    ["nan", "inf", "infinity", "∞"].iter().any(|word| unsigned.eq_ignore_ascii_case(word))
}

/// `98.5 ms` and `12 %`: the number and its unit. An exponent is no unit.
fn split_unit(text: &str) -> (&str, &str) {
    if text.parse::<f64>().is_ok() {
        return (text, "");
    }
    let is_unit = |c: char| c.is_alphabetic() || "%/°".contains(c);
    let digits = text.trim_end_matches(is_unit);
    (digits.trim_end(), &text[digits.len()..])
}

/// The digits with a decimal dot and nothing else between them, and which decimal mark was written where that is certain.
/// `None`: not a number. `Some(Err)`: thousands or decimals.
fn plain(text: &str, known: Option<Decimal>) -> Option<Result<(String, Option<Decimal>), ()>> {
    use Decimal::{Comma, Dot};
    let (commas, dots) = (text.matches(',').count(), text.matches('.').count());
    let grouped = |separator: char, decimal: char, mark: Decimal| {
        let (whole, fraction) = text.split_once(decimal).unwrap_or((text, ""));
        let ok = is_grouped(whole, separator) && fraction.bytes().all(|b| b.is_ascii_digit());
        ok.then(|| Ok((format!("{}.{fraction}0", whole.replace(separator, "")), Some(mark))))
    };
    match (commas, dots) {
        (0, 0) => text.parse::<f64>().ok().map(|_| Ok((text.to_owned(), None))),
        // A known decimal comma makes a lone dot a separator of thousands, or a mistake.
        (0, 1) if known == Some(Comma) && is_grouped(text, '.') => grouped('.', ',', Comma),
        (0, 1) => text.parse::<f64>().ok().map(|_| Ok((text.to_owned(), Some(Dot)))),
        (1, 0) => lone_comma(text, known),
        (_, 0 | 1) if commas > 1 || text.find(',') < text.find('.') => grouped(',', '.', Dot),
        (0 | 1, _) => grouped('.', ',', Comma),
        _ => None,
    }
}

fn lone_comma(text: &str, known: Option<Decimal>) -> Option<Result<(String, Option<Decimal>), ()>> {
    let with_dot = text.replace(',', ".");
    with_dot.parse::<f64>().ok()?;
    let whole = text.split(',').next().unwrap_or_default().trim_start_matches(['+', '-']);
    let thousands = is_grouped(text, ',') && whole != "0";
    Some(match known {
        Some(Decimal::Dot) if thousands => Ok((text.replace(',', ""), None)),
        None if thousands => Err(()),
        _ => Ok((with_dot, Some(Decimal::Comma))),
    })
}

/// `1,234,567`: groups of three, after one of one to three.
fn is_grouped(text: &str, separator: char) -> bool {
    let mut groups = text.trim_start_matches(['+', '-']).split(separator);
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first))
        && groups.all(|group| group.len() == 3 && digits(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> Vec<Result<Option<f64>, String>> {
        let mut numbers = Numbers::default();
        texts.iter().map(|text| numbers.read(text)).collect()
    }

    fn values(texts: &[&str]) -> Vec<Option<f64>> {
        all(texts).into_iter().map(|value| value.unwrap()).collect()
    }

    #[test]
    fn each_notation_is_read_as_it_is_meant() {
        assert_eq!(
            values(&["12", "-0.5", "+3", "1e3", "1234.567"]),
            [Some(12.0), Some(-0.5), Some(3.0), Some(1000.0), Some(1234.567)]
        );
        assert_eq!(
            values(&["98,4512", "0,125", "7", "1.234,5", "1.234", "1.234.567,5"]),
            [Some(98.4512), Some(0.125), Some(7.0), Some(1234.5), Some(1234.0), Some(1_234_567.5)]
        );
        assert_eq!(
            values(&["98,451.25", "1,234,567", "1,234", "-1,234.5"]),
            [Some(98451.25), Some(1_234_567.0), Some(1234.0), Some(-1234.5)]
        );
        assert_eq!(values(&["98.5 ms", "1e3 ms", "7ms"]), [Some(98.5), Some(1000.0), Some(7.0)]);
        assert_eq!(values(&["12 %", "12.5%"]), [Some(12.0), Some(12.5)]);
    }

    #[test]
    fn missing_is_missing() {
        assert!(values(&["", "-", "null", "NULL", "N/A", "None"]).iter().all(Option::is_none));
    }

    #[test]
    fn what_is_no_number_or_may_be_two_is_refused() {
        for (texts, why) in [
            (&["NaN"][..], "not a finite number"),
            (&["-inf"], "not a finite number"),
            (&["Infinity"], "not a finite number"),
            (&["1e999"], "too large"),
            (&["many"], "not a number"),
            (&["1 234.5"], "not a number"),
            (&["1'234"], "not a number"),
            (&["1,20,345.5"], "not a number"),
            (&["1.2.3"], "not a number"),
            (&["$5"], "not a number"),
            (&["#DIV/0!"], "not a number"),
            (&["0x1F"], "not a number"),
            (&["98,451"], "may be thousands or decimals"),
            (&["1.234", "998,5"], "a decimal comma and a decimal dot"),
            (&["998,5", "12.5"], "a decimal comma and a decimal dot"),
            (&["980 ms", "1.02 s"], "has s where the rows before have ms"),
            (&["980", "1.02 K"], "has K where the rows before have no unit"),
        ] {
            let error = all(texts).pop().unwrap().unwrap_err();
            assert!(error.contains(why), "{texts:?}: {error}");
        }
    }
}
