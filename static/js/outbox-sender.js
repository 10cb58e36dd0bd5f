// Brings what outbox-store.js keeps to the market: one sender on a phone, in the order of writing, a note before its
// pictures. What cannot be sent now stays; what the market refuses is set aside and the rest goes on.
import { answerOf, change, finish, isOver, meta, picture, rowsOf, setMeta, within } from "./outbox-store.js";

const LONGEST = 300; // seconds between two tries
const PATIENCE = 60_000; // ms for one answer: a picture on a thin line
const LEASE = 90_000; // ms; renewed before each request
const HELD = 600_000; // ms after which a note that the manager has is asked about again
const SCHEMA = 1;
const me = crypto.randomUUID();

// Ends a round: why is network, server, signed_out, other_user, not_a_member or schema_too_old.
class Stop extends Error {
  constructor(why, text = "", after = 0) {
    super(why);
    Object.assign(this, { why, text, after });
  }
}

// "2026-11-22T21:44:03.123+07:00": the phone's own time with its zone.
export const localTime = (at) => {
  const ahead = -at.getTimezoneOffset();
  const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  const there = new Date(at.getTime() + ahead * 60_000).toISOString().slice(0, -1);
  return `${there}${ahead < 0 ? "-" : "+"}${two(ahead / 60)}:${two(ahead % 60)}`;
};

const askMarket = async (url, options = {}) => {
  const keep = { ...options, redirect: "error", cache: "no-store", credentials: "same-origin" };
  keep.headers = { Accept: "application/json", ...options.headers };
  const patience = new AbortController();
  const clock = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(url, { ...keep, signal: patience.signal });
    // The login page of a free Wi-Fi, or a proxy's own words, are no answer of the market.
    const told = await answer.json().catch(() => null);
    return { status: answer.status, told, after: Number(answer.headers.get("Retry-After")) || 0 };
  } catch {
    throw new Stop("network");
  } finally {
    clearTimeout(clock);
  }
};

const stopAt = ({ status, told, after }) => {
  const code = told?.code;
  if (status === 401) throw new Stop("signed_out", told?.text);
  if (status === 403 && code === "not_a_member") throw new Stop("not_a_member", told.text);
  if (status === 426) throw new Stop("schema_too_old", told?.text);
  if (status >= 500 || status === 429 || !code || code === "csrf") throw new Stop("server", "", after);
};

// A lease in the database where the browser has no locks: taken in one transaction, so two tabs never both have it.
const lease = (until) =>
  within(["meta"], "readwrite", async ({ meta }) => {
    const row = await answerOf(meta.get("lease"));
    const isFree = !row || row.holder === me || row.until < Date.now();
    if (isFree) meta.put({ key: "lease", holder: me, until });
    return isFree;
  });

const alone = async (act) => {
  if (navigator.locks) return navigator.locks.request("outbox", act);
  while (!(await lease(Date.now() + LEASE))) await new Promise((done) => setTimeout(done, 1000));
  try {
    return await act();
  } finally {
    await lease(0);
  }
};

export class Sender {
  // door: where events go, photo: address of a picture with {event} and {slot}; tell(state) hears how it stands:
  // { why: "" | "sending" | a reason to stop, text, until }
  constructor({ door, photo, owner, user, tell }) {
    Object.assign(this, { door, photo, owner, user, tell, token: "", timer: 0, running: null, again: null });
  }

  // Sends what there is. now: whatever was said about waiting; back: there may be a line again; who: learn who is
  // signed in even when there is nothing to send. Calls while it sends lead to one more round.
  send(options = {}) {
    if (this.running) {
      this.again = { ...this.again, ...options };
      return this.running;
    }
    this.running = alone(() => this.round(options))
      .catch((fault) => {
        this.tell({ why: "server" });
        reportError(fault);
      })
      .finally(() => {
        const { again } = this;
        [this.running, this.again] = [null, null];
        if (again) this.send(again);
      });
    return this.running;
  }

  async round({ now = false, back = false, who = false }) {
    clearTimeout(this.timer);
    const key = `wait:${this.owner}`;
    const tried = new Set();
    const next = () => this.next(tried, now || back);
    if (!who && !(await next())) return this.tell({ why: "" });
    if (navigator.onLine === false) return this.tell({ why: "network" });
    const waited = await meta(key);
    // What failed for want of a line is tried again as soon as there may be one; a market in trouble is left alone.
    if (waited?.until > Date.now() && !now && !(back && waited.why === "network")) return this.wait(waited);
    try {
      this.tell({ why: "sending" });
      await this.meet();
      for (let row; (row = await next()); ) {
        tried.add(row.seq);
        await this.bring(row);
        if (waited?.tries) await setMeta({ key, tries: 0, wait: 0, until: 0, why: "" });
      }
      this.tell({ why: "" });
    } catch (fault) {
      if (!(fault instanceof Stop)) throw fault;
      if (fault.why !== "network" && fault.why !== "server") return this.tell({ why: fault.why, text: fault.text });
      const tries = ((await meta(key))?.tries ?? 0) + 1;
      const wait = Math.min(LONGEST, Math.max(2 ** tries, fault.after));
      // A little early, each phone by its own measure: a village whose signal comes back does not knock all at once.
      const until = Date.now() + wait * 1000 * (0.75 + Math.random() / 4);
      const row = { key, tries, wait, until, why: fault.why };
      await setMeta(row);
      this.wait(row);
    }
  }

