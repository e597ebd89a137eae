//! Names of owners, as a container of the image has them: from `/etc/passwd` and `/etc/group` of the tree up to a layer.
//!
//! Source: passwd(5), group(5). The first account with an ID names it. Where a file is not there, or was not read,
//! names are those that the layer's own tar has: those of the machine that made it.

use crate::analysis::risks::{GROUP, NotedRisks, PASSWD};
use crate::problem::Problem;
use crate::protocol::FileOwner;
use crate::session::state::Session;
use crate::text::Shown;
use crate::tree::{FileTree, Resolver, StepBudget};
use crate::vocabulary::ImagePosition;
use std::collections::HashMap;

/// Names by ID; `None`: not known.
type Names = Option<HashMap<u64, String>>;

/// The accounts of a tree.
pub(super) struct AccountNames {
    users: Names,
    groups: Names,
}

impl AccountNames {
    /// Those of an image's tree up to so many layers.
    pub fn of(
        session: &Session,
        image: ImagePosition,
        tree: &FileTree,
        layers: u32,
    ) -> Result<AccountNames, Problem> {
        let source = &session.image(image)?.source;
        let names = |path: &[u8]| {
            let steps = StepBudget::default();
            let node = Resolver::after(tree, layers, &steps).follow(path).ok()?;
            let inode = tree.inode(tree.state(node, layers)?)?;
            let blob = session.blobs.get(source.layers.get(inode.layer.index())?)?;
            let note = blob.scan.notes.notes.iter().find(|note| note.entry == inode.entry)?;
            let accounts = NotedRisks::in_note(&note.text).accounts?;
            // Of two the first counts: it is taken last.
            Some(accounts.into_iter().rev().map(|(name, id)| (id.into(), name)).collect())
        };
        Ok(AccountNames { users: names(PASSWD), groups: names(GROUP) })
    }

    /// An owner with the names of these accounts.
    pub fn name(&self, owner: FileOwner) -> FileOwner {
        let name = |names: &Names, id: u64, own: Shown| match names {
            Some(names) => names.get(&id).map(Shown::new).unwrap_or_default(),
            None => own,
        };
        let user = name(&self.users, owner.uid, owner.user);
        let group = name(&self.groups, owner.gid, owner.group);
        FileOwner { user, group, ..owner }
    }
}

#[test]
fn an_owner_has_the_names_of_the_images_accounts_where_these_are_known() {
    let known = |names: &[(u64, &str)]| {
        Some(names.iter().map(|(id, name)| (*id, (*name).to_owned())).collect::<HashMap<_, _>>())
    };
    let owner = |user: &str, group: &str| FileOwner {
        uid: 101,
        gid: 7,
        user: user.into(),
        group: group.into(),
    };
    let names = AccountNames { users: known(&[(0, "root"), (101, "nginx")]), groups: known(&[]) };
    assert_eq!(names.name(owner("builder", "staff")), owner("nginx", ""), "nobody has the group 7");
    let names = AccountNames { users: None, groups: known(&[(7, "lp")]) };
    assert_eq!(names.name(owner("builder", "staff")), owner("builder", "lp"));
}
