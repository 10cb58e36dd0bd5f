// Work noted where there is no signal: the form writes to this phone, the list shows what is there, the sender brings
// it to the market when there is a line. Everything is told by #outbox's data; without IndexedDB or a safe origin the
// page stays a list of links to plain forms.
import { NoteForm } from "./outbox-form.js";
import { Sender } from "./outbox-sender.js";
import { change, drop, isOver, mayChange, ofOthers, onChange, rowsOf, within } from "./outbox-store.js";

const root = document.querySelector("#outbox");
const words = root.dataset;
const word = (name) => root.getAttribute(`data-${name}`) ?? "";
const user = words.user;
const owner = `${user}:${words.cooperative}`;
const list = document.querySelector("[data-list]");
const isKept = "kept" in document.documentElement.dataset;
const tags = { waiting: "wait", held: "wait", editing: "info", sent: "ok", refused: "bad", conflict: "bad", put_aside: "bad" };
let form;
let state = { why: "" };
let isOpen = false;
let started; // when the list and the form work

const two = (number) => String(number).padStart(2, "0");
const clock = (moment) => {
  const at = new Date(moment);
  return `${two(at.getHours())}:${two(at.getMinutes())} ${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`;
};

// --- this page, kept on the phone ---
// Signing in changes the token in this cookie. A kept page whose token is another one is of somebody else, perhaps.
const token = () => document.cookie.split("; ").find((one) => one.startsWith(`${words.csrfCookie}=`)) ?? "";
const mark = `outbox-seen:${location.pathname}`;
const remember = () => {
  try {
    localStorage.setItem(mark, `${owner} ${token()}`);
  } catch {
    // full: the kept page will ask for a line
  }
};
const isMine = () => localStorage.getItem(mark) === `${owner} ${token()}`;

const keepPage = async () => {
  if (isKept || !("serviceWorker" in navigator) || !("caches" in window)) return;
  await navigator.serviceWorker.register(words.keeper, { scope: location.pathname });
  const parts = await caches.open("field-parts-1");
  const loaded = performance.getEntriesByType("resource").map((one) => one.name);
  const own = [...new Set([...loaded, import.meta.url])].filter((name) => name.startsWith(`${location.origin}/static/`));
  for (const name of own) if (!(await parts.match(name))) await parts.add(name).catch(() => {});
  for (const { url } of (await parts.keys()).slice(0, -60)) await parts.delete(url);
  const pages = await caches.open("field-pages-1");
  await pages.add(new Request(location.pathname, { cache: "no-store" }));
};

// --- the list ---
const together = (text) => text.replaceAll(" ", "\u00a0"); // a number and its unit stay on one line
const photosOf = (row) => (row.photos.length ? together(words.photosWords.replace("{n}", row.photos.length)) : "");
const factsOf = ({ body, ...row }) =>
  [
    body.occurred_on.split("-").reverse().join("/"),
    body.place,
    together(body.quantity),
    body.households && together(words.householdsWords.replace("{n}", body.households)),
    photosOf(row),
    body.note,
  ].filter(Boolean).join(" · ");

const saidOf = (row) => {
  if (row.code === "lost") return words.saidLost;
  const flags = (row.state === "sent" && row.flags?.map((flag) => word(`flag-${flag}`))) || [];
  // What the market says to a taken id is for its plain form: here the note can be written under another one.
  const said = row.state === "conflict" && row.slot === undefined ? words.saidConflict : row.said;
  return [said || word(`said-${row.state}`), ...flags].filter(Boolean).join(" ");
};

const actsOf = (row) => ({
  mend: mayChange(row) && row.state !== "conflict",
  anew: mayChange(row) && row.state === "conflict",
  // The market has the note; only one of its pictures was refused.
  unshoot: ["refused", "conflict"].includes(row.state) && row.slot !== undefined,
  drop: mayChange(row),
});

const put = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const draw = (entry, row) => {
  const part = (name) => entry.querySelector(`[data-${name}]`);
  put(part("title"), row.title);
  put(part("lot"), row.lot);
  put(part("facts"), factsOf(row));
  put(part("tag"), word(`tag-${row.state}`).replace("{when}", clock(row.ended)));
  part("tag").className = `tag ${tags[row.state]}`;
  const said = saidOf(row);
  put(part("said"), said);
  part("said").hidden = !said;
  part("said").className = tags[row.state] === "bad" ? "red" : "";
  entry.dataset.state = row.state;
  const acts = actsOf(row);
  for (const button of entry.querySelectorAll("[data-act]")) button.hidden = !acts[button.dataset.act];
  entry.querySelector(".actions").hidden = !Object.values(acts).some(Boolean);
  for (const of of entry.querySelectorAll("[data-of]")) put(of, ` ${row.title}, ${row.lot}`);
};

