//! Elements by the DOM's own calls, for what is drawn in great numbers and for what is mere text.
//!
//! - Leptos compiles each view anew and keeps, for each element, what it takes to change it. Rows of tables
//!   come by the thousand and never change, and the page's module is small: neither is worth it there.
//! - Text goes in as text: nothing is ever read as markup.
//! - An element is a view, too: it stands wherever Leptos's do.
//! - What can be pressed has a `data-key`; whoever holds it hears of it. It keeps the focus when all is
//!   drawn anew.

use super::dom::target_element;
use super::parts::{clicks, effect, view};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::tachys::html::attribute::{Attribute, any_attribute::AnyAttribute};
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::{Position, PositionState, add_attr::AddAnyAttr};
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

/// A larger one, by itself.
pub fn big_icon(name: &str) -> El {
    el("i", &format!("i i-{name}")).set("aria-hidden", "true")
}

/// A button; `key` is what is heard of it.
pub fn button(class: &str, key: &str) -> El {
    el("button", class).set("data-key", key)
}

/// A bar that is filled as far as `width` says.
pub fn meter(width: &str) -> El {
    el("div", "meter").set("aria-hidden", "true").add(el("i", "").style("width", width))
}

impl El {
    /// With an attribute.
    pub fn set(self, name: &str, value: &str) -> El {
        let _ = self.0.set_attribute(name, value); // names of attributes are ours
        self
    }

    /// With a property of style: the policy forbids style attributes.
    pub fn style(self, name: &str, value: &str) -> El {
        if let Some(element) = self.0.dyn_ref::<HtmlElement>() {
            let _ = element.style().set_property(name, value); // names of properties are ours
        }
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

/// Views by Leptos's rules. Drawn again, what has come out the same stays, and with it the focus.
impl Render for El {
    type State = Element;

    fn build(self) -> Element {
        self.0
    }

    fn rebuild(self, state: &mut Element) {
        if !self.0.is_equal_node(Some(state)) {
            let key = focused_key(state);
            let _ = state.replace_with_with_node_1(&self.0); // fails for no element
            *state = self.0;
            focus_again(state, key);
        }
    }
}

impl AddAnyAttr for El {
    type Output<A: Attribute> = El;

    fn add_any_attr<A: Attribute>(self, _: A) -> El {
        self
    }
}

/// What Leptos asks of every view. There is no server that would write it as markup.
impl RenderHtml for El {
    type AsyncOutput = El;
    type Owned = El;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> El {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Element {
        self.0
    }

    fn into_owned(self) -> El {
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
        let key = focused_key(&div);
        div.set_text_content(None);
        focus_again(&fill(El(div.into())).0, key);
    });
    let told = move |event: &web_sys::Event, chosen: bool| {
        if let Some(key) = key_of(event, chosen) {
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

/// The key of what was pressed, or chosen.
pub fn key_of(event: &web_sys::Event, chosen: bool) -> Option<String> {
    let pressed = target_element(event)?.closest("[data-key]").ok()??;
    let chooses = matches!(&pressed.tag_name()[..], "SELECT" | "INPUT");
    pressed.get_attribute("data-key").filter(|_| chooses == chosen)
}

/// The key of what has the focus, if it is in here.
fn focused_key(within: &Element) -> Option<String> {
    let active = document().active_element().filter(|active| within.contains(Some(active)));
    active?.get_attribute("data-key")
}

/// Gives the focus to what has this key now.
fn focus_again(within: &Element, key: Option<String>) {
    let Some(key) = key else { return };
    let all = within.get_elements_by_tag_name("*");
    let mut elements =
        (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<HtmlElement>().ok());
    let is_it = |element: &HtmlElement| element.get_attribute("data-key").as_ref() == Some(&key);
    if let Some(again) = elements.find(is_it) {
        let _ = again.focus(); // fails for no element in the document
    }
}
