//! What the pane shows: a file of the image, or a member of archives within it. Both are asked about here, in one way.

use crate::browser::page::client::{Attachment, Client};
use crate::member_path::MemberPath;
use crate::problem::Problem;
use crate::protocol::{
    ComputeDigest, ContentDigest, ContentInfo, DigestMember, FileOutline, LinkPath, ListMembers,
    MemberAddress, MemberList, OrderProgress, OutlineFile, OutlineMember, ReadContent, ReadMember,
};
use crate::selection::LayerSelection;
use crate::ui::views::parts::last_part;
use crate::vocabulary::ImagePosition;

/// A file under a selection, or a member of archives within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOnShow {
    pub path: LinkPath,
    pub layers: LayerSelection,
    /// Empty: the file itself.
    pub member: MemberPath,
}

impl FileOnShow {
    /// The path whose ending tells the language of a text.
    pub fn path_of_text(&self) -> String {
        match self.member.is_empty() {
            true => self.path.0.clone(),
            false => String::from_utf8_lossy(self.member.last_name()).into_owned(),
        }
    }

    /// The name under which it is saved.
    pub fn name(&self) -> String {
        match self.member.is_empty() {
            true => last_part(&self.path),
            false => self.path_of_text(),
        }
    }

    fn address(&self, image: ImagePosition) -> MemberAddress {
        let FileOnShow { path, layers, member } = self.clone();
        MemberAddress { image, path, layers, member }
    }

    /// Bytes from an offset on, and the size of all.
    pub async fn read(
        self,
        client: Client,
        image: ImagePosition,
        (offset, length): (u64, u64),
        progress: impl Fn(OrderProgress) + 'static,
    ) -> Result<(ContentInfo, Vec<u8>), Problem> {
        let beside = Attachment::Nothing;
        if self.member.is_empty() {
            let FileOnShow { path, layers, .. } = self;
            let question = ReadContent { image, path, layers, offset, length };
            return client.ask_with(question, beside, progress).await;
        }
        let question = ReadMember { of: self.address(image), offset, length };
        client.ask_with(question, beside, progress).await
    }

    /// Its outline.
    pub async fn outline(
        self,
        client: Client,
        image: ImagePosition,
    ) -> Result<FileOutline, Problem> {
        let beside = Attachment::Nothing;
        let answer = match self.member.is_empty() {
            true => {
                let FileOnShow { path, layers, .. } = self;
                client.ask_with(OutlineFile { image, path, layers }, beside, |_| ()).await
            }
            false => {
                let question = OutlineMember { of: self.address(image) };
                client.ask_with(question, beside, |_| ()).await
            }
        };
        answer.map(|(outline, _)| outline)
    }

    /// Its SHA-256.
    pub async fn digest(
        self,
        client: Client,
        image: ImagePosition,
        progress: impl Fn(OrderProgress) + 'static,
    ) -> Result<ContentDigest, Problem> {
        let beside = Attachment::Nothing;
        let answer = match self.member.is_empty() {
            true => {
                let FileOnShow { path, layers, .. } = self;
                client.ask_with(ComputeDigest { image, path, layers }, beside, progress).await
            }
            false => {
                let question = DigestMember { of: self.address(image) };
                client.ask_with(question, beside, progress).await
            }
        };
        answer.map(|(digest, _)| digest)
    }

    /// The members of the archive that it is.
    pub async fn members(
        self,
        client: Client,
        image: ImagePosition,
        progress: impl Fn(OrderProgress) + 'static,
    ) -> Result<MemberList, Problem> {
        let question = ListMembers { of: self.address(image) };
        client.ask_with(question, Attachment::Nothing, progress).await.map(|(list, _)| list)
    }
}
