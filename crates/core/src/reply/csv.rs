//! Tables as text (RFC 4180), as spreadsheets write and read them: quick replies travel this way.
//!
//! A spreadsheet takes a cell that begins with a sign such as `=` for a formula and runs it. Whoever may write a quick reply
//! must not run anything on the machine of whoever opens the table, so such a cell is written with an apostrophe before
//! it, and read without.

/// Signs that make a formula of a cell, those of full width included.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a cell would be taken for a formula, behind however many apostrophes.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(FORMULA)
}

/// The cell as it was before [`write`].
fn plain(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest.to_owned(),
        _ => cell,
    }
}

/// Rows of cells. Commas, semicolons or tabs, whichever the first line has most of; quotes, line breaks inside quotes and a
/// byte order mark are understood. Lines without any cell are left out.
#[must_use]
pub fn read(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let comma = separator(text);
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            _ if quoted => cell.push(c),
            '\r' => {}
            '\n' => {
                row.push(plain(std::mem::take(&mut cell)));
                end(&mut rows, &mut row);
            }
            _ if c == comma => row.push(plain(std::mem::take(&mut cell))),
            _ => cell.push(c),
        }
    }
    row.push(plain(cell));
    end(&mut rows, &mut row);
    rows
}

fn end(rows: &mut Vec<Vec<String>>, row: &mut Vec<String>) {
    let row = std::mem::take(row);
    if row.iter().any(|cell| !cell.trim().is_empty()) {
        rows.push(row);
    }
}

fn separator(text: &str) -> char {
    let first = text.lines().next().unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(|c| count(*c)).unwrap_or(',')
}

/// The rows as text: commas, CRLF, quotes and apostrophes where they are needed.
#[must_use]
pub fn write(rows: &[Vec<String>]) -> String {
    let cell = |cell: &String| {
        let cell = if is_formula(cell) { format!("'{cell}") } else { cell.clone() };
        if cell.contains(['"', ',', ';', '\t', '\n', '\r']) || cell.trim() != cell {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    };
    rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        assert_eq!(read("a,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n"), rows(&[&["a", "b"], &["1", "x, \"y\"\nz"]]));
        assert_eq!(read("\u{feff}a;b\n1;2,5\n\n;\n"), rows(&[&["a", "b"], &["1", "2,5"]]));
        assert_eq!(read("a\tb\n1\t"), rows(&[&["a", "b"], &["1", ""]]));
        assert_eq!(read("a,b\n\"never closed, 1\n2"), rows(&[&["a", "b"], &["never closed, 1\n2"]]));
        assert!(read("").is_empty());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let table = rows(&[&["shortcut", "body"], &["a", "One, \"two\"\nthree"], &["ب", " أهلا؛ "], &["", "x;y"]]);
        assert_eq!(read(&write(&table)), table);
    }

    #[test]
    fn no_cell_is_a_formula_and_every_one_is_read_back_as_it_was() {
        let cells =
            ["=1+1", "+971", "-", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "'=1", "''-1", "'quoted'", "a=b", "'", "="];
        let table = rows(&[&["shortcut", "body"], &cells]);
        let text = write(&table);
        assert_eq!(read(&text), table);
        assert!(text.contains("'=1+1,'+971,'-,'@SUM(A1),\"'\tx\","), "{text}");
        assert!(text.contains(",''=1,'''-1,'quoted',a=b,',"), "{text}");
        // What somebody wrote by hand, without apostrophes, is taken as it is.
        assert_eq!(read("a,b\n=x,-y"), rows(&[&["a", "b"], &["=x", "-y"]]));
    }
}