const show = async () => {
  if (!isOpen) return;
  const rows = await rowsOf(owner);
  if (!isOpen) return; // locked in the meantime
  const waiting = rows.filter((row) => !isOver(row));
  const shown = [...waiting, ...rows.filter(isOver).sort((a, b) => b.ended - a.ended)];
  const there = new Map([...list.children].map((entry) => [entry.dataset.seq, entry]));
  const shape = document.querySelector("template[data-entry]").content.firstElementChild;
  shown.forEach((row, at) => {
    const key = String(row.seq);
    const entry = there.get(key) ?? shape.cloneNode(true);
    there.delete(key);
    entry.dataset.seq = key;
    draw(entry, row);
    if (list.children[at] !== entry) list.insertBefore(entry, list.children[at] ?? null);
  });
  for (const gone of there.values()) gone.remove();
  document.querySelector("[data-none]").hidden = rows.length > 0;
  showState(waiting);
  const others = document.querySelector("[data-others]");
  const n = await ofOthers(user);
  put(others, n ? words.othersWords.replace("{n}", n) : "");
  others.hidden = !n;
};

const showState = (waiting) => {
  const box = document.querySelector("[data-status]");
  const aside = waiting.filter((row) => ["refused", "conflict", "editing"].includes(row.state));
  const n = waiting.length - aside.length - waiting.filter((row) => row.state === "held").length;
  const why = state.why || (aside.length ? "aside" : waiting.length ? "" : "done");
  const when = state.until ? clock(state.until).slice(0, 5) : "";
  const says = word(`says-${why}`).replace("{n}", why === "aside" ? aside.length : n).replace("{when}", when);
  put(box.querySelector("[data-says]"), [why === "not_a_member" && state.text, says].filter(Boolean).join(" "));
  box.className = `notice ${{ done: "ok", sending: "info", "": "info" }[why] ?? "wait"}`;
  box.hidden = !says || (why === "done" && !list.children.length);
  for (const link of box.querySelectorAll("[data-when]")) link.hidden = !link.dataset.when.split(" ").includes(why);
  document.querySelector("[data-send]").hidden = !["network", "server"].includes(why) || navigator.onLine === false;
};

// --- what its person does ---
const act = async (seq, doing) => {
  const row = (await rowsOf(owner)).find((one) => one.seq === seq);
  if (!row) return;
  if (doing === "mend" || doing === "anew") await form?.mend(row, doing === "anew");
  if (doing === "unshoot") {
    await change(seq, (one) => {
      one.photos = one.photos.filter((photo) => photo.slot !== one.slot);
      Object.assign(one, { state: "waiting", said: "", code: "", slot: undefined });
    });
    sender.send({ now: true });
  }
  if (doing === "drop" && confirm(words.confirmDrop)) {
    if (form?.instead === seq) form.afresh();
    await drop(seq);
    document.querySelector("#outbox-title").focus();
  }
};

const sender = new Sender({
  ...{ door: words.door, photo: words.photo, owner, user },
  tell: async (told) => {
    state = told;
    if (told.why === "other_user") return lock(true);
    if (told.isMe) {
      remember();
      await lock(false);
    }
    await show();
  },
});

// What lies here is for the eyes of one person. What works is shown when it does: a word typed before would be lost.
const lock = async (isLocked) => {
  isOpen = !isLocked;
  if (isLocked) list.replaceChildren();
  else await (started ??= start().catch(reportError));
  document.querySelector("[data-locked]").hidden = isOpen;
  document.querySelectorAll("[data-works]").forEach((part) => (part.hidden = !isOpen));
};

const start = async () => {
  onChange(show);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) act(Number(button.closest("[data-seq]").dataset.seq), button.dataset.act);
  });
  document.querySelector("[data-send] button").addEventListener("click", () => sender.send({ now: true }));
  await show();
  const box = document.querySelector("[data-note]");
  if (!box) return;
  const choices = JSON.parse(document.querySelector("#field-choices").textContent);
  form = new NoteForm({ box, words, choices, owner, user, saved: () => sender.send() });
  await form.begin(location.hash.match(/^#lo-(\d+)$/)?.[1]);
};

const look = () => {
  if (!isMine()) lock(true);
  sender.send({ back: true, who: !isOpen });
};

const canKeep = async () => {
  if (!globalThis.indexedDB || !crypto.subtle) return false;
  return within(["meta"], "readonly", () => true).catch(() => false);
};

if (await canKeep()) {
  document.querySelector("[data-plain]").hidden = true;
  if (!isKept) remember();
  await lock(!isMine());
  sender.send({ back: true, who: !isOpen });
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  keepPage().catch(() => {}); // no room, or no worker here: the page is there while there is a line
}
