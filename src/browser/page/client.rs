//! The page's end of a session: questions out, answers and events in.
//!
//! - A `Client` is a number, so views can copy it; its connection lives until `close`, which ends the session's
//!   workers and frees all their memory.
//! - Every request settles: it is answered, or fails with `closed` or with what ended the session. Dropping the
//!   future of a request cancels it.
//! - A session may be asked before the engine has arrived: messages wait for it in order.

use super::requests::{PendingRequests, ProgressListener};
use super::{engine, verifier};
use crate::browser::spawn::WorkerModule;
use crate::browser::{message, panics};
use crate::problem::Problem;
use crate::protocol::{
    Ask, DownloadRequest, Event, FromSession, OrderProgress, Reply, Request, RequestId,
    SourceRequest, ToSession, from_wire,
};
use crate::vocabulary::UserQuestion;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, MessageEvent, Worker};

/// An opened source, or one that is being opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Client {
    number: u32,
}

/// What goes beside a question; its declaration in `protocol` says which.
pub enum Attachment {
    Nothing,
    File(File),
    Files(Vec<File>),
    Module(WorkerModule),
}

/// An answer as bytes, and what was sent beside it.
type RawAnswer = (Vec<u8>, JsValue);

type Handler = Closure<dyn FnMut(JsValue)>;

struct Connection {
    on_event: Box<dyn Fn(Event)>,
    /// `None` until the engine has arrived.
    worker: RefCell<Option<Worker>>,
    outbox: RefCell<Vec<Array>>,
    pending: RefCell<PendingRequests<RawAnswer>>,
    handlers: RefCell<Vec<Handler>>,
}

thread_local! {
    static CONNECTIONS: RefCell<BTreeMap<Client, Rc<Connection>>> = const { RefCell::new(BTreeMap::new()) };
    static NEXT_CLIENT: Cell<u32> = const { Cell::new(1) };
}

impl Client {
    /// Starts fetching and compiling the engine, and keeps a spare session worker ready. Called at page start.
    pub fn warm_up() {
        engine::warm_up();
    }

    /// Starts a session. `files` go beside `SourceRequest::Files`. `on_event` gets what the session
    /// reports by itself; after `Event::Failed` only `close` makes sense.
    pub fn open(
        request: SourceRequest,
        files: Vec<File>,
        on_event: impl Fn(Event) + 'static,
    ) -> Client {
        let client = Client { number: NEXT_CLIENT.replace(NEXT_CLIENT.get() + 1) };
        let connection = Rc::new(Connection {
            on_event: Box::new(on_event),
            worker: RefCell::default(),
            outbox: RefCell::default(),
            pending: RefCell::default(),
            handlers: RefCell::default(),
        });
        connection.send(&ToSession::Open(request), &Attachment::Files(files));
        CONNECTIONS.with_borrow_mut(|all| all.insert(client, connection));
        spawn_local(async move {
            match engine::session_worker().await {
                Ok(worker) => client.attach(worker),
                Err(problem) => client.fail(problem),
            }
        });
        client
    }

    /// A client without a session, for tests of what holds clients.
    #[cfg(test)]
    pub fn without_session(number: u32) -> Client {
        Client { number }
    }

    /// Asks one question.
    pub async fn ask<Q: Ask>(self, question: Q) -> Result<Q::Answer, Problem> {
        Client::read(self.ask_bytes(question.into()).await)
    }

    /// `ask` without decoding, which is the only part that is compiled again for each type of answer.
    pub async fn ask_bytes(self, request: Request) -> Result<Vec<u8>, Problem> {
        Ok(self.request(request, Attachment::Nothing, None).await?.0)
    }

    /// Asks a question that has something beside it or its answer. `progress` gets how far it is. The second
    /// part of the answer: the bytes that were sent beside it.
    pub async fn ask_with<Q: Ask>(
        self,
        question: Q,
        attachment: Attachment,
        progress: impl Fn(OrderProgress) + 'static,
    ) -> Result<(Q::Answer, Vec<u8>), Problem> {
        let (answer, beside) =
            self.request(question.into(), attachment, Some(Rc::new(progress))).await?;
        Ok((Client::read(Ok(answer))?, bytes_of(beside)))
    }

    /// Asks a question whose answer has a file beside it.
    pub async fn ask_for_file<Q: Ask>(
        self,
        question: Q,
        progress: impl Fn(OrderProgress) + 'static,
    ) -> Result<(Q::Answer, File), Problem> {
        let progress: ProgressListener = Rc::new(progress);
        let asked = self.request(question.into(), Attachment::Nothing, Some(progress));
        let (answer, beside) = asked.await?;
        let answer = Client::read(Ok(answer))?;
        let file = beside.dyn_into().map_err(|_| session_failed("an answer without its file"))?;
        Ok((answer, file))
    }

    /// Decodes what `ask_bytes` gave.
    pub fn read<T: DeserializeOwned>(bytes: Result<Vec<u8>, Problem>) -> Result<T, Problem> {
        from_wire::<Result<T, Problem>>(&bytes?)
            .unwrap_or_else(|| Err(session_failed("an answer that cannot be read")))
    }

    /// What to do about layers that are not downloaded.
    pub fn download(self, request: DownloadRequest) {
        self.tell(&ToSession::Download(request));
    }

    /// Answers `Event::UserMustAnswer`.
    pub fn reply(self, question: UserQuestion, reply: Reply) {
        self.tell(&ToSession::Reply { question, reply });
    }

