//! Tables as the `docker` command prints them: what "Copy as text" copies.
//!
//! Source: docker/cli (`image history`, `image ls`), docker/go-units. Docker's own form, so: no blank before a
//! unit, trailing zeros dropped, columns as Go's tabwriter sets them.

use crate::format::{ago, instant, short_digest, shorten, size};
use crate::protocol::{HistoryRow, ImageLine};

/// Characters that Docker cuts CREATED BY and COMMENT to without `--no-trunc`.
const SHORT: usize = 45;

/// What `docker image history` prints, with `--no-trunc` if `full`. `now` is seconds since 1970.
pub fn history(rows: &[HistoryRow], full: bool, now: f64) -> String {
    let mut table =
        vec![["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"].map(String::from).to_vec()];
    for row in rows {
        let image = row.image_id.as_deref().unwrap_or("<missing>");
        let cut = |text: &str| {
            let line = text.replace(['\t', '\n'], " ");
            if full { line } else { shorten(&line, SHORT) }
        };
        table.push(vec![
            if full { image.to_owned() } else { short_digest(image).to_owned() },
            age(row.created.as_deref(), now),
            cut(&row.created_by),
            row.size.map_or("N/A".to_owned(), docker_size),
            cut(&row.comment),
        ]);
    }
    aligned(&table)
}

/// What `docker image ls` prints: a line for each name.
pub fn images(images: &[ImageLine], now: f64) -> String {
    const NONE: &str = "<none>";
    let mut table =
        vec![["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"].map(String::from).to_vec()];
    for image in images {
        let mut line = |repository: &str, tag: &str| {
            table.push(vec![
                repository.to_owned(),
                tag.to_owned(),
                short_digest(&image.image_id).to_owned(),
                age(image.created.as_deref(), now),
                image.size.map_or("N/A".to_owned(), docker_size),
            ]);
        };
        for name in &image.names {
            line(&name.repository, name.tag.as_deref().unwrap_or(NONE));
        }
        if image.names.is_empty() {
            line(NONE, NONE);
        }
    }
    aligned(&table)
}

fn age(recorded: Option<&str>, now: f64) -> String {
    recorded.and_then(instant).map_or("N/A".to_owned(), |at| ago(now - at))
}

/// `1.98MB`: three significant digits, trailing zeros dropped.
fn docker_size(bytes: u64) -> String {
    let text = size(bytes);
    let (number, unit) = text.split_once(' ').unwrap_or((&text, ""));
    let number = match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    };
    format!("{number}{unit}")
}

/// Columns as Go's tabwriter sets them for Docker: at least ten characters, three between.
fn aligned(table: &[Vec<String>]) -> String {
    let columns = table.first().map_or(0, Vec::len);
    let width = |column: usize| {
        table.iter().map(|row| row[column].chars().count() + 3).max().unwrap_or(0).max(10)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in table {
        let line: String = row.iter().zip(&widths).map(|(cell, w)| format!("{cell:<w$}")).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ImageName;

    const NOW: f64 = 1_795_867_200.0; // 2026-11-28 12:00 UTC

    #[test]
    fn history_as_docker_prints_it() {
        let rows = [
            HistoryRow {
                image_id: Some(format!("sha256:{}", "ab".repeat(32))),
                created: Some("2026-11-14T12:00:00Z".into()),
                created_by: "CMD [\"sh\"]".into(),
                size: Some(0),
                ..HistoryRow::default()
            },
            HistoryRow {
                created: Some("no time".into()),
                created_by: format!("RUN /bin/sh -c echo\n{}", "x".repeat(60)).as_str().into(),
                size: Some(1_980_000),
                comment: "buildkit.dockerfile.v0".into(),
                ..HistoryRow::default()
            },
        ];
        let short = history(&rows, false, NOW);
        let lines: Vec<&str> = short.lines().collect();
        assert_eq!(
            lines[1],
            "abababababab   2 weeks ago   CMD [\"sh\"]                                      0B"
        );
        assert!(lines[2].starts_with("<missing>      N/A           RUN /bin/sh -c echo xxx"));
        assert!(lines[2].ends_with("…   1.98MB    buildkit.dockerfile.v0"), "{}", lines[2]);
        assert!(history(&rows, true, NOW).contains(&"x".repeat(60)));
    }

    #[test]
    fn an_image_has_a_line_for_each_name() {
        let name = |repository: &str, tag: Option<&str>| ImageName {
            repository: repository.into(),
            tag: tag.map(Into::into),
        };
        let image = ImageLine {
            names: vec![name("app", Some("1")), name("registry.example/app", None)],
            image_id: format!("sha256:{}", "cd".repeat(32)),
            size: Some(7_500_000),
            ..ImageLine::default()
        };
        let text = images(&[image.clone(), ImageLine { names: Vec::new(), ..image }], NOW);
        assert_eq!(
            text,
            "REPOSITORY             TAG       IMAGE ID       CREATED   SIZE\n\
             app                    1         cdcdcdcdcdcd   N/A       7.5MB\n\
             registry.example/app   <none>    cdcdcdcdcdcd   N/A       7.5MB\n\
             <none>                 <none>    cdcdcdcdcdcd   N/A       7.5MB\n"
        );
    }
}
