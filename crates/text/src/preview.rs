//! One-line previews that are safe to put next to other text.

use unicode_segmentation::UnicodeSegmentation;

/// The most code points kept of one grapheme cluster: above every emoji sequence in use (family
/// with skin tones: 11), below what stacked marks need to draw over neighbouring lines.
const MAX_CLUSTER_CHARS: usize = 16;

/// A single-line preview of at most `max_graphemes` user-perceived characters.
///
/// White space of every kind (newlines too) becomes single spaces, control characters go, and the
/// cut never falls inside a grapheme cluster (emoji families, flags and accents stay whole). If
/// something was cut the result ends in `…`, which is counted. Bidirectional controls without
/// their partner (in the original, or because of the cut) are removed, so that a preview can never
/// turn the direction of the text which follows it; those that stay count as one each.
#[must_use]
pub fn preview(text: &str, max_graphemes: usize) -> String {
    if max_graphemes == 0 {
        return String::new();
    }
    let mut kept: Vec<String> = Vec::new();
    let mut pending_space = false;
    let mut cut = false;
    for cluster in text.graphemes(true) {
        if cluster.chars().all(char::is_whitespace) {
            pending_space = !kept.is_empty();
            continue;
        }
        let clean: String = cluster.chars().filter(|c| !c.is_control()).take(MAX_CLUSTER_CHARS).collect();
        if clean.is_empty() {
            continue;
        }
        let needed = 1 + usize::from(pending_space);
        if kept.len() + needed > max_graphemes {
            cut = true;
            break;
        }
        if pending_space {
            kept.push(" ".to_owned());
            pending_space = false;
        }
        kept.push(clean);
    }
    if cut {
        kept.truncate(max_graphemes - 1);
        while kept.last().is_some_and(|last| last == " ") {
            kept.pop();
        }
    }
    let mut line = balance(&kept.concat());
    if cut {
        line.push('…');
    }
    bounded(line, max_graphemes)
}

/// Removing controls can join what they separated and so change the number of clusters (it can
/// only matter for strange input, two half flags for instance): the bound is enforced last.
fn bounded(line: String, max_graphemes: usize) -> String {
    match line.grapheme_indices(true).nth(max_graphemes) {
        Some((end, _)) => line[..end].to_owned(),
        None => line,
    }
}

/// Removes embeddings, overrides and isolates that are not closed, and closers without an opener
/// (pairs as in UAX #9: PDF closes an embedding or override, PDI an isolate and all inside it).
fn balance(text: &str) -> String {
    if !text.chars().any(is_bidi_pair) {
        return text.to_owned();
    }
    let mut remove = Vec::new();
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut isolates = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' => open.push((at, c)),
            '\u{2066}'..='\u{2068}' => {
                open.push((at, c));
                isolates += 1;
            }
            '\u{202C}' => match open.last() {
                Some((_, opener)) if !is_isolate(*opener) => {
                    open.pop();
                }
                _ => remove.push(at),
            },
            '\u{2069}' if isolates == 0 => remove.push(at),
            '\u{2069}' => {
                while let Some((opened, opener)) = open.pop() {
                    if is_isolate(opener) {
                        break;
                    }
                    remove.push(opened);
                }
                isolates -= 1;
            }
            _ => {}
        }
    }
    remove.extend(open.iter().map(|(at, _)| *at));
    remove.sort_unstable();
    text.char_indices().filter(|(at, _)| remove.binary_search(at).is_err()).map(|(_, c)| c).collect()
}

fn is_isolate(c: char) -> bool {
    matches!(c, '\u{2066}'..='\u{2068}')
}

fn is_bidi_pair(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
