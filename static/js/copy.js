// Buttons with data-copy="text" put the text on the clipboard and say so for a moment.
// data-copied holds the word to show (default "Đã chép"). Where the page is not served over
// https there is no clipboard interface, so the old command is tried.
const oldWay = (text) => {
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "visually-hidden";
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
};

const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return oldWay(text);
  }
};

const live = document.createElement("p");
live.className = "visually-hidden";
live.setAttribute("role", "status");
document.body.append(live);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = button.querySelector("[data-label]") ?? button;
  const before = (button.dataset.before ??= words.textContent);
  const copied = button.dataset.copied || "Đã chép";
  if (!(await copy(button.dataset.copy))) return;
  words.textContent = copied;
  live.textContent = copied;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    words.textContent = before;
    live.textContent = "";
  }, 2500);
});

// Without script these buttons could do nothing, so pages write them hidden.
for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
