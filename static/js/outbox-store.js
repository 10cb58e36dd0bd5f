// What was noted without signal, as it lies on this phone: IndexedDB "outbox".
//   events  one row a note, in the order of writing (seq). state: waiting, held (the manager decides), refused,
//           conflict, editing, sent, put_aside. body is what the market gets, photos what is known of its pictures.
//   photos  the pictures' bytes by [event, slot]; they are gone once the market has them.
//   meta    by key: the lease of whoever sends, and how long the market is left alone ("wait:<owner>").
// An owner is a user at a cooperative. A note and its pictures are written in one transaction: both or neither.
const KEPT = 20; // of what was sent
const OVER = new Set(["sent", "put_aside"]);
export const isOver = (row) => OVER.has(row.state);

let opened;
const open = () =>
  (opened ??= new Promise((done, fail) => {
    const asked = indexedDB.open("outbox", 1);
    asked.onupgradeneeded = () => {
      const events = asked.result.createObjectStore("events", { keyPath: "seq", autoIncrement: true });
      events.createIndex("id", "id", { unique: true });
      events.createIndex("owner", "owner");
      asked.result.createObjectStore("photos", { keyPath: ["event", "slot"] });
      asked.result.createObjectStore("meta", { keyPath: "key" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  }).catch((fault) => {
    opened = undefined; // the next try may do better
    throw fault;
  }));

export const answerOf = (request) =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

// Runs act(stores) in one transaction; what it returns is told once all of it is on the disk.
export const within = async (names, mode, act) => {
  const change = (await open()).transaction(names, mode, { durability: "strict" });
  const finished = new Promise((done, fail) => {
    change.oncomplete = done;
    change.onabort = () => fail(change.error ?? new DOMException("aborted", "AbortError"));
  });
  finished.catch(() => {}); // told below, also when act itself failed first
  try {
    const result = await act(Object.fromEntries(names.map((name) => [name, change.objectStore(name)])));
    await finished;
    return result;
  } catch (fault) {
    try {
      change.abort();
    } catch {
      await finished; // it had failed by itself: the cause is there (a full phone)
    }
    throw fault;
  }
};

const channel = "BroadcastChannel" in window ? new BroadcastChannel("outbox") : null;
const listeners = [];
const changed = () => {
  channel?.postMessage("changed");
  listeners.forEach((tell) => tell());
};
// tell() is called after each change, in whichever tab it was made.
export const onChange = (tell) => {
  listeners.push(tell);
  channel?.addEventListener("message", tell);
};

const ofEvent = (id) => IDBKeyRange.bound([id, 0], [id, 99]);

// Writes a note and its pictures; `instead` is the seq of the row that it takes the place of. Returns the row, or
// null when that id is taken, or the row is no longer there to be replaced.
export const save = async (row, pictures, instead) => {
  const kept = await within(["events", "photos"], "readwrite", async ({ events, photos }) => {
    const same = await answerOf(events.index("id").get(row.id));
    if (same && same.seq !== instead) return null;
    if (instead !== undefined) {
      const old = await answerOf(events.get(instead));
      if (!old || !mayChange(old)) return null;
      photos.delete(ofEvent(old.id));
    }
    const whole = instead === undefined ? row : { ...row, seq: instead };
    for (const one of pictures) photos.put({ event: row.id, slot: one.slot, blob: one.blob });
    return { ...whole, seq: await answerOf(events.put(whole)) };
  });
  if (kept) changed();
  return kept;
};

// Whether its person may still take it back: nothing of it stands in the market's book.
export const mayChange = (row) =>
  !row.stored &&
  row.slot === undefined &&
  (["refused", "conflict", "editing"].includes(row.state) || (row.state === "waiting" && !row.tried));

// Changes one row by act(row); returns it, or null when act says false. Nobody comes between reading and writing.
export const change = async (seq, act) => {
  const row = await within(["events"], "readwrite", async ({ events }) => {
    const found = await answerOf(events.get(seq));
    if (!found || act(found) === false) return null;
    events.put(found);
    return found;
  });
  if (row) changed();
  return row;
};

// The market has all of it: the pictures go, the last twenty that were sent stay to be read.
export const finish = async (seq, state, told) => {
  await within(["events", "photos"], "readwrite", async ({ events, photos }) => {
    const row = await answerOf(events.get(seq));
    events.put({ ...row, ...told, state, ended: Date.now() });
    photos.delete(ofEvent(row.id));
    const mine = await answerOf(events.index("owner").getAll(row.owner));
    const over = mine.filter((one) => isOver(one) && one.seq !== seq).sort((a, b) => b.ended - a.ended);
    for (const old of over.slice(KEPT - 1)) events.delete(old.seq);
  });
  changed();
};

export const drop = async (seq) => {
  await within(["events", "photos"], "readwrite", async ({ events, photos }) => {
    const row = await answerOf(events.get(seq));
    if (!row) return;
    photos.delete(ofEvent(row.id));
    events.delete(seq);
  });
  changed();
};

export const rowsOf = (owner) =>
  within(["events"], "readonly", ({ events }) => answerOf(events.index("owner").getAll(owner)));

// How many notes of other people wait on this phone.
export const ofOthers = async (user) => {
  const all = await within(["events"], "readonly", ({ events }) => answerOf(events.getAll()));
  return all.filter((row) => row.user !== user && !isOver(row)).length;
};

export const picture = (event, slot) =>
  within(["photos"], "readonly", async ({ photos }) => (await answerOf(photos.get([event, slot])))?.blob);

export const meta = (key) => within(["meta"], "readonly", ({ meta }) => answerOf(meta.get(key)));
export const setMeta = (row) => within(["meta"], "readwrite", ({ meta }) => answerOf(meta.put(row)));
