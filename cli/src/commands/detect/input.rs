//! From bytes to UTF-8 text, and which form it has.

use anyhow::{Result, bail, ensure};
use std::io::{BufRead, BufReader, Cursor, Read};

/// Of what has to be read whole before its first row is known: JSON and UTF-16.
const LARGEST: u64 = 256 * 1024 * 1024;
/// Of a first line.
const LONGEST_LINE: u64 = 64 * 1024;

pub enum Form {
    Json(String),
    Table { delimiter: u8, text: Box<dyn Read> },
}

pub fn open(input: impl Read + 'static) -> Result<Form> {
    let mut text = BufReader::new(as_utf8(Box::new(input), true)?);
    let mut head = Vec::new();
    let first = first_line(&mut text, &mut head)?;
    if first.trim_start().starts_with(['{', '[']) {
        return Ok(Form::Json(whole(Cursor::new(head).chain(text))?));
    }
    // Excel's own way to name the delimiter.
    if let Some(named) = first.trim().strip_prefix("sep=").filter(|named| named.len() == 1) {
        return Ok(Form::Table { delimiter: named.as_bytes()[0], text: Box::new(text) });
    }
    Ok(Form::Table { delimiter: delimiter(&first), text: Box::new(Cursor::new(head).chain(text)) })
}

/// Unpacks gzip and takes byte order marks away.
fn as_utf8(mut input: Box<dyn Read>, may_be_packed: bool) -> Result<Box<dyn Read>> {
    let mut head = Vec::new();
    input.by_ref().take(4).read_to_end(&mut head)?;
    let rest = |from: usize, input| Box::new(Cursor::new(head[from..].to_vec()).chain(input));
    Ok(match head.as_slice() {
        [0x1f, 0x8b, ..] if may_be_packed => {
            as_utf8(Box::new(flate2::read::MultiGzDecoder::new(rest(0, input))), false)?
        }
        [0xef, 0xbb, 0xbf, ..] => rest(3, input),
        [0xff, 0xfe, ..] => from_utf16(rest(2, input), u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => from_utf16(rest(2, input), u16::from_be_bytes)?,
        b"PK\x03\x04" => bail!("line 1: a zip archive or an Excel workbook, not text: save the sheet as CSV"),
        head if head.contains(&0) => bail!("line 1: not text; save it as CSV in UTF-8"),
        _ => rest(0, input),
    })
}

fn from_utf16(input: impl Read, number: fn([u8; 2]) -> u16) -> Result<Box<dyn Read>> {
    let mut bytes = Vec::new();
    input.take(LARGEST + 1).read_to_end(&mut bytes)?;
    ensure!(bytes.len() as u64 <= LARGEST, "more than {} MB of UTF-16: save it as UTF-8", LARGEST >> 20);
    let units = bytes.chunks(2).map(|pair| number([pair[0], pair.get(1).copied().unwrap_or_default()]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Ok(Box::new(Cursor::new(text.into_bytes())))
}

fn whole(input: impl Read) -> Result<String> {
    let mut text = String::new();
    input.take(LARGEST + 1).read_to_string(&mut text)?;
    ensure!(text.len() as u64 <= LARGEST, "more than {} MB of JSON: make it CSV", LARGEST >> 20);
    Ok(text)
}

/// The first line that says something; all that was read for it goes to `head`.
fn first_line(text: &mut impl BufRead, head: &mut Vec<u8>) -> Result<String> {
    loop {
        let from = head.len();
        let read = text.by_ref().take(LONGEST_LINE).read_until(b'\n', head)?;
        let line = String::from_utf8_lossy(&head[from..]);
        if read == 0 || !(line.trim().is_empty() || line.starts_with('#')) {
            return Ok(line.into_owned());
        }
    }
}

/// The separator that a line has most of, outside of quotes.
fn delimiter(line: &str) -> u8 {
    let outside: String = line.split('"').step_by(2).collect();
    let count = |delimiter: &u8| outside.bytes().filter(|b| b == delimiter).count();
    // Of two as frequent the last: a comma is as well within a number.
    *b",|;\t".iter().max_by_key(|delimiter| count(delimiter)).unwrap_or(&b',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(bytes: &[u8]) -> Result<(u8, String)> {
        match open(Cursor::new(bytes.to_vec()))? {
            Form::Json(text) => Ok((b'{', text)),
            Form::Table { delimiter, mut text } => {
                let mut all = String::new();
                text.read_to_string(&mut all)?;
                Ok((delimiter, all))
            }
        }
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    #[test]
    fn whatever_the_bytes_the_text_is_the_same() {
        let text = "timestamp,value\n2026-11-22,5 µs\n";
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            utf16(text, u16::to_le_bytes),
            utf16(text, u16::to_be_bytes),
            packed.finish().unwrap(),
        ] {
            assert_eq!(read(&bytes).unwrap(), (b',', text.to_owned()));
        }
        assert_eq!(read(b"").unwrap().1, "");
    }

    #[test]
    fn the_form_is_seen_in_the_first_line() {
        for (text, form) in [
            ("timestamp;value\n1;2,5\n", b';'),
            ("22.11.2026 14:30;98,5\n", b';'),
            ("timestamp\tvalue\n", b'\t'),
            ("a|b", b'|'),
            ("\"p90; all\",\"value\"", b','),
            ("\n# made by hand\n{\"Datapoints\": []}", b'{'),
            ("[]", b'{'),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap().0, form, "{text}");
        }
        assert_eq!(read(b"sep=;\ntimestamp;value\n").unwrap(), (b';', "timestamp;value\n".to_owned()));
    }

    #[test]
    fn what_is_no_text_says_what_to_do() {
        for (bytes, remedy) in [(&b"PK\x03\x04rest"[..], "save the sheet as CSV"), (b"t\0i\0m\0", "CSV in UTF-8")] {
            let error = read(bytes).unwrap_err().to_string();
            assert!(error.contains(remedy) && error.contains("line 1"), "{error}");
        }
    }
}
