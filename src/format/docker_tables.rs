//! Tables for copying, as the Docker command line prints them.
//!
//! Source: docker/cli, the tables of `history` and `image ls`.

use super::sizes::docker_size;
use super::texts::{short_digest, shorten};
use super::times::{ago, instant};
use crate::session::query::{HistoryRow, ImageLine};

/// Characters of CREATED BY and COMMENT that Docker shows without `--no-trunc`.
pub const SHORT: usize = 45;

/// The output of `docker image history`, with `--no-trunc` if `full`. `now` is seconds since 1970.
pub fn history_text(rows: &[HistoryRow], full: bool, now: f64) -> String {
    let mut table =
        vec![["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"].map(String::from).to_vec()];
    for row in rows {
        let by = row.created_by.replace(['\t', '\n'], " ");
        table.push(vec![
            if full { row.image.clone() } else { short_digest(&row.image).to_owned() },
            row.created.as_deref().and_then(instant).map_or("N/A".to_owned(), |at| ago(now - at)),
            if full { by } else { shorten(&by, SHORT) },
            row.size.map_or("N/A".to_owned(), docker_size),
            if full { row.comment.clone() } else { shorten(&row.comment, SHORT) },
        ]);
    }
    aligned(&table)
}

/// The output of `docker image ls`: one line per name.
pub fn images_text(images: &[ImageLine], now: f64) -> String {
    let mut table =
        vec![["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"].map(String::from).to_vec()];
    for image in images {
        let none = [Default::default()];
        let names = if image.names.is_empty() { &none[..] } else { &image.names[..] };
        for name in names {
            let or_none = |text: &str| if text.is_empty() { "<none>" } else { text }.to_owned();
            let at = image.created.as_deref().and_then(instant);
            table.push(vec![
                or_none(&name.repository),
                or_none(&name.tag),
                short_digest(&image.image_id).to_owned(),
                at.map_or("N/A".to_owned(), |at| ago(now - at)),
                image.size.map_or("N/A".to_owned(), docker_size),
            ]);
        }
    }
    aligned(&table)
}

/// Columns as Go's tabwriter aligns them for Docker: at least ten characters, three between them.
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
    use crate::session::query::ImageName;

    #[test]
    fn history_looks_as_from_docker() {
        let row = |image: &str, by: &str, size| HistoryRow {
            image: image.to_owned(),
            created: Some("1970-01-01T00:00:00Z".to_owned()),
            created_by: by.to_owned(),
            size: Some(size),
            from_chain: false,
            comment: String::new(),
        };
        let id = format!("sha256:{}", "4f1c8e02a97b".repeat(5));
        let rows = [
            row(&id, "CMD [\"nginx\"]", 0),
            row(
                "<missing>",
                "RUN /bin/sh -c apt-get update && apt-get install -y nginx",
                1_980_000,
            ),
        ];
        let want = "\
IMAGE          CREATED       CREATED BY                                      SIZE      COMMENT
4f1c8e02a97b   3 weeks ago   CMD [\"nginx\"]                                   0B
<missing>      3 weeks ago   RUN /bin/sh -c apt-get update && apt-get ins…   1.98MB
";
        assert_eq!(history_text(&rows, false, 21.0 * 86400.0), want);
        assert!(history_text(&rows, true, 0.0).contains("install -y nginx   1.98MB"));
    }

    #[test]
    fn each_name_is_a_line() {
        let name = |tag: &str| ImageName { repository: "team/app".to_owned(), tag: tag.to_owned() };
        let image = ImageLine {
            names: vec![name("1"), name("2")],
            image_id: "sha256:abc".to_owned(),
            size: Some(188_400_000),
            ..Default::default()
        };
        let text = images_text(&[image, Default::default()], 0.0);
        assert_eq!(text.lines().count(), 4);
        assert!(text.contains("team/app     2         sha256:abc   N/A       188MB"), "{text}");
        assert!(text.contains("<none>       <none>"), "{text}");
    }
}