    /// Ends the workers and frees all their memory; every open request fails with `closed`.
    pub fn close(self) {
        if let Some(connection) = CONNECTIONS.with_borrow_mut(|all| all.remove(&self)) {
            connection.end(&Problem::new("closed", "The source was closed."));
        }
    }

    fn tell(self, message: &ToSession) {
        if let Some(connection) = self.connection() {
            connection.send(message, &Attachment::Nothing);
        }
    }

    fn connection(self) -> Option<Rc<Connection>> {
        CONNECTIONS.with_borrow(|all| all.get(&self).cloned())
    }

    async fn request(
        self,
        request: Request,
        attachment: Attachment,
        progress: Option<ProgressListener>,
    ) -> Result<RawAnswer, Problem> {
        let closed = || Problem::new("closed", "The source was closed.");
        let connection = self.connection().ok_or_else(closed)?;
        let (id, answer) = connection.pending.borrow_mut().begin(progress);
        connection.send(&ToSession::Ask { id, request }, &attachment);
        drop(connection);
        let _cancelled_when_dropped = CancelOnDrop { client: self, id };
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// The engine has arrived: what waited for it is sent.
    fn attach(self, worker: Worker) {
        let Some(connection) = self.connection() else {
            worker.terminate(); // closed in the meantime
            return;
        };
        let on_message = Closure::new(move |event: JsValue| self.receive(event.unchecked_ref()));
        let on_error = Closure::new(move |event: JsValue| {
            self.fail(session_failed(&panics::words(&event)));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        connection.handlers.replace(vec![on_message, on_error]);
        connection.worker.replace(Some(worker));
        for message in connection.outbox.take() {
            connection.post(&message);
        }
    }

    fn receive(self, event: &MessageEvent) {
        let Some(connection) = self.connection() else { return };
        match message::unpack(&event.data()) {
            Some((FromSession::Event(event), _)) => (connection.on_event)(*event),
            Some((FromSession::Answer { id, answer }, beside)) => {
                connection.pending.borrow_mut().settle(id, Ok((answer, beside)));
            }
            Some((FromSession::OrderProgress { id, progress }, _)) => {
                let listener = connection.pending.borrow().listener(id);
                if let Some(listener) = listener {
                    listener(progress);
                }
            }
            Some((FromSession::NeedsVerifier, _)) => self.supply_verifier(connection.clone()),
            Some((FromSession::Panicked { words }, _)) => self.fail(session_failed(&words)),
            None => self.fail(session_failed("a message that cannot be read")),
        }
    }

    /// Fetches the verifier for a session that needs it, and says how far that is.
    fn supply_verifier(self, connection: Rc<Connection>) {
        spawn_local(async move {
            let told = connection.clone();
            let tell = move |bytes| (told.on_event)(Event::FetchingVerifier(Some(bytes)));
            let fetched = verifier::verifier(tell).await;
            (connection.on_event)(Event::FetchingVerifier(None));
            let (answer, beside) = match fetched {
                Ok(module) => (Ok(()), Attachment::Module(module)),
                Err(problem) => (Err(problem), Attachment::Nothing),
            };
            connection.send(&ToSession::Verifier(answer), &beside);
        });
    }

    /// The session is lost. Only the first reason is reported.
    fn fail(self, problem: Problem) {
        if let Some(connection) = CONNECTIONS.with_borrow_mut(|all| all.remove(&self)) {
            connection.end(&problem);
            (connection.on_event)(Event::Failed(problem));
        }
    }
}

impl Connection {
    fn send(&self, message: &ToSession, attachment: &Attachment) {
        let beside = match attachment {
            Attachment::Nothing => JsValue::UNDEFINED,
            Attachment::File(file) => file.into(),
            Attachment::Files(files) => files.iter().collect::<Array>().into(),
            Attachment::Module(WorkerModule { source, module }) => {
                Array::of2(module, source).into()
            }
        };
        let message = message::pack(message, &beside);
        if self.worker.borrow().is_some() {
            self.post(&message);
        } else {
            self.outbox.borrow_mut().push(message);
        }
    }

    fn post(&self, message: &Array) {
        if let Some(worker) = self.worker.borrow().as_ref()
            && let Err(error) = worker.post_message(message)
        {
            web_sys::console::error_1(&error); // only what cannot be cloned is refused
        }
    }

    fn end(&self, problem: &Problem) {
        if let Some(worker) = self.worker.take() {
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.terminate();
        }
        self.outbox.take();
        self.pending.borrow_mut().end(problem);
    }
}

/// Tells the session that an answer is no longer needed.
struct CancelOnDrop {
    client: Client,
    id: RequestId,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        let Some(connection) = self.client.connection() else { return };
        let was_open = connection.pending.borrow_mut().cancel(self.id);
        if was_open {
            connection.send(&ToSession::Cancel { id: self.id }, &Attachment::Nothing);
        }
    }
}

/// The bytes beside an answer; none where it has none.
fn bytes_of(beside: JsValue) -> Vec<u8> {
    match beside.dyn_into::<ArrayBuffer>() {
        Ok(buffer) => Uint8Array::new(&buffer).to_vec(),
        Err(other) => other.dyn_into::<Uint8Array>().map(|b| b.to_vec()).unwrap_or_default(),
    }
}

fn session_failed(words: &str) -> Problem {
    Problem::new(
        "session-failed",
        "The engine failed. Everything that was read for this source is lost.",
    )
    .found(words)
    .advice("Open it again. If it fails again, please report it.")
}
