// Shows what the market sends to this device, and opens the page behind it. It answers no requests of pages: its scope is
// the folder of the scripts, where no page stands.
addEventListener("push", (event) => {
  const { title, body, link, tag } = event.data.json();
  const shown = { body, tag, icon: "/static/img/icon-180.png", data: link };
  event.waitUntil(registration.showNotification(title, shown));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(event.notification.data || "/"));
});
