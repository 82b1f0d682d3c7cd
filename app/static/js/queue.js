// The queue: a place to stand (j, k), rows chosen, and what is new waiting behind its line until it is asked for.
(() => {
  "use strict";
  const list = document.querySelector("[data-live]");
  if (!list) return;
  const fresh = document.querySelector("[data-fresh]");
  const bulk = document.querySelector("[data-bulk]");
  const rows = () => [...document.querySelectorAll(".queue tbody tr")];
  const place = "ventanilla-here";

  function stand(row, scroll) {
    for (const one of rows()) one.classList.toggle("is-here", one === row);
    if (!row) return;
    sessionStorage.setItem(place, row.dataset.id);
    if (scroll) { row.querySelector(".subject").focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  }

  function here() { return document.querySelector(".queue tr.is-here"); }

  function count() {
    if (!bulk) return;
    const picked = rows().filter((row) => row.querySelector("input").checked);
    for (const row of rows()) row.classList.toggle("is-picked", row.querySelector("input").checked);
    bulk.classList.toggle("is-on", picked.length > 0);
    bulk.querySelector("[data-count]").textContent = picked.length === 1 ? "1 elegida" : picked.length + " elegidas";
  }

  stand(rows().find((row) => row.dataset.id === sessionStorage.getItem(place)) || rows()[0], false);
  sessionStorage.setItem("ventanilla-list", location.href);
  count();
  document.addEventListener("change", (event) => { if (event.target.name === "consulta") count(); });
  document.addEventListener("reset", () => setTimeout(count));
  document.addEventListener("focusin", (event) => { const row = event.target.closest(".queue tbody tr"); if (row) stand(row, false); });

  if (document.body.dataset.shortcuts === "on") document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input[type=search], input[type=text], textarea, select") || document.querySelector("dialog[open], details.menu[open]")) return;
    const all = rows(), at = all.indexOf(here());
    if (event.key === "j" || event.key === "k") {
      const next = all[Math.min(all.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
      if (next) { event.preventDefault(); stand(next, true); }
    } else if (event.key === "o" || (event.key === "Enter" && document.activeElement === document.body)) {
      const link = here()?.querySelector(".subject");
      if (link) { event.preventDefault(); link.click(); }
    } else if (event.key === "x") {
      const box = here()?.querySelector("input");
      if (box) { event.preventDefault(); box.checked = !box.checked; count(); }
    }
  });

  let etag = list.dataset.etag, lastTimes = Date.now(), paused = false;
  async function ask() {
    if (paused) return;
    const known = rows().map((row) => row.dataset.id + "." + row.dataset.version).join(",");
    const times = Date.now() - lastTimes > 60000;
    const address = new URL(list.dataset.live, location.href);
    address.searchParams.set("conocidas", known);
    if (times) { address.searchParams.set("tiempos", "1"); lastTimes = Date.now(); }
    const answer = await ventanilla.get(address, times ? "" : etag);
    if (!answer) return;
    etag = answer.etag;
    const told = answer.page.querySelector("[data-fresh]");
    fresh.hidden = !(Number(told.dataset.fresh) > 0);
    fresh.querySelector("span").textContent = told.dataset.freshWords;
    for (const id of told.dataset.gone.split(",").filter(Boolean)) document.getElementById("c-" + id)?.classList.add("is-gone");
    for (const row of answer.page.querySelectorAll("[data-changed] tr")) {
      const old = document.getElementById(row.id);
      if (!old) continue;
      row.querySelector("input").checked = old.querySelector("input").checked;
      row.classList.toggle("is-here", old.classList.contains("is-here"));
      const focused = old.contains(document.activeElement) && document.activeElement.className;
      old.replaceWith(document.adoptNode(row));
      if (focused) document.getElementById(row.id).querySelector("." + focused.split(" ")[0])?.focus({ preventScroll: true });
    }
    for (const cells of answer.page.querySelectorAll("[data-times]")) {
      const row = document.getElementById("c-" + cells.dataset.times);
      if (!row) continue;
      const [wait, due] = cells.content.querySelectorAll("i");
      row.querySelector(".q-wait").replaceChildren(...wait.childNodes);
      row.querySelector(".q-due").replaceChildren(...due.childNodes);
    }
    for (const one of document.querySelectorAll("[data-looking]")) {
      const words = answer.page.querySelector('[data-eyes="' + one.dataset.looking + '"]')?.textContent || "";
      if (one.textContent !== words) one.textContent = words;
    }
    const rail = answer.page.querySelector("[data-rail]"), old = document.getElementById("rail");
    if (rail && !old.contains(document.activeElement)) old.replaceChildren(...rail.childNodes);
    count();
  }
  ventanilla.poll(ask);

  const pause = document.querySelector("[data-pause]");
  pause?.addEventListener("click", () => { paused = !paused; pause.setAttribute("aria-pressed", String(paused)); pause.classList.toggle("active", paused); });
})();
