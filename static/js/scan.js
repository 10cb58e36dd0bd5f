// [data-scanner] opens the camera and reads QR codes: by the browser's own detector where there is
// one, else by the reader in data-reader, which works beside the page. Without script or camera the
// section stays hidden, and code and photo are sent by their forms. Only a code of this market
// (a bare code, or a link to the host of data-host or to where we are) is taken; whatever else is printed is
// shown as words and never opened. What was taken is told by the event "scanned"; unless somebody
// prevents that, it goes into the field that data-scanner names, and its form is sent: the server
// judges it again.
const SIDE = 640; // pixels of the square that is read
const PAUSE = 120; // ms between two looks
const CODE = /^[0-9a-z]{8}([0-9a-z]{5})?$/i;

const isOurs = (text, hosts) => {
  if (CODE.test(text.replace(/[\s-]/g, ""))) return true;
  try {
    const link = new URL(text);
    return /^https?:$/.test(link.protocol) && hosts.includes(link.host.toLowerCase());
  } catch {
    return false;
  }
};

const byBrowser = async () => {
  const kinds = (await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  if (!kinds.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return { read: async (video) => (await detector.detect(video))[0]?.rawValue, close() {} };
};

const byReader = (address) => {
  const worker = new Worker(address);
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const read = (video) =>
    new Promise((done, fail) => {
      const side = Math.min(video.videoWidth, video.videoHeight);
      if (!side) return done();
      const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
      pen.drawImage(video, left, top, side, side, 0, 0, SIDE, SIDE);
      const { data } = pen.getImageData(0, 0, SIDE, SIDE);
      worker.onmessage = (event) => done(event.data.data ?? undefined);
      worker.onerror = fail;
      worker.postMessage({ id: 1, type: "decode", data: { data, width: SIDE, height: SIDE } }, [data.buffer]);
    });
  return { read, close: () => worker.terminate() };
};

const prepare = (box) => {
  const [video, start, stop, said] = ["view", "start", "stop", "said"].map((name) => box.querySelector(`[data-${name}]`));
  const hosts = [new URL(box.dataset.host).host, location.host];
  let stream, reader, round = 0;

  const close = () => {
    round += 1;
    stream?.getTracks().forEach((track) => track.stop());
    reader?.close();
    stream = reader = undefined;
    video.srcObject = null;
    video.hidden = stop.hidden = true;
    start.hidden = false;
  };

  const take = (text) => {
    close();
    said.textContent = "";
    const heard = new CustomEvent("scanned", { detail: text, bubbles: true, cancelable: true });
    if (!box.dispatchEvent(heard)) return;
    const field = document.getElementById(box.dataset.scanner);
    field.value = text;
    field.form.requestSubmit();
  };

  const look = async (mine) => {
    let text;
    try {
      text = (await reader.read(video))?.trim();
    } catch {
      // a frame that could not be read; the next one may
    }
    if (mine !== round) return;
    if (text && isOurs(text, hosts)) return take(text);
    if (text) said.textContent = `${box.dataset.foreign} ${text.slice(0, 200)}`;
    setTimeout(() => mine === round && look(mine), PAUSE);
  };

  start.addEventListener("click", async () => {
    const mine = (round += 1);
    start.hidden = true;
    said.textContent = box.dataset.looking;
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (mine !== round) return opened.getTracks().forEach((track) => track.stop());
      stream = opened;
      video.srcObject = stream;
      video.hidden = stop.hidden = false;
      await video.play();
      reader = (await byBrowser()) ?? byReader(box.dataset.reader);
    } catch {
      if (mine === round) close();
      said.textContent = box.dataset.denied;
      return;
    }
    look(mine);
  });
  stop.addEventListener("click", () => {
    close();
    said.textContent = "";
  });
  document.addEventListener("visibilitychange", () => document.hidden && stream && close());
  addEventListener("pagehide", close);
  box.hidden = false;
};

if (navigator.mediaDevices?.getUserMedia) document.querySelectorAll("[data-scanner]").forEach(prepare);
