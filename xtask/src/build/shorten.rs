//! Style sheets and scripts without what only their writers read.
//!
//! - No parser of either language: what is taken away is what can be told line by line or sign by sign.
//!   What stands in quotes in a style sheet is left alone.
//! - A page's style sheets become one, in the order in which its index.html names them, in the place of
//!   the first; so the sources stay apart, and no list of them stands anywhere else.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};

const LINK: &str = "<link rel=\"stylesheet\" href=\"";
/// Beside the first of them, so that addresses in it keep their meaning.
const ALL: &str = "all.css";

/// The style sheets that index.html names become one.
pub fn one_style_sheet(files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    let Some(page) = files.get(&PathBuf::from("index.html")) else { return Ok(()) };
    let page = std::str::from_utf8(page).context("index.html is not UTF-8")?;
    let (mut lines, mut all) = (Vec::new(), None::<(PathBuf, Vec<u8>)>);
    let mut merged = Vec::new();
    for line in page.split_inclusive('\n') {
        let Some((name, end)) = line.strip_prefix(LINK).and_then(|rest| rest.split_once('"'))
        else {
            lines.push(line.to_owned());
            continue;
        };
        let name = PathBuf::from(name);
        let sheet = files.get(&name);
        let sheet = sheet.with_context(|| format!("index.html names {}", name.display()))?;
        merged.push(name.clone());
        match &mut all {
            Some((place, all)) if place.parent() == name.parent() => all.extend(sheet),
            Some(_) => lines.push(line.to_owned()),
            None => {
                let place = name.with_file_name(ALL);
                lines.push(format!("{LINK}{}\"{end}", place.display()));
                all = Some((place, sheet.clone()));
            }
        }
    }
    let Some((place, all)) = all else { return Ok(()) };
    let page = lines.concat().into_bytes();
    merged.iter().filter(|name| name.parent() == place.parent()).for_each(|name| {
        files.remove(name);
    });
    files.insert(place, all);
    files.insert("index.html".into(), page);
    Ok(())
}

/// A style sheet without comments, without white space beside the signs that need none, and without
/// semicolons before closing braces.
pub fn style_sheet(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut quote = None;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if quote.is_none() && text[at..].starts_with(b"/*") {
            let end = text[at + 2..].windows(2).position(|two| two == b"*/");
            at = end.map_or(text.len(), |end| at + 2 + end + 2);
            continue;
        }
        at += 1;
        let ends_quote = quote == Some(byte);
        match quote {
            None if byte.is_ascii_whitespace() => {
                // One space for any, and none at the start or after a sign that needs none.
                let needless =
                    matches!(out.last(), None | Some(b' ' | b'{' | b'}' | b';' | b',' | b':'));
                if !needless {
                    out.push(b' ');
                }
                continue;
            }
            None if matches!(byte, b'{' | b'}' | b';' | b',') => {
                if out.last() == Some(&b' ') {
                    out.pop();
                }
                if byte == b'}' && out.last() == Some(&b';') {
                    out.pop();
                }
            }
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            _ if ends_quote => quote = None,
            _ => {}
        }
        out.push(byte);
        // In quotes an escape takes what follows with it.
        if let (Some(_), b'\\', Some(&next)) = (quote, byte, text.get(at)) {
            out.push(next);
            at += 1;
        }
    }
    out.truncate(out.trim_ascii_end().len());
    out
}

/// A script without the comments for documentation and the indentation that wasm-bindgen writes.
/// Lines of our own scripts that begin so mean the same to whoever runs them; none has text in
/// backquotes over several lines, which this would change.
pub fn script(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let line = line.trim_ascii_start();
        in_comment |= line.starts_with(b"/**");
        if in_comment {
            in_comment = !line.trim_ascii_end().ends_with(b"*/");
        } else if !line.starts_with(b"//") {
            out.extend(line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_loses_what_only_its_writers_read() {
        for (written, kept) in [
            ("/* why */\n.a { /* x */\n    color: red;\n\n}\n", ".a{color:red}"),
            (".a::after { content: \"/* \\n */\" }", ".a::after{content:\"/* \\n */\"}"),
            (r#".a { content: "\" /* " }"#, r#".a{content:"\" /* "}"#),
            (".a { width: calc(1px + 2px) } /* open", ".a{width:calc(1px + 2px)}"),
            ("a\n  b :hover, i { c: '  d' }\n", "a b :hover,i{c:'  d'}"),
            (
                "@media (width > 9px) and (a: b) { x { --y: ; } }",
                "@media (width > 9px) and (a:b){x{--y:}}",
            ),
        ] {
            assert_eq!(String::from_utf8(style_sheet(written.as_bytes())).unwrap(), kept);
        }
    }

    #[test]
    fn a_script_loses_comments_and_indentation() {
        let written =
            "/**\n * @returns {number}\n */\nf() {\n    // why\n    return 1; // one\n}\n";
        assert_eq!(script(written.as_bytes()), b"f() {\nreturn 1; // one\n}\n");
    }

    #[test]
    fn style_sheets_become_one_in_the_order_of_the_page() {
        let page = format!("<head>\n{LINK}styles/b.css\">\n{LINK}styles/a.css\">\n</head>\n");
        let mut files = BTreeMap::from([
            ("index.html".into(), page.into_bytes()),
            ("styles/a.css".into(), b"a{}".to_vec()),
            ("styles/b.css".into(), b"b{}".to_vec()),
        ]);
        one_style_sheet(&mut files).unwrap();
        let page = format!("<head>\n{LINK}styles/all.css\">\n</head>\n");
        assert_eq!(files[&PathBuf::from("index.html")], page.into_bytes());
        assert_eq!(files[&PathBuf::from("styles/all.css")], b"b{}a{}");
        assert_eq!(files.len(), 2);
    }

    #[test]
    fn a_style_sheet_that_is_named_must_be_there() {
        let page = format!("{LINK}styles/a.css\">\n").into_bytes();
        let mut files = BTreeMap::from([("index.html".into(), page)]);
        assert!(one_style_sheet(&mut files).is_err());
    }
}
