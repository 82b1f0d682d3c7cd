/* The call form by keyboard: people found under the fields, articles by Alt and a digit, Ctrl+Enter keeps the call. */
"use strict";

const form = document.getElementById("llamada");
const fields = [form.telefono, form.nombre];

function options() {
  return [...document.querySelectorAll("#hallados [role=option]")];
}

function here() {
  return options().findIndex((one) => one.getAttribute("aria-selected") === "true");
}

function select(place) {
  const all = options();
  for (const [at, one] of all.entries()) one.setAttribute("aria-selected", String(at === place));
  for (const field of fields) {
    if (all[place]) field.setAttribute("aria-activedescendant", all[place].id);
    else field.removeAttribute("aria-activedescendant");
  }
}

function close() {
  document.getElementById("personas").replaceChildren();
  for (const field of fields) {
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }
}

function choose(one) {
  form.contacto.value = one.dataset.contact;
  if (!("new" in one.dataset)) {
    if (one.dataset.number) form.telefono.value = one.dataset.number;
    if (one.dataset.name) form.nombre.value = one.dataset.name;
    if (one.dataset.hall && !form.municipio.value) form.municipio.value = one.dataset.hall;
  }
  close();
  form.municipio.dispatchEvent(new Event("change", { bubbles: true }));
  (form.nombre.value ? form.que : form.nombre).focus();
}

for (const field of fields) {
  field.addEventListener("input", () => { form.contacto.value = ""; });
  field.addEventListener("keydown", (event) => {
    const all = options();
    if (!all.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      select((here() + step + all.length) % all.length);
      event.preventDefault();
    } else if (event.key === "Enter" && here() >= 0 && !event.ctrlKey) {
      choose(all[here()]);
      event.preventDefault();
    } else if (event.key === "Escape") {
      close();
    }
  });
}

document.getElementById("personas").addEventListener("mousedown", (event) => {
  const one = event.target.closest("[role=option]");
  if (one) {
    event.preventDefault();
    choose(one);
  }
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "personas") return;
  for (const field of fields) field.setAttribute("aria-expanded", String(options().length > 0));
});

form.addEventListener("focusin", (event) => {
  if (!fields.includes(event.target)) close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) {
    form.querySelector("button.btn-primary").click();
    event.preventDefault();
  } else if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
    const pick = document.querySelector(`[data-pick="${event.code.slice(5)}"]`);
    if (pick) {
      pick.checked = true;
      event.preventDefault();
    }
  }
});

/* The slots matter only to a call that is to be returned; without script they stay in sight. */
function showSlots() {
  form.querySelector(".when").hidden = form.fin.value !== "llamar";
}
form.addEventListener("change", showSlots);
showSlots();
for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

const clock = document.querySelector("[data-began]");
const began = Date.parse(clock.dataset.began);
function tick() {
  const seconds = Math.max(0, Math.round((Date.now() - began) / 1000));
  const minutes = Math.floor(seconds / 60);
  clock.querySelector(".lasts").textContent = (minutes ? `${minutes}\u00a0min ` : "") + `${seconds % 60}\u00a0s`;
}
clock.hidden = false;
tick();
setInterval(tick, 1000);
