//! The few calls to the document that Leptos has no words for: focus, modal dialogs, scroll positions, the
//! window's events, the size of an element.
//!
//! Nothing here changes what an element contains: only views do that. An element that has left
//! the document is left as it is; none of these calls can fail in a way that the user needs to know.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Document, Element, Event, EventTarget, FocusOptions, HtmlDialogElement, HtmlElement,
};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Whether the page is within another one, or it cannot be told.
pub fn is_framed() -> bool {
    let Some(window) = web_sys::window() else { return true };
    let own: &JsValue = window.as_ref();
    !matches!(window.top(), Ok(Some(top)) if *AsRef::<JsValue>::as_ref(&top) == *own)
}

/// Gives an element the focus and scrolls to it.
pub fn focus(element: &HtmlElement) {
    let _ = element.focus();
}

/// Gives an element the focus, if it is still in the document.
pub fn focus_if_there(element: &HtmlElement) -> bool {
    let is_there = element.is_connected();
    if is_there {
        focus(element);
    }
    is_there
}

/// Gives an element the focus and leaves the scroll position.
pub fn focus_in_place(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Gives the focus to the element with this ID, if it is there.
pub fn focus_id(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        focus_in_place(&element);
    }
}

/// The element that has the focus; `None`: the document itself, or nothing.
pub fn focused() -> Option<HtmlElement> {
    let active = document()?.active_element()?;
    active.dyn_into::<HtmlElement>().ok().filter(|element| element.tag_name() != "BODY")
}

/// Gives the focus to the element within `root` that `selector` names; `false` if there is none.
pub fn focus_within(root: &Element, selector: &str) -> bool {
    let found = root.query_selector(selector).ok().flatten();
    match found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        Some(element) => {
            focus_in_place(&element);
            true
        }
        None => false,
    }
}

/// Clicks the element within `root` that `selector` names.
pub fn click_within(root: &Element, selector: &str) {
    let found = root.query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

/// The element that an event began at.
pub fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// How wide the window is, in pixels.
#[cfg(target_arch = "wasm32")]
pub fn window_width() -> f64 {
    let width = web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64());
    width.unwrap_or(0.0)
}

/// How wide the window is: there is none, for tests of views.
#[cfg(not(target_arch = "wasm32"))]
pub fn window_width() -> f64 {
    0.0
}

/// How wide an element is, in pixels.
pub fn width(element: &Element) -> f64 {
    element.get_bounding_client_rect().width()
}

/// The width that an element has for what is in it, in pixels.
pub fn inner_width(element: &Element) -> f64 {
    element.client_width().into()
}

/// How wide the column of a heading must be for what is drawn of it, in pixels.
pub fn width_of_contents(head: &Element) -> f64 {
    let before = std::iter::successors(head.previous_element_sibling(), |cell| {
        cell.previous_element_sibling()
    });
    let column = before.count() as u32;
    let rows =
        head.closest("table").ok().flatten().map(|table| table.get_elements_by_tag_name("tr"));
    let rows =
        rows.into_iter().flat_map(|rows| (0..rows.length()).filter_map(move |at| rows.item(at)));
    let cells = rows.filter_map(|row| row.children().item(column));
    // A cell that covers several columns says nothing of one.
    let cells = cells.filter(|cell| !cell.has_attribute("colspan"));
    f64::from(cells.map(|cell| cell.scroll_width()).max().unwrap_or(0)) + 1.0
}

/// Elements in which a letter is text, or that keep the keyboard to themselves: shortcuts have no effect there.
pub const TYPING: &str = "input, textarea, select, [contenteditable], dialog";

/// True if the event began within an element that `selector` names.
pub fn is_from(event: &Event, selector: &str) -> bool {
    target(event)
        .is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
}

/// True if `root` contains the target.
pub fn contains(root: &Element, target: Option<EventTarget>) -> bool {
    let node = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    node.is_some() && root.contains(node.as_ref())
}

/// True while text on the page is selected: a click that ends a selection is not a click on a row.
pub fn text_is_selected() -> bool {
    let selection = web_sys::window().and_then(|window| window.get_selection().ok().flatten());
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// A click of the pointer that ends a selection of text. A click that a key makes never does.
pub fn ends_selection(event: &web_sys::MouseEvent) -> bool {
    event.detail() > 0 && text_is_selected()
}

/// True if the window is as wide as this media query says.
pub fn matches_media(query: &str) -> bool {
    let media = web_sys::window().and_then(|window| window.match_media(query).ok().flatten());
    media.is_some_and(|media| media.matches())
}

/// Opens a dialog that takes the keyboard until it is closed. The answer: what had the focus.
pub fn open_modal(dialog: &HtmlDialogElement) -> Option<HtmlElement> {
    let before = focused();
    let _ = dialog.show_modal(); // fails for what is open already
    before
}

/// Closes it and gives the focus back.
pub fn close_modal(dialog: &HtmlDialogElement, before: Option<&HtmlElement>) {
    dialog.close();
    if let Some(before) = before.filter(|element| element.is_connected()) {
        focus_in_place(before);
    }
}

/// The title of the window.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// `data-state` of the document, which tests and scripts wait for.
pub fn set_state(state: &str) {
    let root = document().and_then(|document| document.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute("data-state", state); // a valid name
    }
}

/// Where an element is scrolled to and how much of it is seen, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ScrollState {
    pub top: f64,
    pub height: f64,
}

/// Reads them.
pub fn scroll_state(element: &Element) -> ScrollState {
    ScrollState { top: element.scroll_top().into(), height: element.client_height().into() }
}

