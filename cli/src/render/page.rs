//! Lines of text that fit the terminal.

use anstyle::{AnsiColor, Style};
use stackseer_model::Severity;
use textwrap::Options;

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const PLAIN: Style = Style::new();

/// Columns of the terminal behind stdout, else of `COLUMNS`, else 80; wider than 100 reads badly.
pub fn width() -> usize {
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal.or_else(columns).unwrap_or(80).clamp(40, 100)
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
    pub width: usize,
    text: String,
}

impl Page {
    pub fn new(width: usize) -> Self {
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

    /// `label` once, with the text in a column beside it.
    pub fn labelled(&mut self, indent: usize, label: &str, label_style: Style, column: usize, text: &str) {
        let rest = " ".repeat(indent + column);
        let start = format!("{}{label:column$}", " ".repeat(indent));
        let before = self.text.len();
        self.wrap(&start, &rest, PLAIN, text);
        // Measured without style, coloured afterwards.
        let styled = format!("{}{label_style}{label}{label_style:#}", " ".repeat(indent));
        self.text.replace_range(before..before + indent + label.len(), &styled);
    }

    fn wrap(&mut self, first: &str, rest: &str, style: Style, text: &str) {
        let options = Options::new(self.width).initial_indent(first).subsequent_indent(rest).break_words(false);
        for line in textwrap::wrap(text, options) {
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
