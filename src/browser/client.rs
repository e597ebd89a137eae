//! The page's end of a session: questions out, answers and events in.
//!
//! - A `Client` is a number, so views copy it about; what it stands for lives until `close`, which
//!   ends the workers and with them all their memory.
//! - Every request settles: answered, or `closed`, or with what ended the session. A future that is
//!   dropped takes its request back.
//! - Sending may come before the engine is there: messages wait for it in order.

use super::{engine, panics, wire};
use crate::{
    problem::Problem,
    session::query::{
        Ask, ContentRequest, Event, Look, Network, Query, Question, Reply, Table, from_wire,
    },
};
use futures_channel::oneshot;
use js_sys::{Array, Uint8Array};
use serde::de::DeserializeOwned;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, MessageEvent, Worker};
pub use wire::LayersWish;
use wire::{FromSession, ToSession};

/// An opened source, or one that is being opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    number: u32,
}

/// What is beside an answer, and the size of a content's whole file in bytes.
type Answer = Result<(JsValue, u64), Problem>;

type Listener = dyn Fn(u64, u64, String);

type Handler = Closure<dyn FnMut(JsValue)>;

struct Connection {
    on_event: Box<dyn Fn(Event)>,
    /// `None` until the engine is there.
    worker: RefCell<Option<Worker>>,
    outbox: RefCell<Vec<Array>>,
    pending: RefCell<Vec<(u32, oneshot::Sender<Answer>)>>,
    /// Who hears how a content comes along.
    listeners: RefCell<Vec<(u32, Rc<Listener>)>>,
    next_id: Cell<u32>,
    handlers: RefCell<Vec<Handler>>,
}

thread_local! {
    static CONNECTIONS: RefCell<Vec<(u32, Rc<Connection>)>> = const { RefCell::new(Vec::new()) };
    static NEXT_CLIENT: Cell<u32> = const { Cell::new(1) };
}

impl Client {
    /// Starts fetching and compiling the engine, and keeps a spare session worker warm. Called at
    /// page start.
    pub fn warm_up() {
        engine::warm_up();
    }

    /// Opens a file, or the files of a folder with their paths in it. Events follow: `Progress`,
    /// `Opened`, `LayerRead`, `Tree`, `Refreshed`, `Ready`; or `Failed`, after which nothing but `close`
    /// is of use. With a digest the image of that ID is chosen, and a source without it fails as
    /// `wrong-archive`; else the one for `platform` (`linux/arm64`), else linux/amd64, else the first.
    pub fn open(
        name: String,
        files: Vec<(String, File)>,
        wanted_digest: Option<String>,
        platform: Option<String>,
        on_event: impl Fn(Event) + 'static,
    ) -> Client {
        let (paths, files): (Vec<String>, Vec<File>) = files.into_iter().unzip();
        let files: Array = files.iter().collect();
        let message = ToSession::Open { name, paths, wanted_digest, platform };
        Client::begin(&message, &files, Box::new(on_event))
    }

    /// Opens an image in a registry, for `platform` or else for `preferred`. Beside the events of `open`
    /// `Pulling` follows, and `Asks`, which waits for `reply`. Layers come once `layers` says so.
    pub fn pull(
        reference: String,
        platform: Option<String>,
        preferred: Option<String>,
        network: Network,
        on_event: impl Fn(Event) + 'static,
    ) -> Client {
        let message = ToSession::Pull { reference, platform, preferred, network };
        Client::begin(&message, &JsValue::UNDEFINED, Box::new(on_event))
    }

    /// Opens an archive on the web.
    pub fn fetch(
        url: String,
        platform: Option<String>,
        on_event: impl Fn(Event) + 'static,
    ) -> Client {
        let message = ToSession::Fetch { url, platform };
        Client::begin(&message, &JsValue::UNDEFINED, Box::new(on_event))
    }

    /// Without a source, for lists of registries alone.
    pub fn join(network: Network, on_event: impl Fn(Event) + 'static) -> Client {
        Client::begin(&ToSession::Join { network }, &JsValue::UNDEFINED, Box::new(on_event))
    }

    fn begin(message: &ToSession, beside: &JsValue, on_event: Box<dyn Fn(Event)>) -> Client {
        let client = Client { number: NEXT_CLIENT.replace(NEXT_CLIENT.get() + 1) };
        let connection = Rc::new(Connection {
            on_event,
            worker: RefCell::default(),
            outbox: RefCell::default(),
            pending: RefCell::default(),
            listeners: RefCell::default(),
            next_id: Cell::new(1),
            handlers: RefCell::default(),
        });
        connection.send(message, beside);
        CONNECTIONS.with_borrow_mut(|all| all.push((client.number, connection)));
        spawn_local(async move {
            match engine::session_worker().await {
                Ok(worker) => client.attach(worker),
                Err(problem) => client.fail(problem),
            }
        });
        client
    }

