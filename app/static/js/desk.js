// What every page of the desk does beyond plain HTML: keys, menus that close, lines that go, one window with the keys.
(() => {
  "use strict";
  const keysOn = document.body.dataset.shortcuts === "on";
  const home = document.body.dataset.home;
  const views = { m: "mias", s: "sin-asignar", v: "vencen-hoy", l: "llamar", f: "fallidas", a: "abiertas", e: "esperan", d: "ayuntamientos", o: "otros", i: "seguidas", r: "resueltas" };
  let after = -Infinity;

  function typing(target) {
    return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except && !menu.contains(except)) menu.open = false;
    }
  }

  // On a narrow screen the rail is a strip: it opens at the page where one is.
  const rail = document.getElementById("rail"), here = rail?.querySelector("[aria-current]");
  if (here) rail.scrollLeft += here.getBoundingClientRect().left - rail.getBoundingClientRect().left - 16;

  document.addEventListener("click", (event) => closeMenus(event.target));

  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches || !menu.matches("details.menu") || !menu.open) return;
    const first = menu.querySelector(".menu-box :is(select, input:not([type=hidden]), button, a)");
    if (first) first.focus();
  }, true);

  async function showKeys() {
    let box = document.querySelector("dialog.keys-box");
    if (!box) {
      const link = document.querySelector("[data-keys]");
      if (!link) return;
      const answer = await fetch(link.href, { headers: { "X-Live": "1" } });
      if (!answer.ok) return;
      box = document.createElement("dialog");
      box.className = "keys-box";
      box.setAttribute("aria-label", link.textContent.trim().split("\n")[0]);
      const shut = document.createElement("form");
      shut.method = "dialog";
      shut.className = "box-head";
      shut.innerHTML = '<h1></h1><button class="btn btn-line"></button>';
      shut.firstElementChild.textContent = "Teclas";
      shut.lastElementChild.textContent = "Cerrar";
      const board = document.createElement("div");
      board.className = "board";
      board.innerHTML = await answer.text();
      box.append(shut, board);
      document.body.append(box);
    }
    box.showModal();
  }

  document.querySelector("[data-keys]")?.addEventListener("click", (event) => { event.preventDefault(); closeMenus(document.body); showKeys(); });

  function press(element) {
    if (element.matches("textarea, input")) { element.focus(); element.setSelectionRange(element.value.length, element.value.length); return; }
    element.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); event.preventDefault(); }
      else if (typing(event.target)) event.target.blur();
      return;
    }
    if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const now = performance.now();
    if (now - after < 1500 && views[event.key]) {
      after = -Infinity;
      event.preventDefault();
      location.href = home + "?vista=" + views[event.key];
      return;
    }
    after = -Infinity;
    if (event.key === "g") { after = now; return; }
    if (event.key === "/") { const search = document.getElementById("q"); if (search) { event.preventDefault(); search.focus(); search.select(); } return; }
    if (event.key === "?") { event.preventDefault(); showKeys(); return; }
    const check = document.querySelector('[data-key-check="' + CSS.escape(event.key) + '"]');
    if (check) { event.preventDefault(); check.click(); document.getElementById("texto")?.focus(); return; }
    const target = [...document.querySelectorAll('[data-key="' + CSS.escape(event.key) + '"]')].find((one) => one.offsetParent !== null || one.closest(".bulk") || one.dataset.keyAlways !== undefined);
    if (target && !(target.closest(".bulk:not(.is-on)"))) { event.preventDefault(); press(target); }
  });

  for (const form of document.querySelectorAll("form[data-auto]")) form.addEventListener("change", () => form.submit());

  // A line about what was done goes after ten seconds, unless somebody is reading or using it.
  for (const line of document.querySelectorAll("[data-toast]")) {
    let left = setTimeout(() => line.remove(), 10000);
    const stay = () => { clearTimeout(left); };
    const go = () => { left = setTimeout(() => line.remove(), 4000); };
    line.addEventListener("mouseenter", stay); line.addEventListener("focusin", stay);
    line.addEventListener("mouseleave", go); line.addEventListener("focusout", go);
  }

  // A second click on the same button is no second act.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // What something else has stopped has not been sent.
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent; });

  // Polling that both live pages share: asks every five seconds while somebody looks, says when the line is down.
  const banner = document.getElementById("live-banner");
  let down = false;
  function lost() {
    if (down) return;
    down = true;
    const time = new Date().toLocaleTimeString("es", { hour: "numeric", minute: "2-digit" });
    banner.innerHTML = '<div class="banner is-bad live-down" role="alert"><p><b></b> <span></span></p></div>';
    banner.querySelector("b").textContent = "Sin conexión desde las " + time + ".";
    banner.querySelector("span").textContent = "Se vuelve a intentar sola; lo escrito se queda en esta página.";
  }
  function found() { if (down) { down = false; banner.replaceChildren(); } }
  // Pages that ask for nothing say it too, and a form sent now would only lose its page.
  // A browser without a network may still reach a desk on its own machine, so it is asked first.
  const ask = () => fetch("/healthz", { cache: "no-store" }).then(found, lost);
  if (banner) {
    addEventListener("offline", ask);
    addEventListener("online", found);
    if (!navigator.onLine) ask();
    document.addEventListener("submit", (event) => { if (down && !navigator.onLine) { event.preventDefault(); event.stopImmediatePropagation(); } }, true);
  }

  window.ventanilla = {
    poll(ask) {
      let busy = false;
      const step = async () => {
        if (busy || document.hidden) return;
        busy = true;
        try { await ask(); found(); }
        catch (trouble) {
          if (!down && !(trouble instanceof TypeError)) return;
          lost();
        } finally { busy = false; }
      };
      setInterval(step, 5000);
      document.addEventListener("visibilitychange", () => { if (!document.hidden) step(); });
      return step;
    },
    async get(address, etag) {
      const headers = { "X-Live": "1" };
      if (etag) headers["If-None-Match"] = '"' + etag + '"';
      const answer = await fetch(address, { headers, cache: "no-store" });
      if (answer.status === 401) { location.reload(); throw new Error("signed out"); }
      if (answer.status !== 200) return null;
      const told = (answer.headers.get("ETag") || "").replace(/^W\//, "").replaceAll('"', "");
      return { etag: told, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
    },
    token: document.querySelector('meta[name="csrf-token"]')?.content || "",
  };
})();
