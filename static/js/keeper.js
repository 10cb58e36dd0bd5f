// The worker of pages behind a code: asks the market first, and answers what keep-page.js has kept when nobody answers.
// Styles, fonts and pictures have names that change with what is in them, so a kept one is as good as a new one.
const PAGES = "pages-1";
const PARTS = "parts-1";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(`${location.origin}/`)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else event.respondWith(part(request));
});

const page = async (request) => {
  try {
    // Never an answer of half a minute ago out of the browser's own cache: a lot may have been recalled since.
    return await fetch(request, { cache: "no-cache" });
  } catch (fault) {
    const kept = await (await caches.open(PAGES)).match(request.url);
    if (kept) return kept;
    throw fault;
  }
};

const part = async (request) => (await (await caches.open(PARTS)).match(request.url)) ?? fetch(request);
