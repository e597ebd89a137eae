//! What each lexer finds, and what holds for all of them.

use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// The tokens of lines, each as `kind:text`, joined by blanks; lines by `/`.
fn read(language: &str, text: &str) -> String {
    let language = LANGUAGES.iter().find(|one| one.name == language).unwrap();
    let mut state = LexerState::default();
    let mut all = Vec::new();
    for line in text.lines() {
        let (tokens, after) = language.line(line, state);
        state = after;
        let letter = |kind| match kind {
            TokenKind::Comment => 'c',
            TokenKind::Text => 's',
            TokenKind::Number => 'n',
            TokenKind::Keyword => 'k',
            TokenKind::Name => 'a',
            TokenKind::Variable => 'v',
        };
        let one =
            |token: &Token| format!("{}:{}", letter(token.kind), &line[token.start..token.end]);
        all.push(tokens.iter().map(one).collect::<Vec<_>>().join(" "));
    }
    all.join("/")
}

#[test]
fn shell_has_here_documents_variables_and_comments_after_blanks() {
    assert_eq!(read("Shell", "if [ $x = 1 ]; then # y"), "k:if v:$x n:1 k:then c:# y");
    assert_eq!(
        read("Shell", "a=${b:-c} d#e 'f\ng' \"h\\\"i\""),
        "v:${b:-c} s:'f/s:g' s:\"h\\\"i\""
    );
    let here = "cat <<-'EOF' > x\n\tif # y\n\tEOF\nfi";
    assert_eq!(read("Shell", here), "s:'EOF'/s:\tif # y/k:\tEOF/k:fi");
    assert_eq!(read("Shell", "echo $((1 << 3))\nfi"), "k:echo n:1 n:3/k:fi");
    assert_eq!(
        read("Shell", "echo '<<EOF'\nfi # <<EOF\nfi"),
        "k:echo s:'<<EOF'/k:fi c:# <<EOF/k:fi"
    );
}

#[test]
fn dockerfiles_begin_lines_with_instructions() {
    let text = "FROM debian:12 AS a\nrun echo \"$X\"\n  user fi\n# c";
    assert_eq!(read("Dockerfile", text), "k:FROM n:12/k:run k:echo s:\"$X\"/k:user k:fi/c:# c");
}

#[test]
fn json_tells_keys_from_values() {
    let text = "{\"a\": [\"b\", 1.5e3, true], // c\n\"d\\\"\" : null} /* e\nf */ \"g\"";
    assert_eq!(
        read("JSON", text),
        "a:\"a\" s:\"b\" n:1.5e3 k:true c:// c/a:\"d\\\"\" k:null c:/* e/c:f */ s:\"g\""
    );
}

#[test]
fn yaml_has_keys_scalars_and_blocks() {
    let text = "a: &x 1\n- b-c: 'd: e' # f\n  g: |-\n    h: 1\n\n    i\n  http://x\nj: \"k\n  l\"";
    assert_eq!(
        read("YAML", text),
        "a:a v:&x n:1/a:b-c s:'d: e' c:# f/a:g/s:    h: 1//s:    i//a:j s:\"k/s:  l\""
    );
    assert_eq!(read("YAML", "a:\n  - |\n    b: c\n  - d: 1"), "a:a//s:    b: c/a:d n:1");
}

#[test]
fn toml_and_ini_have_sections_and_keys() {
    let text = "[a.b]\nc-d = \"e\" # f\ng = \"\"\"\nh = 1\n\"\"\"\ni = true";
    assert_eq!(
        read("TOML", text),
        "k:[a.b]/a:c-d s:\"e\" c:# f/a:g s:\"\"\"/s:h = 1/s:\"\"\"/a:i k:true"
    );
    let text = "; a\n[Unit]\nExec Start=/bin/x $Y\nb: yes";
    assert_eq!(read("INI", text), "c:; a/k:[Unit]/a:Exec Start v:$Y/a:b k:yes");
}

#[test]
fn markup_has_tags_attributes_and_comments_over_lines() {
    let text = "<a b=\"c\" d='e\nf'>g &amp; h</a><!-- i\nj --><k/>";
    assert_eq!(
        read("XML", text),
        "k:<a a:b s:\" s:c\" a:d s:' s:e/s:f' k:> v:&amp; k:</a k:> c:<!-- c: i/c:j --> k:<k k:>"
    );
}