    /// Asks the session one thing.
    pub async fn ask<Q: Ask>(&self, query: Q) -> Result<Q::Answer, Problem> {
        Client::read(self.ask_bytes(query.into()).await)
    }

    /// `ask` without the reading, which alone is compiled anew for each type of answer.
    pub async fn ask_bytes(self, query: Query) -> Result<Vec<u8>, Problem> {
        let (answer, _) = self.request(Box::new(|id| ToSession::Ask { id, query })).await?;
        Ok(bytes_of(answer))
    }

    /// Reads what `ask_bytes` gave.
    pub fn read<T: DeserializeOwned>(bytes: Result<Vec<u8>, Problem>) -> Result<T, Problem> {
        from_wire::<Result<T, Problem>>(&bytes?).unwrap_or_else(|| {
            Err(Problem::new("session-failed", "The session's answer cannot be read."))
        })
    }

    /// Says what is to be done about layers that are not here.
    pub fn layers(&self, wish: LayersWish) {
        self.tell(&ToSession::Layers(wish));
    }

    /// Answers `Event::Asks`.
    pub fn reply(&self, question: Question, reply: Reply) {
        self.tell(&ToSession::Reply { question, reply });
    }

    fn tell(&self, message: &ToSession) {
        if let Some(connection) = self.connection() {
            connection.send(message, &JsValue::UNDEFINED);
        }
    }

    /// Rows of a list.
    pub async fn look(&self, look: Look) -> Result<Table, Problem> {
        let (table, _) = self.request(Box::new(|id| ToSession::Look { id, look })).await?;
        Client::read(Ok(bytes_of(table)))
    }

    /// Forgets what this browser keeps of registries.
    pub async fn clear_kept(&self) -> Result<(), Problem> {
        self.request(Box::new(|id| ToSession::ClearKept { id })).await.map(drop)
    }

    /// Makes another image the one that queries speak of. `LayerRead`, `Tree` and `Ready` follow
    /// again, `Opened` doesn't.
    pub async fn choose(&self, image: u32) -> Result<(), Problem> {
        self.request(Box::new(move |id| ToSession::Choose { id, image })).await.map(drop)
    }

    /// Reads a layer (from 1) again without the limits that stopped it. `LayerRead`, `Tree` and `Ready`
    /// follow again.
    pub async fn lift(&self, layer: u32) -> Result<(), Problem> {
        self.request(Box::new(move |id| ToSession::Lift { id, layer })).await.map(drop)
    }

    /// Bytes of a file in the image, and the size of the whole file. `progress` hears bytes done, of how
    /// many, and why it takes long.
    pub async fn content(
        &self,
        request: ContentRequest,
        progress: impl Fn(u64, u64, String) + 'static,
    ) -> Result<(Vec<u8>, u64), Problem> {
        let client = *self;
        let listen = move |id| {
            if let Some(connection) = client.connection() {
                connection.listeners.borrow_mut().push((id, Rc::new(progress)));
            }
            ToSession::Content { id, request }
        };
        let (bytes, whole) = self.request(Box::new(listen)).await?;
        Ok((Uint8Array::new(&bytes).to_vec(), whole))
    }

    /// The report as JSON, after all images have been read.
    pub async fn report(&self) -> Result<String, Problem> {
        let (text, _) = self.request(Box::new(|id| ToSession::Report { id })).await?;
        Ok(text.as_string().unwrap_or_default())
    }

    /// The image that is shown as a saved inspection, once it is ready.
    pub async fn save(&self) -> Result<Vec<u8>, Problem> {
        let (bytes, _) = self.request(Box::new(|id| ToSession::Save { id })).await?;
        Ok(bytes_of(bytes))
    }

    /// Asks the OSV database at `endpoint` about the packages of the image that is shown: their types,
    /// names and versions leave this machine, so the user is to have agreed. `Refreshed` tells of news.
    pub async fn check(&self, endpoint: String) -> Result<(), Problem> {
        let message = Box::new(move |id| (ToSession::Check { id, endpoint }, JsValue::UNDEFINED));
        self.request_with(message).await.map(drop)
    }

