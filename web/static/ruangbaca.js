// Comfort only: every page works without this file.
(() => {
  "use strict";
  const on = addEventListener;
  const $ = (selector, root = document) => root.querySelector(selector);
  const online = (is) => $("#offline")?.toggleAttribute("hidden", is);
  let failedPath = "";

  // The banner stands until there is an answer.
  for (const name of ["htmx:sendError", "htmx:timeout", "offline"]) on(name, () => online(false));
  on("htmx:afterRequest", ({ detail }) => {
    if (!detail.xhr?.status) return;
    online(true);
    const path = detail.pathInfo?.requestPath.split("?")[0];
    if (detail.failed && detail.xhr.status !== 422) failedPath = path;
    else if (path === failedPath) { failedPath = ""; $("#notice")?.replaceChildren(); }
  });
  on("online", () => online(true));

  // A form came back with problems: tell screen readers, and focus on them.
  const showProblems = (root) => {
    const summary = $("[data-error-summary]", root), title = summary?.dataset.title;
    if (summary && !document.title.startsWith(title)) document.title = title + document.title;
    summary?.focus();
  };
  on("htmx:afterSettle", ({ target }) => showProblems(target.parentNode || document));

  // Tabs sleep; a number that stood still must not be believed.
  on("visibilitychange", () => {
    if (document.hidden || !window.htmx) return;
    for (const panel of document.querySelectorAll('[hx-trigger*="wake"]')) htmx.trigger(panel, "wake");
  });

  on("click", ({ target }) => {
    if (target.closest("[data-print]")) print();
    if (target.closest("[data-still-here]")) wake();
    if (target.closest("[data-retry]")) fetch(location.href, { method: "HEAD" }).then(() => online(true), () => online(false));
  });

  // What names a key is pressed by it; swipes turn pages, the next one is fetched.
  const press = (key) => { const named = $(`[aria-keyshortcuts~="${CSS.escape(key)}"]`); named?.focus(); named?.click(); return named; };
  on("keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event;
    if (!(altKey || ctrlKey || metaKey || "value" in target) && press(key)) event.preventDefault();
  });
  let x, y;
  on("touchstart", ({ touches: [at, other] }) => { x = other ? NaN : at.screenX; y = at.screenY; });
  on("touchend", ({ changedTouches: [at] }) => {
    x -= at.screenX; y -= at.screenY;
    if (x * x > 3600 + 4 * y * y && visualViewport.scale < 1.1) press(x > 0 ? "ArrowRight" : "ArrowLeft");
  });
  const ahead = $("[data-ahead]");
  if (ahead) onload = () => new Image().srcset = ahead.dataset.ahead;

  // The page that is looked at is seen in its strip, too.
  const current = $(".station-strip [aria-current]");
  if (current) current.closest(".station-strip").scrollTop = current.parentNode.offsetTop - 4;

  // What may work again soon is asked for again; without scripts the page itself is.
  const again = $("[data-again-s]");
  if (again) setTimeout(() => location.replace(again.href), again.dataset.againS * 1000);

  // A second tap is dropped (the server knows it, too).
  on("submit", (event) => {
    const form = event.target;
    if (form.matches("[hx-post]") || form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });

  // Shared screens: ask at 3/4 of the time, then begin anew in Indonesian.
  const { idleUrl, idleS } = document.body.dataset;
  let asking, leaving;
  const wake = () => {
    if (!idleUrl) return;
    clearTimeout(asking); clearTimeout(leaving);
    const dialog = $("#idle");
    dialog?.close();
    asking = setTimeout(() => dialog?.showModal(), idleS * 750);
    const anew = idleUrl.replace(/\?|$/, "?lang=id&");
    leaving = setTimeout(() => location.replace(anew), idleS * 1000);
  };
  for (const name of ["pointerdown", "keydown"]) on(name, wake);
  on("pageshow", ({ persisted }) => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    if (persisted && idleUrl) location.reload();
    wake();
    showProblems();
  });
})();
