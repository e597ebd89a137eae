//! Elements by the DOM's own calls, for what is drawn in great numbers and for what is mere text.
//!
//! - Leptos compiles each view anew and keeps, for each element, what it takes to change it. Rows of tables
//!   come by the thousand and never change, and the page's module is small: neither is worth it there.
//! - Text goes in as text: nothing is ever read as markup.
//! - What can be pressed has a `data-key`; whoever holds it hears of it. It keeps the focus when all is
//!   drawn anew.

use super::dom::target_element;
use super::parts::{clicks, effect, view};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// An element that is being made.
#[derive(Clone)]
pub struct El(pub Element);

/// One of this name; a class may be empty.
pub fn el(tag: &str, class: &str) -> El {
    let made = document().create_element(tag).expect("names of elements are ours");
    let el = El(made);
    if class.is_empty() { el } else { el.set("class", class) }
}

/// An icon of www/styles/icons.css, beside text.
pub fn icon(name: &str) -> El {
    el("i", &format!("i s i-{name}")).set("aria-hidden", "true")
}

/// A button; `key` is what is heard of it.
pub fn button(class: &str, key: &str) -> El {
    el("button", class).set("data-key", key)
}

/// A bar that is filled as far as `width` says.
pub fn meter(width: &str) -> El {
    let filled = el("i", "");
    if let Some(element) = filled.0.dyn_ref::<HtmlElement>() {
        let _ = element.style().set_property("width", width); // the policy forbids style attributes
    }
    el("div", "meter").set("aria-hidden", "true").add(filled)
}

impl El {
    /// With an attribute.
    pub fn set(self, name: &str, value: &str) -> El {
        let _ = self.0.set_attribute(name, value); // names of attributes are ours
        self
    }

    /// With text after what is in it.
    pub fn text(self, text: &str) -> El {
        let _ = self.0.append_with_str_1(text); // fails for no element
        self
    }

    /// With an element after what is in it.
    pub fn add(self, child: El) -> El {
        let _ = self.0.append_child(&child.0); // a new one has no place yet
        self
    }
}

type Fill = Box<dyn Fn(El) -> El>;
type Heard = Box<dyn Fn(&str, &web_sys::Event)>;

/// What `fill` puts into an element, made anew whenever what it reads changes. `heard` is told the key of what was
/// pressed or chosen in it.
pub fn raw(
    class: &'static str,
    fill: impl Fn(El) -> El + 'static,
    heard: impl Fn(&str, &web_sys::Event) + 'static,
) -> AnyView {
    filled(class, Box::new(fill), Box::new(heard))
}

fn filled(class: &'static str, fill: Fill, heard: Heard) -> AnyView {
    let node = NodeRef::<Div>::new();
    effect(move || {
        let Some(div) = node.get() else { return };
        let active = document().active_element().filter(|active| div.contains(Some(active)));
        let key = active.and_then(|active| active.get_attribute("data-key"));
        div.set_text_content(None);
        let div = fill(El(div.into())).0;
        if let Some(key) = key
            && let Some(again) = keyed(&div, &key)
        {
            let _ = again.focus(); // fails for no element in the document
        }
    });
    let told = move |event: &web_sys::Event, chosen: bool| {
        let key = || {
            let pressed = target_element(event)?.closest("[data-key]").ok()??;
            let chooses = matches!(&pressed.tag_name()[..], "SELECT" | "INPUT");
            pressed.get_attribute("data-key").filter(|_| chooses == chosen)
        };
        if let Some(key) = key() {
            heard(&key, event);
        }
    };
    let told = std::rc::Rc::new(told);
    let chosen = told.clone();
    let chosen = move |event: web_sys::Event| chosen(&event, true);
    view! {
        <div class=class node_ref=node on:click=clicks(move |event| told(&event, false)) on:change=chosen></div>
    }
}

fn keyed(within: &Element, key: &str) -> Option<HtmlElement> {
    let all = within.get_elements_by_tag_name("*");
    let elements = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<HtmlElement>().ok());
    let mut elements = elements;
    elements.find(|element| element.get_attribute("data-key").as_deref() == Some(key))
}
