// Comfort only: every page works without this file.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const polls = () => document.querySelectorAll('[hx-trigger*="wake"]');
  const online = (is) => { const banner = $("#offline"); if (banner) banner.hidden = is; };
  let failedPath = "";

  // The banner stands while the appliance cannot be reached, and goes with the next answer.
  for (const name of ["htmx:sendError", "htmx:timeout"]) addEventListener(name, () => online(false));
  addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.xhr || !detail.xhr.status) return;
    online(true);
    const path = detail.pathInfo && detail.pathInfo.requestPath.split("?")[0];
    if (detail.failed && detail.xhr.status !== 422) failedPath = path;
    else if (path === failedPath) { failedPath = ""; const notice = $("#notice"); if (notice) notice.replaceChildren(); }
  });
  addEventListener("offline", () => online(false));
  addEventListener("online", () => online(true));

  // A form that came back with problems: tell screen readers, and put the focus there.
  const showProblems = (root) => {
    const summary = $("[data-error-summary]", root);
    if (!summary) return;
    if (!document.title.startsWith(summary.dataset.title)) document.title = summary.dataset.title + document.title;
    summary.focus();
  };
  addEventListener("htmx:afterSettle", ({ target }) => showProblems(target.parentNode || document));

  // Tabs sleep; a number that stood still for ten minutes must not be believed.
  addEventListener("visibilitychange", () => {
    if (!document.hidden && window.htmx) polls().forEach((element) => htmx.trigger(element, "wake"));
  });

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-print]")) print();
    if (target.closest("[data-still-here]")) wake();
    if (target.closest("[data-retry]")) fetch(location.href, { method: "HEAD" }).then(() => online(true), () => online(false));
  });

  // Arrows turn the pages of a publication, a slash goes to the search box.
  addEventListener("keydown", (event) => {
    const { key, target, altKey, metaKey } = event, box = key === "/" && $("#q");
    if (altKey || metaKey || target.closest("input, select, textarea")) return;
    $(`a[rel=${{ ArrowLeft: "prev", ArrowRight: "next" }[key]}]`)?.click();
    if (box) { event.preventDefault(); box.focus(); }
  });

  // The page that is looked at is seen in its strip, too.
  const strip = $(".station-strip"), current = strip && $("[aria-current]", strip);
  if (current) strip.scrollTop = current.parentNode.offsetTop - 4;

  // What may work again soon is asked for again; without scripts the page refreshes itself.
  const again = $("[data-again-s]");
  if (again) setTimeout(() => location.replace(again.href), again.dataset.againS * 1000);

  // One submit a form: the second tap of a double tap is dropped (the server would know it, too).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[hx-post], [data-hx-post]") || form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });

  // Shared screens: ask after three quarters of the time, wipe at its end.
  const idle = document.body.dataset;
  let asking, leaving;
  const wake = () => {
    if (!idle.idleUrl) return;
    clearTimeout(asking); clearTimeout(leaving);
    const dialog = $("#idle");
    if (dialog && dialog.open) dialog.close();
    asking = setTimeout(() => dialog && dialog.showModal(), idle.idleS * 750);
    leaving = setTimeout(() => location.replace(idle.idleUrl), idle.idleS * 1000);
  };
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, wake);
  addEventListener("pageshow", ({ persisted }) => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    if (persisted && idle.idleUrl) location.reload();
    wake();
    showProblems();
  });
})();
