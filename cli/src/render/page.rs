//! Lines of text that fit the terminal.

use anstyle::{AnsiColor, Style};
use stackseer_model::Severity;
use textwrap::{Options, WordSplitter};

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const PLAIN: Style = Style::new();

/// Where a line is not to end.
const NO_BREAK: char = '\u{a0}';
const UNITS: [&str; 7] = ["%", "ms", "s", "min", "h", "day", "days"];

/// A number stays with its unit.
fn held(text: &str) -> String {
    let mut held = String::with_capacity(text.len());
    for word in text.split(' ') {
        let is_unit = UNITS.contains(&word.trim_end_matches([',', '.', ':', ';', ')']));
        if !held.is_empty() {
            held.push(if is_unit && held.ends_with(|c: char| c.is_ascii_digit()) { NO_BREAK } else { ' ' });
        }
        held.push_str(word);
    }
    held
}

/// How wide a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    Columns(usize),
    /// For a file or another program: a line is as long as what it says.
    Unlimited,
}

impl Width {
    /// The terminal's behind stdout, or what `COLUMNS` asks for; wider than 100 reads badly.
    pub fn of_stdout() -> Self {
        let terminal = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
        let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
        match terminal.or_else(columns) {
            Some(columns) => Self::Columns(columns.clamp(20, 100)),
            None => Self::Unlimited,
        }
    }

    /// What a picture or a rule takes.
    pub fn columns(self) -> usize {
        match self {
            Self::Columns(columns) => columns,
            Self::Unlimited => 80,
        }
    }
}

/// A line between two parts.
pub fn rule(width: Width, said: &str) -> String {
    let start = if said.is_empty() { String::new() } else { format!("── {said} ") };
    let rest = width.columns().saturating_sub(start.chars().count());
    format!("{DIM}{start}{}{DIM:#}\n", "─".repeat(rest))
}

pub fn severity(severity: Severity) -> (&'static str, Style) {
    match severity {
        Severity::High => ("HIGH", RED.bold()),
        Severity::Medium => ("MEDIUM", YELLOW.bold()),
        Severity::Low => ("LOW", CYAN.bold()),
    }
}

pub fn good() -> Style {
    GREEN
}

/// Text as it grows, wrapped at `width`.
pub struct Page {
    pub width: Width,
    text: String,
}

impl Page {
    pub fn new(width: Width) -> Self {
        Self { width, text: String::new() }
    }

    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    pub fn heading(&mut self, text: &str) {
        self.blank();
        self.styled(0, BOLD, text);
    }

    pub fn text(&mut self, indent: usize, text: &str) {
        self.styled(indent, PLAIN, text);
    }

    pub fn styled(&mut self, indent: usize, style: Style, text: &str) {
        self.wrap(&" ".repeat(indent), &" ".repeat(indent), style, text);
    }

    /// How far right of its label a text stands.
    pub fn column(&self, indent: usize, column: usize) -> usize {
        if (indent + column) * 2 > self.width.columns() { 2.min(column) } else { column }
    }

    /// `label` once, with the text in a column to its right; below it where there is no room for a column.
    pub fn labelled(&mut self, indent: usize, label: &str, label_style: Style, column: usize, text: &str) {
        let styled = format!("{}{label_style}{label}{label_style:#}", " ".repeat(indent));
        if self.column(indent, column) < column {
            self.raw(&styled);
            return self.text(indent + 2, text);
        }
        let rest = " ".repeat(indent + column);
        let start = format!("{}{label:column$}", " ".repeat(indent));
        let before = self.text.len();
        self.wrap(&start, &rest, PLAIN, text);
        // Measured without style, coloured afterwards.
        self.text.replace_range(before..before + indent + label.len(), &styled);
    }

    fn wrap(&mut self, first: &str, rest: &str, style: Style, text: &str) {
        let lines = match self.width {
            Width::Unlimited => vec![format!("{first}{text}")],
            Width::Columns(width) => {
                let options = Options::new(width)
                    .initial_indent(first)
                    .subsequent_indent(rest)
                    .break_words(false)
                    // A name with a hyphen in it stays whole.
                    .word_splitter(WordSplitter::NoHyphenation);
                textwrap::wrap(&held(text), options).iter().map(|line| line.replace(NO_BREAK, " ")).collect()
            }
        };
        for line in &lines {
            let line = line.trim_end();
            if style == PLAIN {
                self.text += line;
            } else {
                let body = line.trim_start();
                let indent = &line[..line.len() - body.len()];
                self.text += &format!("{indent}{style}{body}{style:#}");
            }
            self.text.push('\n');
        }
    }

    /// A line that fits already, styles included.
    pub fn raw(&mut self, line: &str) {
        self.text += line.trim_end();
        self.text.push('\n');
    }

    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: Width) -> String {
        let mut page = Page::new(width);
        page.labelled(2, "HIGH", PLAIN, 8, "errors of shop-orders-worker against hardly any expected");
        page.finish()
    }

    #[test]
    fn a_name_is_not_broken_at_its_hyphens() {
        assert_eq!(
            page(Width::Columns(34)),
            "  HIGH    errors of\n          shop-orders-worker\n          against hardly any\n          expected\n"
        );
    }

    #[test]
    fn without_room_for_a_column_the_text_stands_below() {
        assert_eq!(
            page(Width::Columns(19)),
            "  HIGH\n    errors of\n    shop-orders-worker\n    against hardly\n    any expected\n"
        );
    }

    #[test]
    fn a_number_is_not_parted_from_its_unit() {
        let wrapped = |text: &str| {
            let mut page = Page::new(Width::Columns(12));
            page.wrap("", "", PLAIN, text);
            page.finish()
        };
        assert_eq!(wrapped("closed after 51 min."), "closed after\n51 min.\n");
        assert_eq!(wrapped("it lasted 51 min"), "it lasted\n51 min\n");
        assert_eq!(wrapped("of stack 51 miners"), "of stack 51\nminers\n");
    }

    #[test]
    fn what_no_terminal_shows_is_not_wrapped() {
        assert_eq!(page(Width::Unlimited), "  HIGH    errors of shop-orders-worker against hardly any expected\n");
    }
}
