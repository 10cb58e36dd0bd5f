// A form with data-push switches on that this device is told of a mailbox, and off again. It is written hidden and
// shown where the browser can: a service worker receives what comes, even while no page of the market is open.
// data-key is the market's key, data-worker the worker's address; words stand in data-off-text, data-on-text,
// data-blocked-text, data-failed-text, data-off-label and data-on-label.
const CAN = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const active = (registration) =>
  registration.active
    ? registration
    : new Promise((done) => {
        const worker = registration.installing ?? registration.waiting;
        worker.addEventListener("statechange", () => worker.state === "activated" && done(registration));
      });

const subscribe = async (form) => {
  const { pushManager } = await active(await navigator.serviceWorker.register(form.dataset.worker));
  const options = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    // The market has another key than the one this browser subscribed with.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  }
};

const known = async (form) => {
  const registration = await navigator.serviceWorker.getRegistration(form.dataset.worker);
  return registration?.pushManager.getSubscription();
};

const tell = async (form, act, subscription) => {
  const { endpoint, keys } = subscription.toJSON();
  const body = new URLSearchParams({ act, endpoint, p256dh: keys.p256dh, auth: keys.auth });
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch(form.action, { method: "POST", body, headers });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).on;
};

const offer = async (form) => {
  const says = form.querySelector("[data-says]");
  const button = form.querySelector("[data-turn]");
  let isOn = false;
  const show = (text) => {
    const blocked = Notification.permission === "denied";
    says.textContent = text ?? form.dataset[blocked ? "blockedText" : isOn ? "onText" : "offText"];
    button.textContent = form.dataset[isOn ? "onLabel" : "offLabel"];
    button.hidden = blocked;
  };
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = button.dataset.busy;
    try {
      const subscription = isOn ? await known(form) : await subscribe(form);
      isOn = subscription ? await tell(form, isOn ? "off" : "on", subscription) : false;
      show();
    } catch (error) {
      show(error.name === "NotAllowedError" ? undefined : form.dataset.failedText);
    }
    button.disabled = false;
  });
  try {
    const subscription = Notification.permission === "granted" && (await known(form));
    isOn = Boolean(subscription && (await tell(form, "ask", subscription)));
  } catch {
    isOn = false; // no line: pressing the button will say so
  }
  show();
  form.hidden = false;
};

if (CAN) document.querySelectorAll("form[data-push]").forEach(offer);
