//! Operations of the registry protocol: each is driven to its end, side by side with the others.
//!
//! - Operations share what is known about routes, logins and rate limits.
//! - A question that only the user can answer is asked once, however many operations wait for the answer.
//!   Operations that the user did not request ask no question: it is declined for them.
//! - Which routes work is kept from visit to visit; logins are not.

use super::command::{CacheKey, Command};
use super::ids::{CallId, OperationId, TransferId};
use super::outbox::Outbox;
use super::purpose::{CachePurpose, CallPurpose, OperationPurpose};
use super::routes::{read_routes, write_routes};
use super::running::{OperationResult, RunningOperation};
use crate::http::{HttpFailure, HttpResponse};
use crate::protocol::{Event, NetworkSettings, Reply};
use crate::registry::endpoint::{Route, Traffic, host_of};
use crate::registry::rate_limit::RateLimit;
use crate::registry::{Call, Credentials, OperationStep, RegistryClient, Routes};
use crate::vocabulary::UserQuestion;
use std::collections::{BTreeMap, VecDeque};

/// The name in the cache of the routes that worked.
const ROUTES: &str = "ways";

/// Whether an operation may ask the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    Asks,
    /// The user did not request it.
    Quiet,
}

struct OperationTask {
    running: Box<dyn RunningOperation>,
    purpose: OperationPurpose,
    manners: Manners,
    /// The latest request.
    call: Option<CallId>,
}

/// What the cache knows of routes.
enum KnownRoutes {
    /// Nobody needed them yet.
    Unread,
    /// These operations wait for them.
    Reading(Vec<OperationId>),
    /// As text, as the cache has them.
    Read(String),
}

/// The registry protocol's side of a session.
pub struct Network {
    client: RegistryClient,
    tasks: BTreeMap<OperationId, OperationTask>,
    /// Questions that the user has not answered, and who waits for each.
    questions: Vec<(UserQuestion, Vec<OperationId>)>,
    routes: KnownRoutes,
    ended: VecDeque<(OperationPurpose, OperationResult)>,
}

impl Network {
    /// `settings` is all that the tab knows.
    pub fn new(settings: NetworkSettings) -> Network {
        let mut client = RegistryClient::new(Routes::new(settings.proxy.as_deref()));
        if settings.proxy_trusted {
            client.trust_proxy();
        }
        for login in settings.logins {
            let credentials = Credentials::new(login.user, login.password);
            client.log_in(&login.registry, Some(credentials));
        }
        for (registry, host) in settings.approved {
            client.approve(&registry, &host);
        }
        let (tasks, questions, ended) = Default::default();
        Network { client, tasks, questions, routes: KnownRoutes::Unread, ended }
    }

    /// Starts an operation.
    pub fn start(
        &mut self,
        running: Box<dyn RunningOperation>,
        purpose: OperationPurpose,
        manners: Manners,
        out: &mut Outbox,
    ) -> OperationId {
        let id: OperationId = out.id();
        self.tasks.insert(id, OperationTask { running, purpose, manners, call: None });
        match &mut self.routes {
            KnownRoutes::Unread => {
                out.read_cache(vec![CacheKey::Text(ROUTES.to_owned())], CachePurpose::Routes);
                self.routes = KnownRoutes::Reading(vec![id]);
            }
            KnownRoutes::Reading(waiting) => waiting.push(id),
            KnownRoutes::Read(_) => self.advance(id, out),
        }
        id
    }

    /// Sends one call whose body is streamed. Its end is a `Stream` with the call that has the body.
    pub fn start_stream(
        &mut self,
        call: Call,
        transfer: TransferId,
        manners: Manners,
        out: &mut Outbox,
    ) -> OperationId {
        let running = super::running::stream(call);
        self.start(running, OperationPurpose::Stream(transfer), manners, out)
    }

    /// An operation is no longer needed.
    pub fn cancel(&mut self, id: OperationId, out: &mut Outbox) {
        if self.tasks.remove(&id).is_none() {
            return;
        }
        self.questions.iter_mut().for_each(|(_, waiting)| waiting.retain(|there| *there != id));
        out.abort_all(
            |purpose| matches!(purpose, CallPurpose::Operation { operation, .. } if *operation == id),
        );
        out.forget_lookups(|purpose| *purpose == CachePurpose::Operation(id));
    }

    /// Ends all operations with this purpose.
    pub fn cancel_all(&mut self, is_for: impl Fn(&OperationPurpose) -> bool, out: &mut Outbox) {
        let ids = self.tasks.iter().filter(|(_, task)| is_for(&task.purpose)).map(|(id, _)| *id);
        for id in ids.collect::<Vec<_>>() {
            self.cancel(id, out);
        }
    }

