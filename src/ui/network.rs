//! What this tab knows of registries: the proxy, logins, what the user has agreed to, and the questions
//! that wait for an answer.
//!
//! - Logins are in this tab's memory alone. A session that asks for one which the tab has gets it unasked,
//!   once; if it is then called wrong, the user is asked.

use super::parts::spawn;
use super::state::{RwSignal, StoredValue};
use crate::browser::client::Client;
use crate::browser::config::{self, Config};
use crate::link::LinkTarget;
use crate::oci::{DOCKER_HUB, split_registry};
use crate::session::query::{Account, Event, LoginReason, Network, Question, Reply};
use leptos::prelude::*;

/// All of it signals, so it is copied about.
#[derive(Clone, Copy)]
pub struct Net {
    kept: StoredValue<Network>,
    config: RwSignal<Option<Config>>,
    /// Questions for the user, and whose they are; the first is shown.
    pub questions: RwSignal<Vec<(Client, Question)>>,
    lists: StoredValue<Option<Client>>,
    /// Grows when what is set has changed.
    pub changed: RwSignal<u32>,
}

impl Net {
    /// Reads what the deployment says.
    pub fn new() -> Net {
        let net = Net {
            kept: StoredValue::new(Network::default()),
            config: RwSignal::new(None),
            questions: RwSignal::new(Vec::new()),
            lists: StoredValue::new(None),
            changed: RwSignal::new(0),
        };
        spawn(async move {
            let config = config::load().await;
            let proxy = config::own_proxy().unwrap_or_else(|| config.proxy.clone());
            net.kept.update_value(|kept| kept.proxy = proxy);
            net.config.set(Some(config));
        });
        net
    }

    /// True once it is known what the deployment says; tracks it.
    pub fn is_ready(self) -> bool {
        self.config.read().is_some()
    }

    /// The database that packages are asked about, as the deployment names it.
    pub fn osv(self) -> Option<String> {
        self.config.read().as_ref().map(|config| config.osv.clone())
    }

    /// The proxy that is used; tracks nothing.
    pub fn proxy(self) -> Option<String> {
        self.kept.with_value(|kept| kept.proxy.clone())
    }

    /// Uses another proxy from now on, none, or (without a word) the deployment's.
    pub fn set_proxy(self, proxy: Option<String>) {
        config::set_own_proxy(proxy.as_deref());
        let offered = self.config.read_untracked().as_ref().and_then(|c| c.proxy.clone());
        self.kept.update_value(|kept| {
            kept.proxy = proxy.map_or(offered, |proxy| Some(proxy).filter(|p| !p.is_empty()));
            kept.proxy_trusted = false;
        });
        self.restart_lists();
    }

    fn restart_lists(self) {
        if let Some(lists) = self.lists.with_value(|lists| *lists) {
            lists.close();
            self.forget(lists);
            self.lists.set_value(None);
        }
        self.changed.update(|changed| *changed += 1);
    }

    /// Whether a link may ask this registry without a question; tracks the deployment's list.
    pub fn knows(self, registry: &str) -> bool {
        let config = self.config.read();
        let listed = config.as_ref().is_some_and(|c| c.hosts.iter().any(|host| host == registry));
        listed || config::is_known(registry)
    }

    /// The user has named this registry.
    pub fn know(self, registry: &str) {
        config::know(registry);
        self.changed.update(|changed| *changed += 1);
    }

    /// What a session is given.
    pub fn network(self) -> Network {
        self.kept.get_value()
    }

    /// A session without a source, for lists.
    pub fn lists(self) -> Client {
        if let Some(lists) = self.lists.with_value(|lists| *lists) {
            return lists;
        }
        let whose: StoredValue<Option<Client>> = self.lists;
        let hear = move |event| {
            if let (Event::Asks(question), Some(client)) = (event, whose.get_value()) {
                self.hear(client, question);
            }
        };
        let client = Client::join(self.network(), hear);
        self.lists.set_value(Some(client));
        client
    }

    /// A session asks something: the tab may know, else the user is asked.
    pub fn hear(self, client: Client, question: Question) {
        let known = self.kept.with_value(|kept| match &question {
            Question::Login { registry, reason: LoginReason::Needed } => {
                let account = kept.accounts.iter().find(|account| account.registry == *registry);
                account.cloned().map(Reply::LogIn)
            }
            Question::Login { .. } => None,
            Question::TokenHost { registry, host } => {
                let pair = (registry.clone(), host.clone());
                kept.approved.contains(&pair).then_some(Reply::Agree)
            }
            Question::TrustProxy { .. } => kept.proxy_trusted.then_some(Reply::Agree),
        });
        match known {
            Some(reply) => client.reply(question, reply),
            None => self.questions.update(|questions| questions.push((client, question))),
        }
    }

    /// The user's answer to the question that is shown.
    pub fn reply(self, reply: Reply) {
        let mut first = None;
        self.questions.update(|questions| {
            first = (!questions.is_empty()).then(|| questions.remove(0));
        });
        let Some((client, question)) = first else { return };
        self.kept.update_value(|kept| match (&question, &reply) {
            (Question::Login { .. }, Reply::LogIn(account)) => remember(kept, account.clone()),
            (Question::TokenHost { registry, host }, Reply::Agree) => {
                kept.approved.push((registry.clone(), host.clone()));
            }
            (Question::TrustProxy { .. }, Reply::Agree) => kept.proxy_trusted = true,
            _ => {}
        });
        client.reply(question, reply);
    }

    /// Who has been closed has no more questions.
    pub fn forget(self, closed: Client) {
        if self.questions.read_untracked().iter().any(|(whose, _)| *whose == closed) {
            self.questions.update(|questions| questions.retain(|(whose, _)| *whose != closed));
        }
    }
}

/// The registry that a place of the web belongs to; `None` for an address, whose host is always asked
/// about.
pub fn registry_of(place: &LinkTarget) -> Option<String> {
    match place {
        LinkTarget::Image { reference: name, .. } | LinkTarget::Repository(name) => {
            Some(split_registry(name).0.to_owned())
        }
        LinkTarget::Search(_) => Some(DOCKER_HUB.to_owned()),
        _ => None,
    }
}

fn remember(kept: &mut Network, account: Account) {
    kept.accounts.retain(|known| known.registry != account.registry);
    kept.accounts.push(account);
}

/// What the tab knows of registries, from the context.
pub fn net() -> Net {
    expect_context()
}
