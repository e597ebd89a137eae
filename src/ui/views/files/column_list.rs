//! What the tree can show of a path beside its name: a column each.

use crate::protocol::TreeColumn;

/// What is known about a column besides the name.
pub struct ColumnFacts {
    pub column: TreeColumn,
    pub name: &'static str,
    /// Explains the heading on hover.
    pub explanation: &'static str,
    /// The natural order begins with the largest.
    pub largest_first: bool,
    /// Chosen until the user chooses.
    pub by_default: bool,
    /// Leaves when there is no room: the highest first.
    pub leaves: u8,
    /// Widths in a narrow pane, in others, and in a wide one.
    pub widths: (f64, f64, f64),
}

/// All columns but the name, in the order that they have until the user changes it.
pub static COLUMNS: &[ColumnFacts] = &[
    ColumnFacts {
        column: TreeColumn::Size,
        name: "Size",
        explanation: "Uncompressed; of a directory, the sum of what is below it",
        largest_first: true,
        by_default: true,
        leaves: 0,
        widths: (92.0, 148.0, 192.0),
    },
    ColumnFacts {
        column: TreeColumn::Files,
        name: "Files",
        explanation: "Files and links below the directory",
        largest_first: true,
        by_default: true,
        leaves: 9,
        widths: (64.0, 72.0, 84.0),
    },
    ColumnFacts {
        column: TreeColumn::Compressed,
        name: "Compressed",
        explanation: "About how much of the image's compressed bytes it takes",
        largest_first: true,
        by_default: false,
        leaves: 5,
        widths: (92.0, 100.0, 112.0),
    },
    ColumnFacts {
        column: TreeColumn::Mode,
        name: "Mode",
        explanation: "Type and permissions",
        largest_first: true,
        by_default: true,
        leaves: 6,
        widths: (92.0, 112.0, 112.0),
    },
    ColumnFacts {
        column: TreeColumn::Owner,
        name: "Owner",
        explanation: "User and group, by /etc/passwd and /etc/group of the image",
        largest_first: false,
        by_default: true,
        leaves: 8,
        widths: (112.0, 128.0, 180.0),
    },
    ColumnFacts {
        column: TreeColumn::Modified,
        name: "Modified",
        explanation: "The time of the last change of the content",
        largest_first: true,
        by_default: true,
        leaves: 7,
        widths: (104.0, 112.0, 140.0),
    },
    ColumnFacts {
        column: TreeColumn::Change,
        name: "Change",
        explanation: "What the selected layers did to it",
        largest_first: false,
        by_default: false,
        leaves: 4,
        widths: (88.0, 96.0, 112.0),
    },
    ColumnFacts {
        column: TreeColumn::Package,
        name: "Package",
        explanation: "The package that owns it",
        largest_first: false,
        by_default: false,
        leaves: 3,
        widths: (104.0, 140.0, 180.0),
    },
    ColumnFacts {
        column: TreeColumn::Writes,
        name: "Writes",
        explanation: "How many layers wrote it",
        largest_first: true,
        by_default: false,
        leaves: 5,
        widths: (64.0, 72.0, 84.0),
    },
    ColumnFacts {
        column: TreeColumn::Layer,
        name: "Layer",
        explanation: "The layer that wrote it, or removed it",
        largest_first: false,
        by_default: true,
        leaves: 1,
        widths: (52.0, 60.0, 72.0),
    },
];

/// What is known about a column; `None` for the name.
pub fn facts(column: TreeColumn) -> Option<&'static ColumnFacts> {
    COLUMNS.iter().find(|facts| facts.column == column)
}