  wait(row) {
    this.tell({ why: row.why, until: row.until });
    this.timer = setTimeout(() => this.send(), Math.max(0, row.until - Date.now()));
  }

  async next(tried, all) {
    const rows = (await rowsOf(this.owner)).filter((row) => !isOver(row) && !tried.has(row.seq));
    // A held one waits for the manager, who wants to see its pictures: those that are here yet are not kept back.
    const isDue = (row) => all || row.photos.some((photo) => !photo.sent) || row.asked + HELD < Date.now();
    return rows.find((row) => row.state === "waiting" || (row.state === "held" && isDue(row)));
  }

  // Learns who is signed in and gets the token; signing in changes the token, so nobody else's session takes a note.
  async meet() {
    const answer = await askMarket(this.door);
    if (answer.status !== 200 || !answer.told?.csrf) {
      stopAt(answer);
      throw new Stop("server");
    }
    if (String(answer.told.user) !== this.user) throw new Stop("other_user");
    this.token = answer.told.csrf;
    this.tell({ why: "sending", isMe: true });
  }

  async ask(url, options) {
    if (!navigator.locks) await lease(Date.now() + LEASE);
    const once = () =>
      askMarket(url, { ...options, headers: { ...options.headers, "X-CSRFToken": this.token } });
    let answer = await once();
    if (answer.status === 403 && answer.told?.code === "csrf") {
      await this.meet();
      answer = await once();
    }
    stopAt(answer);
    return answer;
  }

  async bring(row) {
    // From here on it may stand in the market's book, so its person does not take it back any more.
    row = await change(row.seq, (one) => one.state !== "editing" && ((one.tried = true), true));
    if (!row) return;
    if (!row.stored) row = await this.bringEvent(row);
    let again = true;
    // The manager decides about a held note with its pictures before the eyes, so they go, too.
    while (row?.stored || row?.state === "held") {
      const missing = row.photos.find((one) => !one.sent);
      if (!missing) return row.stored ? finish(row.seq, "sent", {}) : undefined;
      const answer = await this.bringPhoto(row, missing);
      if (answer.told.code === "event_unknown") {
        // The market lost it, or never had it: the note first, then its pictures, all of them.
        if (!again) throw new Stop("server");
        again = false;
        row = await change(row.seq, (one) => {
          one.stored = false;
          for (const photo of one.photos) photo.sent = false;
        });
        row = await this.bringEvent(row);
      } else if (answer.status === 200 || answer.status === 201) {
        row = await change(row.seq, (one) => {
          one.photos.find((photo) => photo.slot === missing.slot).sent = true;
        });
      } else {
        row = await this.putAside(row, answer, missing.slot);
      }
    }
  }

  async bringEvent(row) {
    const body = JSON.stringify({ schema: SCHEMA, ...row.body, device_sent_at: localTime(new Date()) });
    const answer = await this.ask(this.door, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json" },
    });
    const { status, told } = answer;
    if (told.code === "put_aside") return void (await finish(row.seq, "put_aside", { said: told.text }));
    const isHeld = told.code === "held";
    const isTaken = told.code === "stored" && (status === 200 || status === 201);
    if (!isHeld && !isTaken) return this.putAside(row, answer);
    const missing = new Set(told.missing);
    return change(row.seq, (one) => {
      if (isHeld) Object.assign(one, { state: "held", said: told.text, asked: Date.now() });
      else Object.assign(one, { stored: true, state: "waiting", said: "", flags: told.flags });
      for (const photo of one.photos) photo.sent = !missing.has(photo.slot);
    });
  }

  async bringPhoto(row, { slot, type }) {
    const blob = await picture(row.id, slot);
    if (!blob) return { status: 0, told: { code: "lost" } };
    const address = this.photo.replace("{event}", row.id).replace("{slot}", slot);
    return this.ask(address, { method: "PUT", body: blob, headers: { "Content-Type": type } });
  }

  // The market said no to this one: it stays on the phone with the market's sentence until its person decides.
  async putAside(row, { status, told }, slot) {
    await change(row.seq, (one) => {
      one.state = status === 409 ? "conflict" : "refused";
      Object.assign(one, { code: told.code, said: told.text ?? "", field: told.field ?? "", slot });
    });
  }
}
