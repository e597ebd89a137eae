//! What views follow: signals, memos and stored values, as Leptos has them and by the same names.
//!
//! Leptos compiles the whole of its machinery anew for each type of value, which was a fifth of the
//! page's module. Here Leptos holds one type, a value behind a pointer; what is compiled for each type
//! is a cast. So modules of `ui/` take these three from here, beside Leptos's prelude.

use leptos::prelude::{
    self as original, Get, GetUntracked, GetValue, IsDisposed, Set, Track, Write,
};
use std::any::Any;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, RwLock};

/// What Leptos holds in the place of every value.
type Shared = Arc<dyn Any + Send + Sync>;

/// A value of one type throughout, by its signal's type.
fn cast<T: 'static>(shared: &Shared) -> &T {
    let Some(value) = shared.downcast_ref() else { unreachable!() };
    value
}

/// The value to be changed: its own, where somebody still reads it as it was.
fn cast_mut<T: Clone + Send + Sync + 'static>(shared: &mut Shared) -> &mut T {
    if Arc::get_mut(shared).is_none() {
        *shared = Arc::new(cast::<T>(shared).clone());
    }
    let value = Arc::get_mut(shared).and_then(|value| value.downcast_mut());
    let Some(value) = value else { unreachable!() };
    value
}

/// A value that is being read; it stays as it is for as long as this lives.
pub struct Reading<T>(Arc<T>);

impl<T: Send + Sync + 'static> Reading<T> {
    fn of(shared: Shared) -> Reading<T> {
        let Ok(value) = shared.downcast() else { unreachable!() };
        Reading(value)
    }
}

impl<T> Deref for Reading<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
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
                Reading::of(self.inner.get())
            }

            /// The value, not followed.
            pub fn read_untracked(&self) -> Reading<T> {
                Reading::of(self.inner.get_untracked())
            }

            /// A copy of the value, followed.
            pub fn get(&self) -> T
            where
                T: Clone,
            {
                cast::<T>(&self.inner.get()).clone()
            }

            /// A copy of the value, not followed.
            pub fn get_untracked(&self) -> T
            where
                T: Clone,
            {
                cast::<T>(&self.inner.get_untracked()).clone()
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
        let make: Box<dyn Fn(Option<&Shared>) -> Shared + Send + Sync> =
            Box::new(move |last| Arc::new(make(last.map(cast))));
        let differ = |last: Option<&Shared>, next: Option<&Shared>| {
            last.map(cast::<T>) != next.map(cast::<T>)
        };
        Memo { inner: original::Memo::new_with_compare(make, differ), of: PhantomData }
    }
}

/// A value that nothing follows.
pub struct StoredValue<T> {
    inner: original::StoredValue<Shared>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoredValue<T> {}

impl<T: Send + Sync + 'static> StoredValue<T> {
    /// A value that lives as long as the view in whose making it is made.
    pub fn new(value: T) -> StoredValue<T> {
        StoredValue {
            inner: original::StoredValue::new(Arc::new(RwLock::new(value))),
            of: PhantomData,
        }
    }

    /// What `read` makes of it.
    pub fn with_value<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        let shared = self.inner.get_value();
        let value = cast::<RwLock<T>>(&shared).read();
        read(&value.unwrap_or_else(|poisoned| poisoned.into_inner()))
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
        self.update_value(|last| *last = value);
    }

    /// Changes it; nothing where the view is gone.
    pub fn update_value(&self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// `update_value`, with what `change` gives; `None` where the view is gone.
    pub fn try_update_value<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let shared = self.inner.try_get_value()?;
        let value = cast::<RwLock<T>>(&shared).write();
        Some(change(&mut value.unwrap_or_else(|poisoned| poisoned.into_inner())))
    }
}
