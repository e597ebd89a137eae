//! What this tab knows about registries: the proxy, logins, what the user agreed to, and the questions that wait
//! for the user.
//!
//! Logins stay in this tab's memory. A session that needs a login which the tab has gets it without a question,
//! once; if it is then wrong, the user is asked.

use super::spawn;
use crate::browser::page::client::Client;
use crate::browser::page::config::{self, DeploymentConfig};
use crate::link::LinkTarget;
use crate::oci::{DOCKER_HUB, split_registry};
use crate::protocol::{Event, NetworkSettings, Reply, SourceRequest};
use crate::vocabulary::{Login, LoginReason, UserQuestion};
use leptos::prelude::*;

/// Settings and questions. All of it is signals, so it is copied.
#[derive(Clone, Copy)]
pub struct Registries {
    settings: StoredValue<NetworkSettings>,
    config: RwSignal<Option<DeploymentConfig>>,
    questions: RwSignal<Vec<(Client, UserQuestion)>>,
    /// The session without a source that fetches lists.
    lists: RwSignal<Option<Client>>,
    /// Grows when settings or logins changed.
    revision: RwSignal<u32>,
}

impl Registries {
    /// Reads the deployment's configuration.
    pub fn load() -> Registries {
        let registries = Registries::with_config(None);
        spawn(async move {
            let config = config::load().await;
            let proxy = config::own_proxy().unwrap_or_else(|| config.proxy.clone());
            registries.settings.update_value(|settings| settings.proxy = proxy);
            registries.config.set(Some(config));
        });
        registries
    }

    /// Without a browser, for tests; `None`: the configuration is not loaded yet.
    pub fn with_config(config: Option<DeploymentConfig>) -> Registries {
        Registries {
            settings: StoredValue::new(NetworkSettings::default()),
            config: RwSignal::new(config),
            questions: RwSignal::new(Vec::new()),
            lists: RwSignal::new(None),
            revision: RwSignal::new(0),
        }
    }

    /// The deployment's configuration is known; tracked.
    pub fn is_loaded(self) -> bool {
        self.config.read().is_some()
    }

    /// The address of deps.dev, which knows base images; tracked.
    pub fn deps_dev(self) -> Option<String> {
        self.config.read().as_ref().map(|config| config.deps_dev.clone())
    }

    /// The address of the OSV database for vulnerability checks; tracked.
    pub fn osv(self) -> Option<String> {
        self.config.read().as_ref().map(|config| config.osv.clone())
    }

    /// The proxy in use; not tracked.
    pub fn proxy(self) -> Option<String> {
        self.settings.with_value(|settings| settings.proxy.clone())
    }

    /// Uses another proxy from now on. `Some("")`: none. `None`: the deployment's.
    pub fn set_proxy(self, proxy: Option<String>) {
        config::set_own_proxy(proxy.as_deref());
        let offered = self.config.read_untracked().as_ref().and_then(|config| config.proxy.clone());
        self.settings.update_value(|settings| {
            settings.proxy = proxy.map_or(offered, |proxy| Some(proxy).filter(|p| !p.is_empty()));
            settings.proxy_trusted = false;
        });
        self.close_lists();
        self.changed();
    }

    /// A link may contact this registry without asking the user; tracked.
    pub fn is_known(self, registry: &str) -> bool {
        self.revision.track();
        let config = self.config.read();
        let listed = config.as_ref().is_some_and(|c| c.hosts.iter().any(|host| host == registry));
        listed || config::is_known(registry)
    }

    /// The user named this registry.
    pub fn know(self, registry: &str) {
        config::know(registry);
        self.changed();
    }

    fn changed(self) {
        self.revision.update(|revision| *revision += 1);
    }

    /// Grows when settings or logins changed; tracked.
    pub fn revision(self) -> u32 {
        self.revision.get()
    }

    /// What a new session is given.
    pub fn settings(self) -> NetworkSettings {
        self.settings.get_value()
    }

    /// The session that fetches lists and clears the cache.
    pub fn lists(self) -> Client {
        if let Some(lists) = self.lists.get_untracked() {
            return lists;
        }
        let request = SourceRequest::Nothing { network: self.settings() };
        let client = Client::open(request, Vec::new(), move |event| self.hear(event));
        self.lists.set(Some(client));
        client
    }

