// Up to six pictures of a note, drawn small on the phone and shown below their field; see outbox-form.js.
import { picture } from "./outbox-store.js";
import { shrink } from "./shrink.js";

const MOST = 6;
const SIDES = [1600, 960, 480]; // px; the next one when the phone is full
const SHOWN = 160; // px
const MOST_BYTES = 8 * 1024 * 1024;
const KINDS = ["image/jpeg", "image/png", "image/webp"];

export class Photos {
  // say(text) ties a sentence to the field; `ready` ends when all that belongs to the note is in `shots`.
  constructor({ form, words, say }) {
    Object.assign(this, { words, say, shots: [], size: 0, ready: Promise.resolve() });
    this.input = form.querySelector("#id_photos");
    this.list = form.querySelector("[data-shots]");
    this.input.addEventListener("change", () => this.takeChosen());
  }

  takeChosen() {
    const chosen = [...this.input.files];
    this.input.value = "";
    if (chosen.length) this.inTurn((shots) => this.take(chosen, shots));
  }

  // One after the other. What is still under way when the form turns to another note goes to the shots it began with.
  inTurn(act) {
    const { shots } = this;
    return (this.ready = this.ready.then(() => act(shots)));
  }

  blobs() {
    return this.shots.map((shot) => shot.blob);
  }

  get isBegun() {
    return this.shots.length > 0;
  }

  get isSmallest() {
    return this.size === SIDES.length - 1;
  }

  clear() {
    [this.shots, this.size, this.ready] = [[], 0, Promise.resolve()];
    this.draw();
  }

  async take(chosen, shots) {
    const problems = [];
    if (shots.length + chosen.length > MOST) problems.push(this.words.tooMany);
    for (const file of chosen.slice(0, Math.max(0, MOST - shots.length))) {
      const shot = await this.shotOf(file);
      if (shot) shots.push(shot);
      else problems.push(this.words.noPicture.replace("{name}", file.name));
    }
    if (shots !== this.shots) return;
    this.say(problems.join(" "));
    this.draw();
  }

  // Those that a note on this phone has already, as they were kept.
  showThoseOf(row) {
    this.clear();
    return this.inTurn(async (shots) => {
      for (const { slot } of row.photos) {
        const blob = await picture(row.id, slot);
        const shot = blob && (await this.shotOf(blob));
        if (shot) shots.push({ ...shot, blob });
      }
      this.draw();
    });
  }

  makeSmaller() {
    this.size = Math.min(this.size + 1, SIDES.length - 1);
    return this.inTurn(async (shots) => {
      for (const shot of [...shots]) {
        const smaller = await this.shotOf(shot.blob);
        const at = shots.indexOf(shot); // it may have been taken out
        if (smaller && at >= 0) shots[at] = smaller;
      }
      this.draw();
    });
  }

  // Drawn anew whatever its size: what the camera wrote about the place goes.
  async shotOf(blob) {
    const file = new File([blob], "photo", { type: blob.type });
    const made = await shrink(file, SIDES[this.size], true).catch(() => null);
    if (!made || !KINDS.includes(made.file.type) || made.file.size > MOST_BYTES) return null;
    const canvas = document.createElement("canvas"); // six whole ones would fill an old phone
    const scale = SHOWN / Math.max(made.canvas.width, made.canvas.height);
    [canvas.width, canvas.height] = [made.canvas.width * scale, made.canvas.height * scale];
    canvas.getContext("2d").drawImage(made.canvas, 0, 0, canvas.width, canvas.height);
    canvas.setAttribute("role", "img");
    return { blob: made.file, canvas };
  }

  draw() {
    const shape = document.querySelector("template[data-shot]");
    this.list.hidden = this.shots.length === 0;
    this.list.replaceChildren(
      ...this.shots.map((shot, at) => {
        const item = shape.content.cloneNode(true);
        const button = item.querySelector("button");
        shot.canvas.setAttribute("aria-label", this.words.photoWords.replace("{n}", at + 1));
        button.before(shot.canvas);
        button.querySelector("span").textContent = ` ${at + 1}`;
        button.addEventListener("click", () => {
          this.shots.splice(at, 1);
          this.draw();
          this.input.focus();
        });
        return item;
      }),
    );
  }
}
