// The worker of one page, where work is noted without signal (outbox.js): the market is asked first; what it does not
// answer within three seconds, or cannot answer, is answered by the page that was seen last. Such a page carries
// data-kept. Nothing else of the desk is kept. Styles and scripts have names that change with what is in them.
const PAGES = "field-pages-1";
const PARTS = "field-parts-1";
const PATIENCE = 3000; // ms

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(`${location.origin}/`)) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (/\/static\//.test(request.url)) event.respondWith(part(request));
});

const keptPage = async (path) => {
  const kept = await (await caches.open(PAGES)).match(path);
  if (!kept) return null;
  const headers = new Headers(kept.headers);
  headers.delete("Content-Encoding"); // the words below are unpacked
  headers.delete("Content-Length");
  return new Response((await kept.text()).replace("<html ", '<html data-kept="" '), { headers });
};

const page = async (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  const asked = fetch(request, { cache: "no-store" }).then(async (answer) => {
    if (answer.status === 200) await (await caches.open(PAGES)).put(path, answer.clone());
    return answer;
  });
  event.waitUntil(asked.catch(() => {})); // it may come late and is kept all the same
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  const answer = await Promise.race([asked.catch(() => null), late]);
  // Who was taken off the cooperative still reads here what waits on this phone, and whom to call.
  if (answer && answer.status < 400) return answer;
  return (await keptPage(path)) ?? answer ?? asked;
};

const part = async (request) => (await (await caches.open(PARTS)).match(request.url)) ?? fetch(request);