    /// What the session of lists says by itself.
    fn hear(self, event: Event) {
        match (event, self.lists.get_untracked()) {
            (Event::UserMustAnswer(question), Some(client)) => self.ask(client, question),
            (Event::Failed(_), _) => self.close_lists(), // its requests fail with the problem
            _ => {}
        }
    }

    /// Ends the session of lists. The next request for a list starts another.
    fn close_lists(self) {
        if let Some(lists) = self.lists.get_untracked() {
            lists.close();
            self.forget(lists);
            self.lists.set(None);
        }
    }

    /// The first question that waits for the user; tracked.
    pub fn question(self) -> Option<UserQuestion> {
        self.questions.read().first().map(|(_, question)| question.clone())
    }

    /// A session asks something: the tab may know the answer, else the user is asked.
    pub fn ask(self, client: Client, question: UserQuestion) {
        match self.settings.with_value(|settings| known_answer(settings, &question)) {
            Some(reply) => client.reply(question, reply),
            None => self.questions.update(|questions| questions.push((client, question))),
        }
    }

    /// The user's answer to `question()`, and to the same question of other sessions.
    pub fn reply(self, reply: Reply) {
        let Some(question) = untrack(|| self.question()) else { return };
        self.settings.update_value(|settings| remember(settings, &question, &reply));
        let settings = self.settings.get_value();
        let settled =
            self.questions.try_update(|waiting| settle(waiting, &question, &reply, &settings));
        for (client, question, reply) in settled.unwrap_or_default() {
            client.reply(question, reply);
        }
    }

    /// A closed session has no more questions.
    pub fn forget(self, closed: Client) {
        if self.questions.read_untracked().iter().any(|(client, _)| *client == closed) {
            self.questions.update(|questions| questions.retain(|(client, _)| *client != closed));
        }
    }
}

/// What the tab can answer by itself.
fn known_answer(settings: &NetworkSettings, question: &UserQuestion) -> Option<Reply> {
    match question {
        UserQuestion::Login { registry, reason: LoginReason::Needed } => {
            let login = settings.logins.iter().find(|login| login.registry == *registry);
            login.cloned().map(Reply::LogIn)
        }
        UserQuestion::Login { .. } => None,
        UserQuestion::TokenHost { registry, host } => {
            let approved = settings.approved.iter().any(|(r, h)| (r, h) == (registry, host));
            approved.then_some(Reply::Agree)
        }
        UserQuestion::TrustProxy { .. } => settings.proxy_trusted.then_some(Reply::Agree),
    }
}

/// Takes out of the waiting questions those that a reply to `asked` settles: the same ones, and what the tab knows
/// from now on.
fn settle<C>(
    waiting: &mut Vec<(C, UserQuestion)>,
    asked: &UserQuestion,
    reply: &Reply,
    settings: &NetworkSettings,
) -> Vec<(C, UserQuestion, Reply)> {
    let mut settled = Vec::new();
    for (client, question) in std::mem::take(waiting) {
        let answer = match question == *asked {
            true => Some(reply.clone()),
            false => known_answer(settings, &question),
        };
        match answer {
            Some(reply) => settled.push((client, question, reply)),
            None => waiting.push((client, question)),
        }
    }
    settled
}

fn remember(settings: &mut NetworkSettings, question: &UserQuestion, reply: &Reply) {
    match (question, reply) {
        (UserQuestion::Login { .. }, Reply::LogIn(login)) => {
            settings.logins.retain(|known: &Login| known.registry != login.registry);
            settings.logins.push(login.clone());
        }
        (UserQuestion::TokenHost { registry, host }, Reply::Agree) => {
            settings.approved.push((registry.clone(), host.clone()));
        }
        (UserQuestion::TrustProxy { .. }, Reply::Agree) => settings.proxy_trusted = true,
        _ => {}
    }
}

/// The registry that a place belongs to; `None` for an address, whose host the user is always asked about.
pub fn registry_of(place: &LinkTarget) -> Option<String> {
    match place {
        LinkTarget::Image { reference: name, .. } | LinkTarget::Repository(name) => {
            Some(split_registry(name).0.to_owned())
        }
        LinkTarget::Search(_) => Some(DOCKER_HUB.to_owned()),
        _ => None,
    }
}

