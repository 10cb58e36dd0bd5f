// The form of outbox.js: offers work by lot, keeps what is typed, and writes the note with its pictures
// (outbox-photos.js) to this phone. It is confirmed only when all of it is on the disk. Words come from #outbox.
import { Photos } from "./outbox-photos.js";
import { change, mayChange, rowsOf, save } from "./outbox-store.js";
import { localTime } from "./outbox-sender.js";

const FIELDS = ["lot", "kind", "occurred_on", "place", "households", "quantity", "note"];
const STAY = ["lot", "occurred_on", "place"]; // for the next note: mostly the same

// UUIDv7: begins with the moment, so ids of one phone sort by their making.
export const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

const digest = async (blob) => {
  const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

const today = () => localTime(new Date()).slice(0, 10);
const isFull = (fault) => fault?.name === "QuotaExceededError" || /quota/i.test(fault?.message ?? "");

export class NoteForm {
  constructor({ box, words, choices, owner, user, saved }) {
    this.form = document.createElement("form"); // without script there is none: it never goes to the market as it is
    this.form.noValidate = true;
    this.form.dataset.once = "off";
    this.form.className = box.className;
    this.form.append(...box.childNodes);
    box.replaceWith(this.form);
    Object.assign(this, { words, choices, owner, user, saved, writing: null });
    this.draftKey = `outbox-draft:${owner}`;
    this.find = (selector) => this.form.querySelector(selector);
    this.field = (name) => this.find(`#id_${name}`);
    this.field("occurred_on").max = today();
    this.field("lot").addEventListener("change", () => this.offerKinds());
    this.photos = new Photos({ form: this.form, words, say: (text) => this.say("photos", text) });
    this.form.addEventListener("input", () => this.keepDraft());
    this.form.addEventListener("change", () => this.keepDraft());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    this.find("[data-smaller]").addEventListener("click", () => this.photos.makeSmaller().then(() => this.write()));
    this.find("[data-stop-mending]").addEventListener("click", () => this.stopMending());
  }

  // Puts back what was being typed when the page went away; `lot` is the one the page was opened for.
  async begin(lot) {
    const draft = this.draft();
    this.id = draft?.id ?? newId();
    this.instead = draft?.instead;
    for (const name of FIELDS) if (draft?.[name] !== undefined && name !== "kind") this.field(name).value = draft[name];
    if (lot && !draft?.instead) this.field("lot").value = lot;
    if (!this.field("occurred_on").value || !draft) this.field("occurred_on").value = today();
    this.offerKinds();
    this.field("kind").value = draft?.kind ?? "";
    const row = (await rowsOf(this.owner)).find((one) => one.id === this.id || one.seq === this.instead);
    // The page died between the writing and the forgetting: it is in the list already.
    if (row && (row.seq !== this.instead || !mayChange(row))) this.afresh();
    else if (row) await this.photos.showThoseOf(row);
    else this.instead = undefined;
    this.showMending();
    this.photos.takeChosen(); // before this script was there
  }

  draft() {
    try {
      return JSON.parse(localStorage.getItem(this.draftKey));
    } catch {
      return null;
    }
  }

  keepDraft() {
    const typed = Object.fromEntries(FIELDS.map((name) => [name, this.field(name).value]));
    try {
      localStorage.setItem(this.draftKey, JSON.stringify({ id: this.id, instead: this.instead, ...typed }));
    } catch {
      // full: what counts is what is written by the button
    }
  }

  afresh() {
    for (const name of FIELDS) if (!STAY.includes(name)) this.field(name).value = "";
    [this.id, this.instead] = [newId(), undefined];
    localStorage.removeItem(this.draftKey);
    this.photos.clear();
    this.showMending();
  }

  offerKinds() {
    const { kinds, usual, lots } = this.choices;
    const select = this.field("kind");
    const chosen = select.value;
    const first = usual[lots[this.field("lot").value]] ?? [];
    const name = Object.fromEntries(kinds);
    const rest = document.createElement("optgroup");
    rest.label = this.words.otherWork;
    rest.append(...kinds.filter(([kind]) => !first.includes(kind)).map(([kind, text]) => new Option(text, kind)));
    select.replaceChildren(new Option(this.words.choose, ""), ...first.map((kind) => new Option(name[kind], kind)), rest);
    select.value = chosen;
  }

  // --- faults ---
  // Ties a sentence to a field; an empty one takes it away.
  say(name, text) {
    const field = this.field(name);
    const around = field.closest(".field");
    around.querySelector(".error")?.remove();
    around.classList.toggle("bad", Boolean(text));
    field.toggleAttribute("aria-invalid", Boolean(text));
    if (text) field.setAttribute("aria-invalid", "true");
    const hints = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== `id_${name}_error`);
    if (text) {
      const error = document.querySelector("template[data-error]").content.firstElementChild.cloneNode(true);
      error.id = `id_${name}_error`;
      error.querySelector("span").textContent = text;
      around.append(error);
      hints.push(error.id);
    }
    if (hints.length) field.setAttribute("aria-describedby", hints.join(" "));
    else field.removeAttribute("aria-describedby");
  }

  // Shows what is wrong by field, with a summary on top that leads there.
  showFaults(faults) {
    for (const name of [...FIELDS, "photos"]) this.say(name, faults[name] ?? "");
    const summary = this.find("[data-errors]");
    const told = Object.entries(faults).map(([name, text]) => {
      const item = document.createElement("li");
      const label = this.form.querySelector(`label[for=id_${name}]`);
      if (label) {
        const link = Object.assign(document.createElement("a"), { href: `#id_${name}` });
        link.textContent = label.firstChild.textContent.trim();
        item.append(link, " – ");
      }
      item.append(text);
      return item;
    });
    summary.querySelector("ul").replaceChildren(...told);
    summary.hidden = told.length === 0;
    this.find("[data-saved]").hidden = true;
    if (told.length) summary.focus();
  }

  faultsIn(note) {
    const { words } = this;
    const faults = {};
    if (!note.lot) faults.lot = words.emptyLot;
    if (!note.kind) faults.kind = words.emptyKind;
    if (!/^\d{4}-\d\d-\d\d$/.test(note.occurred_on)) faults.occurred_on = words.wrongDay;
    else if (note.occurred_on > today()) faults.occurred_on = words.dayToCome;
    else if (note.occurred_on < "2000") faults.occurred_on = words.dayFar;
    if (!note.place) faults.place = words.empty;
    if (!(note.households === null || (note.households >= 1 && note.households <= 100_000)))
      faults.households = words.wrongNumber;
    return faults;
  }

  read() {
    const typed = (name) => {
      const text = this.field(name).value;
      return (text.toWellFormed?.() ?? text).normalize("NFC").trim();
    };
    const many = typed("households");
    // "1.250" is how people here write one thousand two hundred and fifty.
    const households = /^\d{1,3}(\.\d{3})+$/.test(many) ? many.replaceAll(".", "") : many;
    return {
      lot: Number(typed("lot")),
      kind: typed("kind"),
      occurred_on: typed("occurred_on"),
      place: typed("place"),
      households: many === "" ? null : /^\d+$/.test(households) ? Number(households) : NaN,
      quantity: typed("quantity"),
      note: typed("note"),
    };
  }

  // --- writing ---
  // The form is closed while it is being written down: what is on the disk is what was seen.
  async write() {
    if (this.writing) return;
    const note = this.read();
    const faults = this.faultsIn(note);
    this.find("[data-full]").hidden = true;
    this.showFaults(faults);
    if (Object.keys(faults).length) return;
    this.close(true);
    this.writing = this.keep(note).catch((fault) => () => this.refuse(fault));
    const tell = await this.writing;
    this.writing = null;
    this.close(false);
    tell();
  }

  close(isClosed) {
    this.form.inert = isClosed;
    this.find(".btn.main").setAttribute("aria-busy", isClosed);
  }

  // Returns what tells its person how it went.
  async keep(note) {
    await this.photos.ready;
    const pictures = this.photos.blobs().map((blob, at) => ({ slot: at + 1, blob }));
    const photos = [];
    for (const { slot, blob } of pictures)
      photos.push({ slot, sha256: await digest(blob), bytes: blob.size, type: blob.type, sent: false });
    const manifest = photos.map(({ slot, sha256, bytes }) => ({ slot, sha256, bytes }));
    const nameOf = (name) => this.field(name).selectedOptions[0].textContent;
    const row = () => ({
      ...{ id: this.id, owner: this.owner, user: this.user, state: "waiting", tried: false, stored: false },
      ...{ title: nameOf("kind"), lot: nameOf("lot"), photos, said: "", flags: [] },
      body: {
        ...{ id: this.id, ...note, corrects: null },
        ...{ device_time: localTime(new Date()), photos: manifest },
      },
    });
    let kept = await save(row(), pictures, this.instead);
    if (!kept && this.instead !== undefined) return () => this.showFaults({ gone: this.words.gone });
    if (!kept) {
      // Another tab began with the same draft and wrote it. The same words are the same note; others are a new one.
      const same = (await rowsOf(this.owner)).find((one) => one.id === this.id);
      const { device_time: _then, ...before } = same?.body ?? {};
      const { device_time: _now, ...now } = row().body;
      if (JSON.stringify(before) !== JSON.stringify(now)) {
        this.id = newId();
        kept = await save(row(), pictures);
      }
    }
    this.afresh();
    return () => this.tellSaved();
  }

  tellSaved() {
    const says = this.find("[data-saved]");
    says.hidden = false;
    says.focus();
    navigator.storage?.persist?.().catch(() => {});
    this.saved();
  }

  refuse(fault) {
    if (!isFull(fault)) {
      this.showFaults({ broken: this.words.broken });
      throw fault;
    }
    if (!this.photos.blobs().length) return this.showFaults({ full: this.words.fullWithout });
    this.showFaults({ photos: this.words.full });
    this.find("[data-full]").hidden = this.photos.isSmallest;
  }

  // --- mending what was not taken ---
  // Opens a row of the list; `anew` writes it as another note, with an id of its own.
  async mend(row, anew) {
    await this.writing;
    await this.photos.ready.catch(() => {});
    if (this.instead === row.seq) return this.field("lot").focus(); // pressed twice: it is in the form
    if (this.isBegun() && !confirm(this.words.confirmMend)) return;
    const held = await change(row.seq, (one) => {
      if (!mayChange(one)) return false;
      if (one.state === "waiting") one.state = "editing";
    });
    if (!held) return this.showFaults({ gone: this.words.gone });
    [this.id, this.instead] = [anew ? newId() : row.id, row.seq];
    for (const name of FIELDS) if (name !== "kind") this.field(name).value = row.body[name] ?? "";
    this.offerKinds();
    this.field("kind").value = row.body.kind;
    this.keepDraft();
    this.showMending();
    await this.photos.showThoseOf(row);
    if (this.instead !== row.seq) return; // its person has gone on already
    this.showFaults(row.said && FIELDS.includes(row.field) ? { [row.field]: row.said } : {});
    this.field("lot").focus();
  }

  // Whether something stands in the form that is nowhere else.
  isBegun() {
    const isEmpty = (name) => STAY.includes(name) || !this.field(name).value.trim();
    return !FIELDS.every(isEmpty) || this.photos.isBegun;
  }

  async stopMending() {
    await this.writing;
    const { instead } = this;
    if (instead === undefined) return;
    this.afresh();
    this.showFaults({});
    await change(instead, (one) => one.state === "editing" && ((one.state = "waiting"), true));
    this.saved();
  }

  showMending() {
    for (const part of ["[data-mending]", "[data-stop-mending]"]) this.find(part).hidden = this.instead === undefined;
  }
}
