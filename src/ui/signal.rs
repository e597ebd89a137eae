//! Signals, memos and stored values, of one type beneath.
//!
//! Leptos compiles its machinery anew for each type that a signal holds: some two thousand functions, a
//! fifth of the page's module. Here each holds an `Arc<dyn Any>`, so that the machinery is there once, and
//! what is compiled for each type is a downcast. These names stand in the place of Leptos' own in all views.

use leptos::prelude as leptos_signal;
use leptos_signal::{
    Get, GetUntracked, IsDisposed, ReadUntracked, Set, Track, UpdateUntracked, UpdateValue,
    WithValue,
};
use std::any::Any;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

type Held = Arc<dyn Any + Send + Sync>;
type Kept = Box<dyn Any + Send + Sync>;

/// What a memo holds, and how two of them are compared.
#[derive(Clone)]
struct Compared {
    value: Held,
    same: fn(&Held, &Held) -> bool,
}

impl PartialEq for Compared {
    fn eq(&self, other: &Compared) -> bool {
        (self.same)(&self.value, &other.value)
    }
}

/// What a signal held when it was read.
pub struct Seen<T>(Arc<T>);

impl<T> Deref for Seen<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Send + Sync + 'static> Seen<T> {
    fn of(held: Held) -> Seen<T> {
        Seen(held.downcast().expect("a signal holds what it was made with"))
    }
}

impl<T: Clone> Seen<T> {
    fn copy(self) -> T {
        Arc::unwrap_or_clone(self.0)
    }
}

/// A value that is followed by who reads it, and can be changed.
pub struct RwSignal<T> {
    inner: leptos_signal::RwSignal<Held>,
    of: PhantomData<fn() -> T>,
}

/// A value that is computed of others, and changes only if it differs.
pub struct Memo<T> {
    inner: leptos_signal::Memo<Compared>,
    of: PhantomData<fn() -> T>,
}

/// A value that nobody follows.
pub struct StoredValue<T> {
    inner: leptos_signal::StoredValue<Kept>,
    of: PhantomData<fn() -> T>,
}

macro_rules! copied {
    ($($name:ident)*) => {$(
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $name<T> {}
    )*};
}

copied!(RwSignal Memo StoredValue);

fn new_signal(held: Held) -> leptos_signal::RwSignal<Held> {
    leptos_signal::RwSignal::new(held)
}

fn seen(inner: leptos_signal::RwSignal<Held>) -> Held {
    inner.get()
}

fn seen_untracked(inner: leptos_signal::RwSignal<Held>) -> Held {
    inner.get_untracked()
}

fn put(inner: leptos_signal::RwSignal<Held>, held: Held) {
    inner.try_set(held); // the view that it belongs to may be gone
}

/// Takes what is held, so that it can be changed in its place. Nobody reads it meanwhile.
fn take(inner: leptos_signal::RwSignal<Held>) -> Option<Held> {
    inner.try_update_untracked(|held| std::mem::replace(held, Arc::new(())))
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    pub fn new(value: T) -> Self {
        Self { inner: new_signal(Arc::new(value)), of: PhantomData }
    }

    /// What it holds; tracks it.
    pub fn read(self) -> Seen<T> {
        Seen::of(seen(self.inner))
    }

    /// What it holds; tracks nothing.
    pub fn read_untracked(self) -> Seen<T> {
        Seen::of(seen_untracked(self.inner))
    }

    /// Tracks it.
    pub fn track(self) {
        self.inner.track();
    }

    /// It is gone with its view.
    pub fn is_disposed(self) -> bool {
        self.inner.is_disposed()
    }

    /// Changes it; does nothing where it is gone with its view.
    pub fn set(self, value: T) {
        put(self.inner, Arc::new(value));
    }
}

impl<T: Clone + Send + Sync + 'static> RwSignal<T> {
    /// A copy of what it holds; tracks it.
    pub fn get(self) -> T {
        self.read().copy()
    }

    /// A copy of what it holds; tracks nothing.
    pub fn get_untracked(self) -> T {
        self.read_untracked().copy()
    }

    /// Changes it in its place, which must not be read meanwhile.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        let Some(held) = take(self.inner) else { return };
        let mut value = Seen::<T>::of(held).0;
        change(Arc::make_mut(&mut value));
        put(self.inner, value);
    }

    /// For an attribute that follows it.
    pub fn says(self) -> Box<dyn FnMut() -> T + Send> {
        Box::new(move || self.get())
    }
}

