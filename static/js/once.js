// A form goes out once: its buttons wait, busy, until the next page is there.
// data-once="off" on a form leaves it alone (a download keeps the page). data-busy on a button
// holds the words shown meanwhile. Forms sent by htmx have their own way.
const PATIENCE = 10_000; // ms; after this somebody on a dead line may press again

const release = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
    if (button.kept) button.replaceChildren(...button.kept);
    delete button.kept;
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.dataset.once === "off" || form.target === "_blank") return;
  if (form.matches("[hx-post],[hx-get]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // The pressed button's name and value travel with the form only while it is enabled.
  setTimeout(() => {
    const pressed = event.submitter;
    if (pressed?.dataset.busy) {
      pressed.kept = [...pressed.childNodes];
      pressed.replaceChildren(pressed.dataset.busy);
    }
    for (const button of form.querySelectorAll("button:not([type=button]):not(:disabled)")) {
      button.setAttribute("aria-busy", button === pressed);
      button.disabled = true;
    }
  });
  setTimeout(release, PATIENCE, form);
});

// Back from the next page, the browser may show this one as it was left.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

// Sent from behind the skip link it comes back at #main, and there browsers leave autofocus alone.
if (location.hash) addEventListener("pageshow", () => document.querySelector(".errors[autofocus]")?.focus());