/// What the tab knows of registries, from the context.
pub fn use_registries() -> Registries {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    fn login(user: &str) -> Login {
        Login { registry: "ghcr.io".into(), user: user.into(), password: "secret".into() }
    }

    #[test]
    fn a_known_login_is_used_once() {
        let needed =
            UserQuestion::Login { registry: "ghcr.io".into(), reason: LoginReason::Needed };
        let wrong = UserQuestion::Login { registry: "ghcr.io".into(), reason: LoginReason::Wrong };
        let mut settings = NetworkSettings::default();
        assert_eq!(known_answer(&settings, &needed), None);
        remember(&mut settings, &needed, &Reply::LogIn(login("ann")));
        assert_eq!(known_answer(&settings, &needed), Some(Reply::LogIn(login("ann"))));
        assert_eq!(known_answer(&settings, &wrong), None, "the user is asked");
        remember(&mut settings, &wrong, &Reply::LogIn(login("bob")));
        assert_eq!(settings.logins, [login("bob")]);
    }

    #[test]
    fn agreement_is_remembered_for_what_it_was_given() {
        let host = |host: &str| UserQuestion::TokenHost {
            registry: "a.example".into(),
            host: host.into(),
        };
        let proxy = UserQuestion::TrustProxy { registry: "a.example".into(), proxy: "p".into() };
        let mut settings = NetworkSettings::default();
        remember(&mut settings, &host("token.example"), &Reply::Decline);
        assert_eq!(known_answer(&settings, &host("token.example")), None);
        remember(&mut settings, &host("token.example"), &Reply::Agree);
        assert_eq!(known_answer(&settings, &host("token.example")), Some(Reply::Agree));
        assert_eq!(known_answer(&settings, &host("other.example")), None);
        assert_eq!(known_answer(&settings, &proxy), None);
        remember(&mut settings, &proxy, &Reply::Agree);
        assert_eq!(known_answer(&settings, &proxy), Some(Reply::Agree));
    }

    #[test]
    fn equal_questions_of_several_sessions_are_answered_together() {
        let login_of =
            |registry: &str, reason| UserQuestion::Login { registry: registry.into(), reason };
        let wrong = login_of("ghcr.io", LoginReason::Wrong);
        let needed = login_of("ghcr.io", LoginReason::Needed);
        let other = login_of("quay.io", LoginReason::Needed);
        let waiting = || {
            vec![(1, wrong.clone()), (2, other.clone()), (3, needed.clone()), (4, wrong.clone())]
        };
        let settled = |reply: Reply| {
            let (mut waiting, mut settings) = (waiting(), NetworkSettings::default());
            remember(&mut settings, &wrong, &reply);
            let settled = settle(&mut waiting, &wrong, &reply, &settings);
            let settled: Vec<_> = settled.into_iter().map(|(c, _, reply)| (c, reply)).collect();
            (settled, waiting.into_iter().map(|(client, _)| client).collect::<Vec<_>>())
        };
        let reply = || Reply::LogIn(login("ann"));
        // The login is known from now on, so that it answers the session that only needs one, too.
        assert_eq!(settled(reply()), (vec![(1, reply()), (3, reply()), (4, reply())], vec![2]));
        let declined = vec![(1, Reply::Decline), (4, Reply::Decline)];
        assert_eq!(settled(Reply::Decline), (declined, vec![2, 3]));
    }

    #[test]
    fn a_session_of_lists_that_failed_is_not_asked_again() {
        Owner::new().with(|| {
            let registries = Registries::with_config(None);
            let client = Client::without_session(7);
            registries.lists.set(Some(client));
            let question = UserQuestion::TrustProxy { registry: "a".into(), proxy: "p".into() };
            registries.hear(Event::UserMustAnswer(question.clone()));
            assert_eq!(registries.question(), Some(question));
            registries.hear(Event::Failed(Problem::new("session-failed", "The engine failed.")));
            assert_eq!(registries.lists.get_untracked(), None, "the next list starts another");
            assert_eq!(registries.question(), None);
        });
    }

    #[test]
    fn an_address_belongs_to_no_registry() {
        for (link, registry) in [
            ("#/image/alpine:3.20", Some("docker.io")),
            ("#/image/localhost:5000/a", Some("localhost:5000")),
            ("#/repository/ghcr.io/a/b", Some("ghcr.io")),
            ("#/search/nginx", Some("docker.io")),
            ("#/url/https%3A%2F%2Fa.example%2Fi.tar", None),
            ("#/archive/sha256:a", None),
        ] {
            let place = crate::link::Link::parse(link).target;
            assert_eq!(registry_of(&place).as_deref(), registry, "{link}");
        }
    }
}
