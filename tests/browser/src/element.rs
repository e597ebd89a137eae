//! Finds elements as a screen reader does: by role and accessible name, as the browser computes them.
//!
//! Asking for a name is a request to the driver for each element, so a script first drops the elements that
//! cannot have it: those in which, and in whose labels, not every word of the name occurs.

use crate::page::Page;
use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use std::collections::BTreeMap;
use url::{ParseError, Url};

/// `GET /session/ID/element/ID/computedlabel` or `computedrole`.
#[derive(Debug)]
struct Computed {
    element: String,
    what: &'static str,
}

impl WebDriverCompatibleCommand for Computed {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let (session, element) = (session.unwrap_or_default(), &self.element);
        base.join(&format!("session/{session}/element/{element}/{}", self.what))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::GET, None)
    }
}

/// The elements of the selector `arguments[0]` that can have the name `arguments[1]`.
const CAN_BE_NAMED: &str = r#"
    const [selector, name] = arguments;
    const words = name.split(/\s+/).filter(word => word);
    const attributes = ['aria-label', 'title', 'alt', 'placeholder', 'value'];
    const text = element => element?.textContent ?? '';
    const sources = element => [
        ...attributes.map(attribute => element.getAttribute(attribute) ?? ''), element.value ?? '',
        ...(element.getAttribute('aria-labelledby') ?? '').split(/\s+/).map(id => text(document.getElementById(id))),
        ...[...element.labels ?? []].map(text)];
    return [...document.querySelectorAll(selector)].filter(element => {
        const all = [element, ...element.querySelectorAll('*')].flatMap(sources);
        const haystack = [text(element), ...all].join(' ');
        return words.every(word => haystack.includes(word));
    });"#;

/// A selector of all elements that can have a role; the browser then says which do.
fn candidates(role: &str) -> &'static str {
    match role {
        "alert" => "[role=alert]",
        "button" => "button, summary, input[type=button], input[type=submit], [role=button]",
        "combobox" => "select, [role=combobox]",
        "dialog" => "dialog, [role=dialog]",
        "heading" => "h1, h2, h3, h4, h5, h6, [role=heading]",
        "link" => "a[href], [role=link]",
        "navigation" => "nav, [role=navigation]",
        "region" => "section, [role=region]",
        "searchbox" => "input[type=search], [role=searchbox]",
        "status" => "output, [role=status]",
        "table" => "table, [role=table]",
        "textbox" => {
            "input:not([type]), input[type=text], input[type=url], textarea, [role=textbox]"
        }
        "treegrid" => "[role=treegrid]",
        _ => "*",
    }
}

impl Page {
    /// An element's accessible name.
    pub async fn name(&self, element: &Element) -> String {
        self.computed(element, "computedlabel").await
    }

    /// An element's role.
    pub async fn role(&self, element: &Element) -> String {
        self.computed(element, "computedrole").await
    }

    async fn computed(&self, element: &Element, what: &'static str) -> String {
        let command = Computed { element: element.element_id().to_string(), what };
        let answer = self.client().issue_cmd(command).await; // an element may be gone by now
        answer.ok().and_then(|value| Some(value.as_str()?.to_owned())).unwrap_or_default()
    }

    /// All elements with this role and name that are in the document now.
    pub async fn all(&self, role: &str, name: &str) -> Vec<Element> {
        let mut found = Vec::new();
        for element in self.can_be_named(candidates(role), name).await.unwrap_or_default() {
            if self.name(&element).await.trim() == name && self.has_role(&element, role).await {
                found.push(element);
            }
        }
        found
    }

    /// The elements of a selector that can have a name; `None` if one of them is gone meanwhile.
    pub(crate) async fn can_be_named(&self, selector: &str, name: &str) -> Option<Vec<Element>> {
        let arguments = vec![selector.into(), name.into()];
        let found = self.client().execute(CAN_BE_NAMED, arguments).await.ok()?;
        // An element is an object whose one field has the element's ID.
        let found: Vec<BTreeMap<String, String>> = serde_json::from_value(found).ok()?;
        let ids = found.into_iter().filter_map(|element| element.into_values().next());
        let element = |id: String| Element::from_element_id(self.client().clone(), id.into());
        Some(ids.map(element).collect())
    }

    /// Browsers sometimes use other names for the role of a live region or a search box: then markup decides.
    async fn has_role(&self, element: &Element, role: &str) -> bool {
        let computed = self.role(element).await;
        computed == role || element.attr("role").await.ok().flatten().as_deref() == Some(role)
    }

    /// Waits for a displayed element with this role and name.
    pub async fn get(&self, role: &str, name: &str) -> Element {
        self.until(&format!("a {role} {name:?}"), async || {
            for element in self.all(role, name).await {
                if element.is_displayed().await.unwrap_or(false) {
                    return Some(element);
                }
            }
            None
        })
        .await
    }

    /// Clicks it, even if the page renders it again meanwhile.
    pub async fn click(&self, role: &str, name: &str) {
        self.until(&format!("a click on {role} {name:?}"), async || {
            let element = self.get(role, name).await;
            element.click().await.ok()
        })
        .await;
    }

    /// Waits for the first element of a selector.
    pub async fn css(&self, selector: &str) -> Element {
        self.until(&format!("an element {selector}"), async || {
            self.client().find(Locator::Css(selector)).await.ok()
        })
        .await
    }

    /// The rows of the table with this name as texts, the header first.
    pub async fn rows(&self, role: &str, name: &str) -> Vec<Vec<String>> {
        let script = r"
            const rows = arguments[0].querySelectorAll('tr, [role=row]');
            return [...rows].filter(row => !row.closest('[aria-hidden=true]')).map(row => [...row.querySelectorAll(
                'th, td, [role=columnheader], [role=rowheader], [role=cell], [role=gridcell]')]
                .map(cell => cell.innerText.replace(/\s+/g, ' ').trim()));";
        // A table that changes is rendered again, sometimes between finding and reading it.
        let what = format!("rows of {name:?}");
        let rows = self.until(&what, async || {
            let table = self.get(role, name).await;
            let element = serde_json::to_value(&table).expect("an element is a reference");
            self.client().execute(script, vec![element]).await.ok()
        });
        serde_json::from_value(rows.await).expect("rows of texts")
    }
}
