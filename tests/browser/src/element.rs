//! Finding things as a screen reader does: by role and accessible name, as the browser computes them.

use crate::page::Page;
use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
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

/// The elements that can have a role: a superset, sifted by what the browser computes.
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

    /// Every element with this role and name that is in the document now.
    pub async fn all(&self, role: &str, name: &str) -> Vec<Element> {
        let mut found = Vec::new();
        let all = self.client().find_all(Locator::Css(candidates(role))).await.unwrap_or_default();
        for element in all {
            if self.name(&element).await.trim() == name && self.has_role(&element, role).await {
                found.push(element);
            }
        }
        found
    }

    /// Browsers give a live region's or a search box's role by other words at times: then the markup decides.
    async fn has_role(&self, element: &Element, role: &str) -> bool {
        let computed = self.role(element).await;
        computed == role || element.attr("role").await.ok().flatten().as_deref() == Some(role)
    }

    /// The element with this role and name, as soon as there is one that is shown.
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

    /// Clicks it, however soon the page draws it anew.
    pub async fn click(&self, role: &str, name: &str) {
        self.until(&format!("a click on {role} {name:?}"), async || {
            let element = self.get(role, name).await;
            element.click().await.ok()
        })
        .await;
    }

    /// The first element of a selector.
    pub async fn css(&self, selector: &str) -> Element {
        self.until(&format!("an element {selector}"), async || {
            self.client().find(Locator::Css(selector)).await.ok()
        })
        .await
    }

    /// A table's rows as texts, header first, by the table's name.
    pub async fn rows(&self, role: &str, name: &str) -> Vec<Vec<String>> {
        let script = r"
            const rows = arguments[0].querySelectorAll('tr, [role=row]');
            return [...rows].map(row => [...row.querySelectorAll(
                'th, td, [role=columnheader], [role=rowheader], [role=cell], [role=gridcell]')]
                .map(cell => cell.innerText.replace(/\s+/g, ' ').trim()));";
        // A table that changes is drawn anew, at times between the look and the question.
        let what = format!("rows of {name:?}");
        let rows = self.until(&what, async || {
            let table = self.get(role, name).await;
            let element = serde_json::to_value(&table).expect("an element is a reference");
            self.client().execute(script, vec![element]).await.ok()
        });
        serde_json::from_value(rows.await).expect("rows of texts")
    }
}
