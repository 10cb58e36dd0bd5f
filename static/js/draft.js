// A form with data-autosave-url keeps what was typed: its fields are posted to that address a moment
// after a change, and [data-saved] says "đã lưu 10:42". Without a line they stay on this phone
// (never passwords, never files) until the next save, or [data-restore] puts them back.
// Words come from data-saved-text ("Đã lưu %s.") and data-offline-text on the form.
const PAUSE = 1200;

const fieldsOf = (form) =>
  [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && !/pass|pin/i.test(name),
  );

const keep = (form) => {
  const key = `draft:${form.dataset.autosaveUrl}`;
  const says = form.querySelector("[data-saved]");
  const say = (text) => says && (says.textContent = text);
  const local = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null; // full or forbidden: the server's copy is the one that counts
    }
  };
  const store = (fields) => local((box) => box.setItem(key, JSON.stringify(fields)));
  const forget = () => local((box) => box.removeItem(key));
  let timer;
  let sent = JSON.stringify(fieldsOf(form));

  const save = async () => {
    const fields = fieldsOf(form);
    const now = JSON.stringify(fields);
    if (now === sent) return;
    const body = new URLSearchParams(fields);
    const token = form.elements.csrfmiddlewaretoken?.value ?? "";
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest" },
      });
      if (!answer.ok) throw new Error(answer.status);
      sent = now;
      forget();
      const time = new Date().toTimeString().slice(0, 5);
      say((form.dataset.savedText || "Đã lưu %s.").replace("%s", time));
    } catch {
      store(fields);
      say(form.dataset.offlineText || "Chưa có mạng. Đã giữ trên máy này.");
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  addEventListener("online", save);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (navigator.onLine) forget();
    else store(fieldsOf(form));
  });

  const kept = local((box) => JSON.parse(box.getItem(key)));
  const restore = form.querySelector("[data-restore]");
  if (!kept || !restore || JSON.stringify(kept) === sent) return;
  restore.hidden = false;
  restore.addEventListener("click", () => {
    for (const [name, value] of kept) {
      const found = form.elements[name];
      for (const field of found instanceof RadioNodeList ? found : [found]) {
        if (!field || field.type === "file") continue;
        if (/radio|checkbox/.test(field.type)) field.checked ||= field.value === value;
        else field.value = value;
      }
    }
    restore.hidden = true;
    save();
  });
};

document.querySelectorAll("form[data-autosave-url]").forEach(keep);