/// Scrolls an element.
pub fn scroll_to(element: &Element, top: f64) {
    element.set_scroll_top(top.max(0.0).round() as i32);
}

/// A length that the style sheets set as a custom property in pixels.
pub fn css_pixels(element: &Element, property: &str) -> Option<f64> {
    let style = web_sys::window()?.get_computed_style(element).ok()??;
    let value = style.get_property_value(property).ok()?;
    value.trim().strip_suffix("px")?.parse().ok()
}

/// Calls back whenever an element's size changes; dropping the answer ends that.
pub fn on_resize(element: &Element, changed: impl FnMut() + 'static) -> Option<ResizeWatch> {
    let callback = Closure::<dyn FnMut()>::new(changed);
    let observer = web_sys::ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(ResizeWatch { observer, _callback: callback })
}

/// An element whose size is watched.
pub struct ResizeWatch {
    observer: web_sys::ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Drop for ResizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The row of a table or tree that is marked as open, if it is drawn.
pub fn open_row() -> Option<HtmlElement> {
    let selector = ".rows [aria-current=true], [role=treegrid] [aria-selected=true]";
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// The line of a table (`data-line`) that an event began in.
pub fn line_of(event: &Event) -> Option<u32> {
    let row = target(event)?.closest("[data-line]").ok()??;
    row.get_attribute("data-line")?.parse().ok()
}

/// Where a mouse is over the nearest element of a selector that its target is in, as a part of the element's width.
pub fn fraction_within(event: &web_sys::MouseEvent, selector: &str) -> Option<f64> {
    let bounds = target(event)?.closest(selector).ok()??.get_bounding_client_rect();
    (bounds.width() > 0.0).then(|| (f64::from(event.client_x()) - bounds.x()) / bounds.width())
}

/// Gives the focus to a line of a table: to its link, or to the row itself where it has none.
pub fn focus_line(root: &Element, line: u32) {
    let row = format!("[data-line=\"{line}\"]");
    if !focus_within(root, &format!("{row} .row-link")) {
        focus_within(root, &row);
    }
}

/// The row that an event began in.
pub fn row_of(event: &Event) -> Option<Element> {
    target(event)?.closest("[data-line]").ok()?
}

/// Follows the link of a row. Never within a handler of clicks: it would be called within itself.
pub fn follow_row(row: &Element) {
    click_within(row, ".row-link");
}

/// Pixels from a point of the window to the left edge of an element, or its right edge with `from_end`. Where
/// its children lie below each other, to its upper or lower edge.
pub fn distance_to_edge(element: &Element, (x, y): (f64, f64), from_end: bool) -> f64 {
    let edges = element.get_bounding_client_rect();
    let style = web_sys::window().and_then(|window| window.get_computed_style(element).ok()?);
    let direction = style.and_then(|style| style.get_property_value("flex-direction").ok());
    match (direction.as_deref() == Some("column"), from_end) {
        (false, false) => x - edges.left(),
        (false, true) => edges.right() - x,
        (true, false) => y - edges.top(),
        (true, true) => edges.bottom() - y,
    }
}

/// Sends all events of a pointer to the element that it was pressed on until it is released.
pub fn capture_pointer(event: &web_sys::PointerEvent) {
    if let Some(element) = target(event) {
        let _ = element.set_pointer_capture(event.pointer_id()); // a pointer that has gone needs none
    }
}

/// Without the list of views the page has another layout: class `bare` of `#app`.
pub fn set_bare(bare: bool) {
    let root = document().and_then(|document| document.get_element_by_id("app"));
    if let Some(root) = root {
        let _ = root.class_list().toggle_with_force("bare", bare); // a valid class
    }
}

/// Scrolls `root` so that the element within it that `selector` names is seen.
pub fn scroll_into_view(root: &Element, selector: &str) {
    let Ok(Some(element)) = root.query_selector(selector) else { return };
    let (outer, inner) = (root.get_bounding_client_rect(), element.get_bounding_client_rect());
    if inner.top() < outer.top() || inner.bottom() > outer.bottom() {
        let middle = (outer.height() - inner.height()) / 2.0;
        scroll_to(root, f64::from(root.scroll_top()) + inner.top() - outer.top() - middle);
    }
    if inner.left() < outer.left() || inner.right() > outer.right() {
        let middle = (outer.width() - inner.width()) / 2.0;
        let left = f64::from(root.scroll_left()) + inner.left() - outer.left() - middle;
        root.set_scroll_left(left.max(0.0).round() as i32);
    }
}

/// Scrolls whatever is around it so that the element within `root` that `selector` names is seen.
pub fn bring_into_view(root: &Element, selector: &str) {
    if let Ok(Some(element)) = root.query_selector(selector) {
        element.scroll_into_view();
    }
}

/// Calls back once after so many milliseconds.
pub fn after(millis: i32, then: impl FnOnce() + 'static) {
    let then = Closure::once_into_js(then);
    if let Some(window) = web_sys::window() {
        let then = then.unchecked_ref();
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(then, millis); // a function
    }
}

/// As `bring_into_view`, no further than needed.
pub fn reveal(root: &Element, selector: &str) {
    if let Ok(Some(element)) = root.query_selector(selector) {
        let nearest = web_sys::ScrollIntoViewOptions::new();
        nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
        nearest.set_inline(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

/// A click that the browser would not open elsewhere.
pub fn is_plain_click(event: &web_sys::MouseEvent) -> bool {
    event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}
