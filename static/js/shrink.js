// Pictures chosen in <input type="file" data-shrink> become at most 1600 px on the phone, turned
// the right way and without the place they were taken, before they cost the line anything.
// Whatever fails leaves the original file: the server does the same work again.
// [data-preview] in the same form shows them, [data-shrink-note] says how small they became.
const SIDE = 1600;
const SMALL_ENOUGH = 300_000; // bytes; below this and within SIDE nothing is won

const draw = async (file, side) => {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return { canvas, scale };
};

const blobOf = (canvas, type) => new Promise((done) => canvas.toBlob(done, type, 0.82));

// Resolves to { canvas, file } with a file of at most `side` px, or the one it was when nothing is won. `always` draws
// small ones anew as well: what the camera wrote into them, as the place, is gone.
export const shrink = async (file, side = SIDE, always = false) => {
  const { canvas, scale } = await draw(file, side);
  if (!always && scale === 1 && file.size < SMALL_ENOUGH) return { canvas, file };
  let blob = await blobOf(canvas, "image/webp");
  if (blob?.type !== "image/webp") blob = await blobOf(canvas, "image/jpeg");
  if (!blob || (!always && blob.size >= file.size)) return { canvas, file };
  const end = blob.type === "image/webp" ? ".webp" : ".jpg";
  return { canvas, file: new File([blob], file.name.replace(/\.\w+$/, "") + end, { type: blob.type }) };
};

const kilobytes = (files) => Math.round(files.reduce((sum, file) => sum + file.size, 0) / 1024);

document.addEventListener("change", async (event) => {
  const input = event.target;
  if (!input.matches?.("input[type=file][data-shrink]")) return;
  const chosen = [...input.files];
  const round = (input.round = (input.round ?? 0) + 1);
  const made = await Promise.all(chosen.map((file) => shrink(file).catch(() => ({ file }))));
  if (round !== input.round) return; // another picture was chosen meanwhile
  try {
    const box = new DataTransfer();
    made.forEach(({ file }) => box.items.add(file));
    input.files = box.files;
  } catch {
    // an old browser keeps the originals
  }
  const around = input.closest(".photo") ?? input.form ?? document;
  around.querySelector("[data-preview]")?.replaceChildren(...made.flatMap(({ canvas }) => canvas ?? []));
  const note = around.querySelector("[data-shrink-note]");
  const [before, after] = [kilobytes(chosen), kilobytes([...input.files])];
  if (note) note.textContent = after < before ? `${before} KB → ${after} KB` : "";
});