    /// The result of a request of an operation. A body that is streamed goes on under the same call.
    pub fn take_response(
        &mut self,
        (id, call, streams): (OperationId, CallId, bool),
        result: Result<HttpResponse, HttpFailure>,
        out: &mut Outbox,
    ) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        let body_follows =
            streams && matches!(&result, Ok(head) if matches!(head.status, 200 | 206));
        task.running.take(&mut self.client, result, out.now());
        if let (true, OperationPurpose::Stream(transfer)) = (body_follows, &task.purpose) {
            out.calls.insert(call, CallPurpose::Stream(*transfer));
        }
        self.advance(id, out);
    }

    /// What the cache has of a document.
    pub fn take_cached(&mut self, id: OperationId, bytes: Option<Vec<u8>>, out: &mut Outbox) {
        if let Some(task) = self.tasks.get_mut(&id) {
            task.running.take_cached(bytes);
            self.advance(id, out);
        }
    }

    /// What the cache has of routes.
    pub fn take_routes(&mut self, bytes: Option<Vec<u8>>, out: &mut Outbox) {
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        for (host, traffic, route) in read_routes(&text) {
            self.client.routes.remember(host, traffic, route);
        }
        let before = std::mem::replace(&mut self.routes, KnownRoutes::Read(text));
        if let KnownRoutes::Reading(waiting) = before {
            waiting.into_iter().for_each(|id| self.advance(id, out));
        }
    }

    /// The user's answer to a question.
    pub fn reply(&mut self, question: &UserQuestion, reply: &Reply, out: &mut Outbox) {
        match (question, reply) {
            (UserQuestion::Login { registry, .. }, Reply::LogIn(login)) => {
                let credentials = Credentials::new(&login.user[..], &login.password[..]);
                self.client.log_in(registry, Some(credentials));
            }
            (UserQuestion::TokenHost { registry, host }, Reply::Agree) => {
                self.client.approve(registry, host);
            }
            (UserQuestion::TrustProxy { .. }, Reply::Agree) => self.client.trust_proxy(),
            _ => {}
        }
        let at = self.questions.iter().position(|(asked, _)| asked == question);
        for id in at.map(|at| self.questions.swap_remove(at).1).unwrap_or_default() {
            let Some(task) = self.tasks.get_mut(&id) else { continue };
            if *reply == Reply::Decline {
                task.running.decline();
            }
            self.advance(id, out);
        }
    }

    /// An operation that has ended, with its result.
    pub fn next_ended(&mut self) -> Option<(OperationPurpose, OperationResult)> {
        self.ended.pop_front()
    }

    /// Whether a registry was last reached through the proxy.
    pub fn is_proxied(&self, registry: &str) -> bool {
        let traffic = Traffic { authorized: true, blob: false };
        self.client.routes.known(&host_of(registry), traffic) == Some(Route::Proxy)
    }

    /// What a registry last said of its rate limit.
    pub fn rate_limit(&self, registry: &str) -> Option<RateLimit> {
        self.client.rate_limit(&host_of(registry))
    }

    fn advance(&mut self, id: OperationId, out: &mut Outbox) {
        loop {
            let Some(task) = self.tasks.get_mut(&id) else { return };
            match task.running.step(&mut self.client, out.now()) {
                OperationStep::Send(request) => {
                    let streams = request.response_body == crate::http::ResponseBody::Stream;
                    let purpose = CallPurpose::Operation { operation: id, streams };
                    task.call = Some(out.send(request, purpose));
                    return;
                }
                OperationStep::Ask(_) if task.manners == Manners::Quiet => task.running.decline(),
                OperationStep::Ask(question) => return self.ask(question, id, out),
                OperationStep::Cached(digest) => {
                    out.read_cache(vec![CacheKey::Document(digest)], CachePurpose::Operation(id));
                    return;
                }
                OperationStep::Done(result) => return self.end(id, result, out),
            }
        }
    }

    fn ask(&mut self, question: UserQuestion, id: OperationId, out: &mut Outbox) {
        match self.questions.iter_mut().find(|(asked, _)| *asked == question) {
            Some((_, waiting)) => waiting.push(id),
            None => {
                self.questions.push((question.clone(), vec![id]));
                out.tell(Event::UserMustAnswer(question));
            }
        }
    }

    fn end(&mut self, id: OperationId, result: OperationResult, out: &mut Outbox) {
        let Some(task) = self.tasks.remove(&id) else { return };
        let result = match (result, task.call) {
            (OperationResult::Headers(Ok(head)), Some(call)) => {
                OperationResult::Stream(Ok((call, head)))
            }
            (OperationResult::Headers(Err(error)), _) => OperationResult::Stream(Err(error)),
            (result, _) => result,
        };
        self.ended.push_back((task.purpose, result));
        self.keep_routes(out);
    }

    fn keep_routes(&mut self, out: &mut Outbox) {
        let text = write_routes(self.client.routes.remembered());
        if let KnownRoutes::Read(kept) = &mut self.routes
            && *kept != text
        {
            let (key, bytes) = (CacheKey::Text(ROUTES.to_owned()), text.clone().into_bytes());
            out.push(Command::WriteCache { key, bytes });
            *kept = text;
        }
    }
}
