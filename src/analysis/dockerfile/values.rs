//! Values as Go prints them in a record, and as a Dockerfile writes them.

/// The items of a list that Go printed with `%q` (`["a" "b"]`) or of a JSON array, and whether it has commas;
/// `None` if the text is neither.
pub fn quoted_list(text: &str) -> Option<(Vec<String>, bool)> {
    let mut rest = text.trim().strip_prefix('[')?.trim_start();
    let (mut items, mut commas) = (Vec::new(), false);
    while !rest.starts_with(']') {
        let (item, after) = quoted(rest)?;
        items.push(item);
        let after = after.trim_start();
        rest = after.strip_prefix(',').map_or(after, str::trim_start);
        commas |= rest.len() != after.len();
    }
    (rest.trim_end() == "]").then_some((items, commas))
}

/// The string in double quotes at the start of a text, and what follows it. Go's and JSON's escapes.
pub fn quoted(text: &str) -> Option<(String, &str)> {
    let mut characters = text.strip_prefix('"')?.char_indices();
    let mut out = String::new();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((out, &text[at + 2..])),
            '\\' => {
                let (_, escape) = characters.next()?;
                let mut code = |digits: usize| {
                    let hex: String =
                        (0..digits).filter_map(|_| Some(characters.next()?.1)).collect();
                    u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32)
                };
                out.push(match escape {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'v' => '\u{b}',
                    'x' => code(2)?,
                    'u' => code(4)?,
                    'U' => code(8)?,
                    other => other,
                });
            }
            _ => out.push(character),
        }
    }
    None
}

/// Words as a JSON array, which is an instruction's exec form.
pub fn exec_form(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| json(word)).collect();
    format!("[{}]", words.join(", "))
}

/// A JSON string.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A value of ENV, LABEL or ARG: in quotes where it needs them. `escape` is the file's escape character. True if
/// it cannot be written as it is: a line break.
pub fn value(text: &str, escape: char) -> (String, bool) {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '\'' | '$' | '\\' | '`');
    if !text.is_empty() && text.chars().all(plain) {
        return (text.to_owned(), false);
    }
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' | '\r' => out.push(' '),
            '"' | '$' => out.extend([escape, character]),
            _ if character == escape => out.extend([escape, character]),
            _ => out.push(character),
        }
    }
    out.push('"');
    (out, text.contains(['\n', '\r']))
}

#[test]
fn lists_are_read_as_go_and_json_write_them() {
    let list = |text| quoted_list(text).map(|(items, _)| items.join("|"));
    assert_eq!(list(r#"["echo \"a\" && b" "\u00e9\x05"]"#).unwrap(), "echo \"a\" && b|é\u{5}");
    assert_eq!(list(r#"["sh", "-c"]"#).unwrap(), "sh|-c");
    assert_eq!(list("[]").unwrap(), "");
    for wrong in ["", "sh", "[sh]", "[\"sh\"", "[\"a\"] b", "[\"\\"] {
        assert_eq!(list(wrong), None, "{wrong}");
    }
}

#[test]
fn values_are_quoted_where_they_must_be() {
    for (text, written) in [
        ("a=b=c", "a=b=c"),
        ("", "\"\""),
        ("two words", "\"two words\""),
        ("say \"hi\" for $5", "\"say \\\"hi\\\" for \\$5\""),
        ("C:\\dir", "\"C:\\\\dir\""),
    ] {
        assert_eq!(value(text, '\\').0, written);
    }
    assert_eq!(value("C:\\dir $x", '`').0, "\"C:\\dir `$x\"");
}
