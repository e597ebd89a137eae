//! The text of a Dockerfile taken apart into instructions, with their lines.
//!
//! Source: Dockerfile reference, "Format", "Parser directives", "Here-documents".

/// Some lines of a Dockerfile that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceBlock {
    /// In capitals; empty for comments and empty lines.
    pub keyword: String,
    /// As it is there, without the last line break.
    pub text: String,
    /// The first and the last line, from 1.
    pub lines: (u32, u32),
}

/// A heredoc that a line opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    pub name: String,
    /// `<<-`: tabs before the end are ignored.
    pub tabs: bool,
}

/// Instructions and comments in their order. Nothing is lost: the texts joined by line breaks are the file.
pub fn blocks(text: &str) -> Vec<SourceBlock> {
    let escape = escape_of(text);
    let mut lines = (1..).zip(text.strip_suffix('\n').unwrap_or(text).split('\n'));
    let mut blocks: Vec<SourceBlock> = Vec::new();
    while let Some((number, line)) = lines.next() {
        if is_remark(line) {
            match blocks.last_mut().filter(|block| block.keyword.is_empty()) {
                Some(block) => {
                    block.text.extend(["\n", line]);
                    block.lines.1 = number;
                }
                None => blocks.push(SourceBlock {
                    keyword: String::new(),
                    text: line.to_owned(),
                    lines: (number, number),
                }),
            }
            continue;
        }
        let keyword = line.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
        let mut block = SourceBlock { keyword, text: line.to_owned(), lines: (number, number) };
        let mut logical = line.trim_end().to_owned();
        let mut add = |block: &mut SourceBlock| {
            let (number, line) = lines.next()?;
            block.text.extend(["\n", line]);
            block.lines.1 = number;
            Some(line)
        };
        while logical.ends_with(escape) {
            logical.pop();
            let Some(line) = add(&mut block) else { break };
            match is_remark(line) {
                true => logical.push(escape), // remarks do not end a continuation
                false => logical.push_str(line.trim_end()),
            }
        }
        if ["RUN", "COPY", "ADD"].contains(&block.keyword.as_str()) {
            for heredoc in heredocs(&logical) {
                while let Some(line) = add(&mut block) {
                    let line = if heredoc.tabs { line.trim_start_matches('\t') } else { line };
                    if line.trim_end_matches('\r') == heredoc.name {
                        break;
                    }
                }
            }
        }
        blocks.push(block);
    }
    blocks
}

fn is_remark(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// `# escape=` among the directives at the top; a backslash without it.
pub fn escape_of(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim().strip_prefix('#')?.split_once('='));
    let mut named = directives.filter(|(name, _)| name.trim().eq_ignore_ascii_case("escape"));
    match named.next() {
        Some((_, value)) if value.trim() == "`" => '`',
        _ => '\\',
    }
}

/// The heredocs that a line opens, in their order.
pub fn heredocs(line: &str) -> Vec<Heredoc> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("<<") {
        let before = line[..at].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && !c.is_ascii_digit()) {
            continue;
        }
        let rest = &line[at + 2..];
        let (tabs, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let closed = quote.is_none_or(|quote| rest[end..].starts_with(quote));
        if end > 0 && closed && found.len() < MAX_HEREDOCS {
            found.push(Heredoc { name: rest[..end].to_owned(), tabs });
        }
    }
    found
}

/// Heredocs of one instruction that are read.
const MAX_HEREDOCS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn keywords(text: &str) -> Vec<(String, u32, u32)> {
        let blocks = blocks(text);
        let joined: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(joined.join("\n"), text.trim_end_matches('\n'), "nothing is lost");
        blocks.into_iter().map(|block| (block.keyword, block.lines.0, block.lines.1)).collect()
    }

    #[test]
    fn continued_lines_and_heredocs_belong_to_their_instruction() {
        let text = "# syntax=x\n\nFROM a\nRUN b \\\n  # why\n\n  c\ncopy <<-A <<'B' /x/\n1\n\tA\nFROM\nB\nCMD x\n";
        let of = |keyword: &str, first, last| (keyword.to_owned(), first, last);
        let want =
            [of("", 1, 2), of("FROM", 3, 3), of("RUN", 4, 7), of("COPY", 8, 12), of("CMD", 13, 13)];
        assert_eq!(keywords(text), want);
    }

    #[test]
    fn the_escape_character_can_be_set() {
        let text = "# escape=`\nRUN dir C:\\\nRUN a `\n b\n";
        assert_eq!(keywords(text).len(), 3, "a backslash at the end continues nothing");
    }
}
