//! The children of each node that exist at the moment, while layers are merged.
//!
//! - Linked lists, so that a node enters and leaves at constant cost. A removal then costs as much as was
//!   added before, however many names have come and gone.

use crate::tree::event::NONE;

/// The existing children of each node.
#[derive(Default)]
pub struct Living {
    first: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
}

impl Living {
    /// Makes room for one more node.
    pub fn grow(&mut self) {
        for column in [&mut self.first, &mut self.next, &mut self.previous] {
            column.push(NONE);
        }
    }

    /// Adds a child that did not exist.
    pub fn enter(&mut self, parent: u32, node: u32) {
        let next = std::mem::replace(&mut self.first[parent as usize], node);
        self.next[node as usize] = next;
        self.previous[node as usize] = NONE;
        if let Some(previous) = self.previous.get_mut(next as usize) {
            *previous = node;
        }
    }

    /// Takes a child out that existed.
    pub fn leave(&mut self, parent: u32, node: u32) {
        let (next, previous) = (self.next[node as usize], self.previous[node as usize]);
        match self.next.get_mut(previous as usize) {
            Some(before) => *before = next,
            None => self.first[parent as usize] = next,
        }
        if let Some(after) = self.previous.get_mut(next as usize) {
            *after = previous;
        }
    }

    /// Everything below a node, parents first.
    pub fn below(&self, node: u32) -> Vec<u32> {
        let mut found = vec![node];
        let mut at = 0;
        while let Some(&directory) = found.get(at) {
            let mut child = self.first[directory as usize];
            while child != NONE {
                found.push(child);
                child = self.next[child as usize];
            }
            at += 1;
        }
        found.split_off(1)
    }
}
