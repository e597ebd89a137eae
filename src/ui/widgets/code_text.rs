//! Text in which what is between backticks is code, as messages of the engine write it.

use leptos::prelude::*;

/// A text with its code drawn as code.
#[component]
pub fn CodeText(#[prop(into)] text: String) -> AnyView {
    let drawn = |part: TextPart<'_>| match part {
        TextPart::Plain(text) => text.to_owned().into_any(),
        TextPart::Code(code) => view! { <code class="mono">{code.to_owned()}</code> }.into_any(),
    };
    parts(&text).into_iter().map(drawn).collect_view().into_any()
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextPart<'a> {
    Plain(&'a str),
    Code(&'a str),
}

/// The parts of a text, none of them empty. A backtick without a partner is text.
fn parts(text: &str) -> Vec<TextPart<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, code, after)) = next_code(rest) {
        parts.extend([TextPart::Plain(before), TextPart::Code(code)]);
        rest = after;
    }
    parts.push(TextPart::Plain(rest));
    parts.retain(|part| !matches!(part, TextPart::Plain("") | TextPart::Code("")));
    parts
}

fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (code, after) = rest.split_once('`')?;
    Some((before, code, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_backticks_is_code() {
        use TextPart::{Code, Plain};
        let all = [Plain("Run "), Code("docker save"), Plain(" or "), Code("podman")];
        assert_eq!(parts("Run `docker save` or `podman`"), all);
        assert_eq!(parts("no code"), [Plain("no code")]);
        assert_eq!(parts("a ` alone"), [Plain("a ` alone")]);
        assert_eq!(parts("`a` and `b"), [Code("a"), Plain(" and `b")]);
        assert_eq!(parts(""), []);
    }

    #[test]
    fn code_is_text_and_never_markup() {
        let html = crate::ui::testing::TestPage::new()
            .render(|| view! { <CodeText text="Run `rm <b>` <i>now</i>." /> });
        assert!(html.has(r#"<code class="mono">rm &lt;b&gt;</code>"#), "{html}");
        assert_eq!(html.text(), "Run rm <b> <i>now</i>.");
    }
}
