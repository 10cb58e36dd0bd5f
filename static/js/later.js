// Pictures below the first screen wait as <noscript data-later><img …></noscript>. Browsers load
// lazy pictures far ahead of the reader; on a line paid for by the megabyte these come when they
// are looked at, and a little ahead once somebody scrolls. Without script the browser shows them.
const AHEAD = "600px";

const show = (frame) => {
  const waiting = frame.querySelector("noscript[data-later]");
  if (!waiting) return;
  waiting.insertAdjacentHTML("beforebegin", waiting.textContent);
  waiting.remove();
};

const watch = (margin) => {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        show(target);
      }
    },
    { rootMargin: margin },
  );
  for (const waiting of document.querySelectorAll("noscript[data-later]")) seen.observe(waiting.parentElement);
};

watch("0px");
addEventListener("scroll", () => watch(AHEAD), { once: true, passive: true });
addEventListener("beforeprint", () => {
  for (const waiting of document.querySelectorAll("noscript[data-later]")) show(waiting.parentElement);
});
