//! What views follow: signals, memos and stored values, as Leptos has them and by the same names.
//!
//! Leptos compiles the whole of its machinery anew for each type of value, which was a fifth of the
//! page's module. Here Leptos holds one type, a value behind a pointer; what is compiled for each type
//! is a cast. So modules of `ui/` take these three from here, beside Leptos's prelude.

use leptos::prelude::{
    self as original, Get, GetUntracked, IsDisposed, Set, Track, UpdateValue, Write,
};
use std::any::Any;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

/// What Leptos holds in the place of every value.
type Shared = Arc<dyn Any + Send + Sync>;

/// What a memo is made by, given the last.
type Make = Box<dyn Fn(Option<&Shared>) -> Shared + Send + Sync>;

/// A value of one type throughout, by its signal's type.
fn cast<T: 'static>(value: &(dyn Any + Send + Sync)) -> &T {
    value.downcast_ref().unwrap_or_else(|| other_type())
}

#[cold]
fn other_type() -> ! {
    unreachable!("a signal holds values of its own type")
}

/// The value to be changed: its own, where somebody still reads it as it was.
fn cast_mut<T: Clone + Send + Sync + 'static>(shared: &mut Shared) -> &mut T {
    if Arc::get_mut(shared).is_none() {
        *shared = Arc::new(cast::<T>(&**shared).clone());
    }
    let value = Arc::get_mut(shared).and_then(|value| value.downcast_mut());
    value.unwrap_or_else(|| other_type())
}

/// A value that is being read; it stays as it is for as long as this lives.
pub struct Reading<T> {
    shared: Shared,
    of: PhantomData<fn() -> T>,
}

impl<T: 'static> Deref for Reading<T> {
    type Target = T;

    fn deref(&self) -> &T {
        cast(&*self.shared)
    }
}

/// Reading, of signals and memos alike.
macro_rules! readable {
    ($name:ident) => {
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        #[allow(dead_code)] // either has what some view asks of it
        impl<T: Send + Sync + 'static> $name<T> {
            /// The value, followed.
            pub fn read(&self) -> Reading<T> {
                Reading { shared: self.inner.get(), of: PhantomData }
            }

            /// The value, not followed.
            pub fn read_untracked(&self) -> Reading<T> {
                Reading { shared: self.inner.get_untracked(), of: PhantomData }
            }

            /// A copy of the value, followed.
            pub fn get(&self) -> T
            where
                T: Clone,
            {
                self.read().clone()
            }

            /// A copy of the value, not followed.
            pub fn get_untracked(&self) -> T
            where
                T: Clone,
            {
                self.read_untracked().clone()
            }

            /// Follows the value without looking at it.
            pub fn track(&self) {
                self.inner.track();
            }
        }
    };
}

/// A value that is set, and followed.
pub struct RwSignal<T> {
    inner: original::RwSignal<Shared>,
    of: PhantomData<fn() -> T>,
}

readable!(RwSignal);

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// A signal that lives as long as the view in whose making it is made.
    pub fn new(value: T) -> RwSignal<T> {
        RwSignal { inner: original::RwSignal::new(Arc::new(value)), of: PhantomData }
    }

    /// True once the view that it was made for is gone.
    pub fn is_disposed(&self) -> bool {
        self.inner.is_disposed()
    }

    /// Another value; nothing where the view is gone.
    pub fn set(&self, value: T) {
        self.inner.try_set(Arc::new(value));
    }

    /// Changes the value; nothing where the view is gone.
    pub fn update(&self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        self.try_update(change);
    }

    /// `update`, with what `change` gives; `None` where the view is gone.
    pub fn try_update<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R>
    where
        T: Clone,
    {
        let mut shared = self.inner.try_write()?;
        Some(change(cast_mut(&mut shared)))
    }
}

/// A value that is made of others, and followed; made again when they have changed.
pub struct Memo<T> {
    inner: original::Memo<Shared>,
    of: PhantomData<fn() -> T>,
}

readable!(Memo);

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// `make` is given the last value. Only another one has views drawn again.
    pub fn new(make: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Memo<T> {
        let make: Make = Box::new(move |last| Arc::new(make(last.map(|last| cast(&**last)))));
        let differ = |last: Option<&Shared>, next: Option<&Shared>| {
            last.map(|last| cast::<T>(&**last)) != next.map(|next| cast(&**next))
        };
        Memo { inner: original::Memo::new_with_compare(make, differ), of: PhantomData }
    }
}

/// A value that nothing follows. While it is looked at or changed it is out of its place: what is called
/// then may not ask for it.
pub struct StoredValue<T> {
    inner: original::StoredValue<Option<Owned>>,
    of: PhantomData<fn() -> T>,
}

type Owned = Box<dyn Any + Send + Sync>;

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoredValue<T> {}

impl<T: Send + Sync + 'static> StoredValue<T> {
    /// A value that lives as long as the view in whose making it is made.
    pub fn new(value: T) -> StoredValue<T> {
        StoredValue { inner: original::StoredValue::new(Some(Box::new(value))), of: PhantomData }
    }

    /// What `read` makes of it.
    pub fn with_value<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        let read = self.try_update_value(|value| read(value));
        read.expect("a stored value is there while its view is")
    }

    /// A copy of it.
    pub fn get_value(&self) -> T
    where
        T: Clone,
    {
        self.with_value(T::clone)
    }

    /// Another value.
    pub fn set_value(&self, value: T) {
        put(self.inner, Box::new(value));
    }

    /// Changes it; nothing where the view is gone.
    pub fn update_value(&self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// `update_value`, with what `change` gives; `None` where the view is gone.
    pub fn try_update_value<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut value = take(self.inner)?;
        let changed = change(value.downcast_mut().unwrap_or_else(|| other_type()));
        put(self.inner, value);
        Some(changed)
    }
}

fn take(place: original::StoredValue<Option<Owned>>) -> Option<Owned> {
    place.try_update_value(Option::take).flatten()
}

fn put(place: original::StoredValue<Option<Owned>>, value: Owned) {
    place.try_update_value(|place| *place = Some(value));
}

/// Runs without tracking what it reads; compiled once, whatever it runs.
pub fn untrack<T>(run: impl FnOnce() -> T) -> T {
    let (mut run, mut result) = (Some(run), None);
    untracked(&mut || result = run.take().map(|run| run()));
    result.expect("it was run")
}

fn untracked(run: &mut dyn FnMut()) {
    original::untrack(run);
}