type Compute = Box<dyn Fn(Option<&Compared>) -> Compared + Send + Sync>;

fn new_memo(compute: Compute) -> leptos_signal::Memo<Compared> {
    leptos_signal::Memo::new(compute)
}

fn computed(inner: leptos_signal::Memo<Compared>) -> Held {
    inner.get().value
}

fn computed_untracked(inner: leptos_signal::Memo<Compared>) -> Held {
    inner.read_untracked().value.clone()
}

fn same<T: PartialEq + 'static>(a: &Held, b: &Held) -> bool {
    a.downcast_ref::<T>() == b.downcast_ref::<T>()
}

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// Computes it now and whenever what it reads has changed, of what it was before.
    pub fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let compute = move |last: Option<&Compared>| Compared {
            value: Arc::new(compute(last.and_then(|last| last.value.downcast_ref()))),
            same: same::<T>,
        };
        Self { inner: new_memo(Box::new(compute)), of: PhantomData }
    }

    /// What it is; tracks it.
    pub fn read(self) -> Seen<T> {
        Seen::of(computed(self.inner))
    }

    /// What it is; tracks nothing.
    pub fn read_untracked(self) -> Seen<T> {
        Seen::of(computed_untracked(self.inner))
    }

    /// Tracks it.
    pub fn track(self) {
        self.inner.track();
    }
}

impl<T: PartialEq + Clone + Send + Sync + 'static> Memo<T> {
    /// A copy of what it is; tracks it.
    pub fn get(self) -> T {
        self.read().copy()
    }

    /// A copy of what it is; tracks nothing.
    pub fn get_untracked(self) -> T {
        self.read_untracked().copy()
    }
}

fn new_stored(kept: Kept) -> leptos_signal::StoredValue<Kept> {
    leptos_signal::StoredValue::new(kept)
}

fn look(inner: leptos_signal::StoredValue<Kept>, look: &mut dyn FnMut(&dyn Any)) {
    inner.try_with_value(|kept| look(&**kept));
}

fn change(inner: leptos_signal::StoredValue<Kept>, change: &mut dyn FnMut(&mut dyn Any)) {
    inner.try_update_value(|kept| change(&mut **kept));
}

impl<T: Send + Sync + 'static> StoredValue<T> {
    pub fn new(value: T) -> Self {
        Self { inner: new_stored(Box::new(value)), of: PhantomData }
    }

    /// What is read of it; `None` where it is gone with its view.
    pub fn try_with_value<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        let (mut read, mut result) = (Some(read), None);
        look(self.inner, &mut |any| {
            if let (Some(read), Some(value)) = (read.take(), any.downcast_ref()) {
                result = Some(read(value));
            }
        });
        result
    }

    pub fn with_value<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.try_with_value(read).expect("it lives as long as who asks")
    }

    /// Changes it; `None` where it is gone with its view.
    pub fn try_update_value<R>(self, update: impl FnOnce(&mut T) -> R) -> Option<R> {
        let (mut update, mut result) = (Some(update), None);
        change(self.inner, &mut |any| {
            if let (Some(update), Some(value)) = (update.take(), any.downcast_mut()) {
                result = Some(update(value));
            }
        });
        result
    }

    /// Changes it; does nothing where it is gone with its view.
    pub fn update_value(self, update: impl FnOnce(&mut T)) {
        self.try_update_value(update);
    }

    pub fn set_value(self, value: T) {
        self.update_value(|kept| *kept = value);
    }
}

impl<T: Clone + Send + Sync + 'static> StoredValue<T> {
    pub fn get_value(self) -> T {
        self.with_value(T::clone)
    }

    /// `None` where it is gone with its view.
    pub fn try_get_value(self) -> Option<T> {
        self.try_with_value(T::clone)
    }
}

/// Runs without tracking what it reads; compiled once, whatever it runs.
pub fn untrack<T>(run: impl FnOnce() -> T) -> T {
    let (mut run, mut result) = (Some(run), None);
    untracked(&mut || result = run.take().map(|run| run()));
    result.expect("it was run")
}

fn untracked(run: &mut dyn FnMut()) {
    leptos_signal::untrack(run);
}