    /// Matches packages with files of advisories: OSV's exports, or VEX documents.
    pub async fn advisories(&self, files: Vec<(String, File)>) -> Result<(), Problem> {
        let (names, files): (Vec<String>, Vec<File>) = files.into_iter().unzip();
        let files: Array = files.iter().collect();
        let message = Box::new(move |id| (ToSession::Advisories { id, names }, files.into()));
        self.request_with(message).await.map(drop)
    }

    /// Ends the workers and with them all their memory; every pending request answers `closed`.
    pub fn close(&self) {
        if let Some(connection) = CONNECTIONS.with_borrow_mut(|all| take(all, self.number)) {
            connection.end(&closed());
        }
    }

    fn connection(&self) -> Option<Rc<Connection>> {
        CONNECTIONS.with_borrow(|all| find(all, self.number))
    }

    async fn request(&self, message: Box<dyn FnOnce(u32) -> ToSession>) -> Answer {
        self.request_with(Box::new(|id| (message(id), JsValue::UNDEFINED))).await
    }

    async fn request_with(&self, message: Box<dyn FnOnce(u32) -> (ToSession, JsValue)>) -> Answer {
        let connection = self.connection().ok_or_else(closed)?;
        let id = connection.next_id.replace(connection.next_id.get() + 1);
        let (sender, receiver) = oneshot::channel();
        connection.pending.borrow_mut().push((id, sender));
        let (message, beside) = message(id);
        connection.send(&message, &beside);
        drop(connection);
        let _taken_back_when_dropped = Pending { client: *self, id };
        receiver.await.unwrap_or_else(|_| Err(closed()))
    }

    /// The engine is there: what has waited for it is sent.
    fn attach(self, worker: Worker) {
        let Some(connection) = self.connection() else {
            worker.terminate(); // closed meanwhile
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
        match wire::unpack(&event.data()) {
            Some((FromSession::Event(event), _)) => (connection.on_event)(event),
            Some((FromSession::Answer { id, problem, whole }, beside)) => {
                let sender = take(&mut connection.pending.borrow_mut(), id);
                if let Some(sender) = sender {
                    // A receiver that is gone has no use for the answer.
                    let _ = sender.send(problem.map_or(Ok((beside, whole)), Err));
                }
            }
            Some((FromSession::Reading { id, done, all, why }, _)) => {
                let listener = find(&connection.listeners.borrow(), id);
                if let Some(listener) = listener {
                    listener(done, all, why);
                }
            }
            Some((FromSession::Panicked { words }, _)) => self.fail(session_failed(&words)),
            None => self.fail(session_failed("a message that is none")),
        }
    }

    /// The session is lost; the first reason is the one that is told.
    fn fail(self, problem: Problem) {
        if let Some(connection) = CONNECTIONS.with_borrow_mut(|all| take(all, self.number)) {
            connection.end(&problem);
            (connection.on_event)(Event::Failed(problem));
        }
    }
}

impl Connection {
    fn send(&self, message: &ToSession, beside: &JsValue) {
        let message = wire::pack(message, beside);
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
        for (_, sender) in self.pending.take() {
            let _ = sender.send(Err(problem.clone()));
        }
    }
}

/// A request whose future lives.
struct Pending {
    client: Client,
    id: u32,
}

impl Drop for Pending {
    fn drop(&mut self) {
        let Some(connection) = self.client.connection() else { return };
        take(&mut connection.listeners.borrow_mut(), self.id);
        let unanswered = take(&mut connection.pending.borrow_mut(), self.id).is_some();
        if unanswered {
            connection.send(&ToSession::Cancel { id: self.id }, &JsValue::UNDEFINED);
        }
    }
}

/// A few entries by number: lists, for a map's machinery takes more of the page than its speed is worth.
fn take<T>(list: &mut Vec<(u32, T)>, number: u32) -> Option<T> {
    let at = list.iter().position(|(there, _)| *there == number)?;
    Some(list.swap_remove(at).1)
}

fn find<T: Clone>(list: &[(u32, T)], number: u32) -> Option<T> {
    list.iter().find(|(there, _)| *there == number).map(|(_, entry)| entry.clone())
}

/// What goes beside an answer as bytes; none where it has none.
fn bytes_of(beside: JsValue) -> Vec<u8> {
    beside.dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).unwrap_or_default()
}

fn closed() -> Problem {
    Problem::new("closed", "The file was closed.")
}

fn session_failed(words: &str) -> Problem {
    Problem::new("session-failed", "The engine failed, and with it all that was open.")
        .found(words)
        .advice("Open the file again; if it fails again, please report it.")
}
