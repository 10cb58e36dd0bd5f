// Up to six pictures of a note, drawn small on the phone and shown below their field; see outbox-form.js.
import { picture } from "./outbox-store.js";
import { shrink } from "./shrink.js";

const MOST = 6;
const SIDES = [1600, 960, 480]; // px; the next one when the phone is full
const SHOWN = 160; // px
const MOST_BYTES = 8 * 1024 * 1024;
const KINDS = ["image/jpeg", "image/png", "image/webp"];

export class Photos {
  // say(text) ties a sentence to the field; `taking` ends when what was chosen so far is ready.
  constructor({ form, words, say }) {
    Object.assign(this, { words, say, shots: [], size: 0, taking: Promise.resolve() });
    this.input = form.querySelector("#id_photos");
    this.list = form.querySelector("[data-shots]");
    this.input.addEventListener("change", () => this.takeChosen());
  }

  takeChosen() {
    const chosen = [...this.input.files];
    this.input.value = "";
    if (chosen.length) this.taking = this.taking.then(() => this.take(chosen)); // one choice after the other
  }

  blobs() {
    return this.shots.map((shot) => shot.blob);
  }

  get isSmallest() {
    return this.size === SIDES.length - 1;
  }

  clear() {
    [this.shots, this.size] = [[], 0];
    this.draw();
  }

  async take(chosen) {
    const problems = [];
    if (this.shots.length + chosen.length > MOST) problems.push(this.words.tooMany);
    for (const file of chosen.slice(0, Math.max(0, MOST - this.shots.length))) {
      const shot = await this.shotOf(file);
      if (shot) this.shots.push(shot);
      else problems.push(this.words.noPicture.replace("{name}", file.name));
    }
    this.say(problems.join(" "));
    this.draw();
  }

  // Those that a note on this phone has already, as they were kept.
  async showThoseOf(row) {
    this.clear();
    for (const { slot } of row.photos) {
      const blob = await picture(row.id, slot);
      const shot = blob && (await this.shotOf(blob));
      if (shot) this.shots.push({ ...shot, blob });
    }
    this.draw();
  }

  async makeSmaller() {
    this.size = Math.min(this.size + 1, SIDES.length - 1);
    const smaller = await Promise.all(this.shots.map((shot) => this.shotOf(shot.blob)));
    this.shots = this.shots.map((shot, at) => smaller[at] ?? shot);
    this.draw();
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
