// The search of the frame finds while one types: arrows choose, Enter opens the chosen one or shows all.
(() => {
  "use strict";
  const field = document.getElementById("q"), box = document.getElementById("hallazgos");
  if (!field || !box) return;
  let waiting = 0, asked = 0;
  const options = () => [...box.querySelectorAll("[role=option]")];

  function choose(place) {
    options().forEach((one, at) => one.setAttribute("aria-selected", String(at === place)));
    if (options()[place]) field.setAttribute("aria-activedescendant", options()[place].id);
    else field.removeAttribute("aria-activedescendant");
  }
  function close() { clearTimeout(waiting); asked += 1; box.replaceChildren(); field.setAttribute("aria-expanded", "false"); choose(-1); }

  async function ask() {
    const mine = ++asked;
    const answer = await fetch(field.dataset.find + "?q=" + encodeURIComponent(field.value.trim()), { headers: { "X-Live": "1" } }).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    box.innerHTML = await answer.text();
    field.setAttribute("aria-expanded", String(options().length > 0));
    field.removeAttribute("aria-activedescendant");
  }

  field.addEventListener("input", () => { clearTimeout(waiting); if (field.value.trim().length < 3) close(); else waiting = setTimeout(ask, 250); });
  field.addEventListener("keydown", (event) => {
    const all = options(), at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (!all.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose((at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); location.href = all[at].dataset.address; }
    else if (event.key === "Escape") { close(); event.stopPropagation(); event.preventDefault(); }
  });
  box.addEventListener("mousedown", (event) => { const one = event.target.closest("[role=option]"); if (one) { event.preventDefault(); location.href = one.dataset.address; } });
  field.addEventListener("blur", close);
})();