#[test]
fn python_has_strings_over_lines() {
    let text = "def f(x='a#b'): # c\n  \"\"\"d\n  if\n  \"\"\"\n  return 0x1F";
    assert_eq!(
        read("Python", text),
        "k:def s:'a#b' c:# c/s:\"\"\"d/s:  if/s:  \"\"\"/k:return n:0x1F"
    );
}

#[test]
fn languages_like_c_have_comments_and_templates_over_lines() {
    assert_eq!(
        read("C", "int a = '\\''; /* b\nif */ return"),
        "k:int s:'\\'' c:/* b/c:if */ k:return"
    );
    assert_eq!(
        read("JavaScript", "let a = `b\nc` + \"d // e\" // f"),
        "k:let s:`b/s:c` s:\"d // e\" c:// f"
    );
    assert_eq!(read("Rust or Go", "fn f<'a>(x: &'a str) {} // g"), "k:fn c:// g");
}

#[test]
fn nginx_and_accounts() {
    assert_eq!(
        read("nginx", "location / { # a\n  return 301 https://$host/;"),
        "k:location c:# a/k:return n:301 v:$host"
    );
    assert_eq!(
        read("Accounts", "root:x:0:0:root:/root:/bin/sh"),
        "a:root n:0 n:0 s:/root s:/bin/sh"
    );
}

#[test]
fn a_file_is_known_by_its_name_else_by_its_first_line() {
    let name = |path, line| language_of(path, line).map(|language| language.name);
    for (path, line, want) in [
        ("/etc/passwd", "", Some("Accounts")),
        ("/etc/nginx/conf.d/default.conf", "", Some("nginx")),
        ("/etc/nginx/sites-enabled/a", "", Some("nginx")),
        ("/etc/ld.so.conf", "", Some("INI")),
        ("/a/Dockerfile", "", Some("Dockerfile")),
        ("/a/Dockerfile.prod", "", Some("Dockerfile")),
        ("/a/X.JSON", "", Some("JSON")),
        ("/usr/bin/pip3", "#!/usr/bin/env python3.11", Some("Python")),
        ("/usr/bin/x", "#! /bin/sh -e", Some("Shell")),
        ("/usr/bin/x", "#!/usr/bin/env -S A=b node", Some("JavaScript")),
        ("/usr/bin/x", "#!/usr/bin/perl", None),
        ("/x", "<!DOCTYPE html>", Some("XML")),
        ("/x", "ééééé", None),
        ("/x", "", None),
    ] {
        assert_eq!(name(path, line), want, "{path} {line}");
    }
}

/// Characters that begin and end things, with some that are not ASCII.
const NASTY: &str = r#"[a-z0-9é😀 \t"'`\\$#{}()<>/*!&;:=|\[\]%.@-]{0,60}"#;

proptest! {
    #[test]
    fn tokens_are_in_order_between_characters_and_within_their_line(
        lines in proptest::collection::vec(NASTY, 0..6)
    ) {
        for language in LANGUAGES {
            let mut state = LexerState::default();
            for line in &lines {
                let (tokens, after) = language.line(line, state);
                state = after;
                let mut at = 0;
                for token in tokens {
                    prop_assert!(at <= token.start && token.start < token.end, "{}", language.name);
                    prop_assert!(line.get(token.start..token.end).is_some(), "{}", language.name);
                    at = token.end;
                }
            }
        }
    }
}

/// The work is proportional to the line: one line takes less than ten times as long as a hundred lines of a hundredth.
#[test]
fn no_line_takes_more_than_linear_time() {
    let time = |language: &Language, line: &str, times: usize| {
        let start = Instant::now();
        for _ in 0..times {
            language.line(line, LexerState::default());
        }
        start.elapsed()
    };
    let units = [
        "<", "<<", "a ", "\"", "'", "$", "${", "{", "&", "#", " #", "a:", "- ", "\\", "[", "/*",
        "<a", "&a",
    ];
    for language in LANGUAGES {
        for unit in units {
            let (short, long) = (unit.repeat(100), unit.repeat(10_000));
            let is_linear = |_| {
                let many = time(language, &short, 100).max(Duration::from_millis(20));
                time(language, &long, 1) < many * 10
            };
            assert!((0..8).any(is_linear), "{} of {unit:?}", language.name);
        }
    }
}
