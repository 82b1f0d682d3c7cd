// One ticket: the draft saves itself, keys insert articles and send, and the conversation stays up to date in its place.
(() => {
  "use strict";
  const page = document.querySelector("main.ticket");
  const form = document.querySelector("[data-composer]");
  if (!page || !form) return;
  const text = form.querySelector("textarea"), thread = document.querySelector("[data-thread]");
  const seen = form.querySelector("[data-seen]"), saved = form.querySelector("[data-saved]");
  const newer = document.querySelector("[data-newer]"), word = form.querySelector("[data-send]");
  const plain = word.textContent;

  const back = sessionStorage.getItem("ventanilla-list");
  if (back) document.querySelector("[data-back]").href = back;

  const last = document.getElementById("ultimo");
  if (thread.scrollHeight > thread.clientHeight) thread.scrollTop = thread.scrollHeight;
  else if (location.hash === "#ultimo" && last) last.scrollIntoView({ block: "nearest" });

  function grow() { text.style.height = "auto"; text.style.height = Math.min(text.scrollHeight + 2, innerHeight * 0.4) + "px"; }
  function way() { return form.querySelector("input[name=way]:checked")?.value; }
  function dress() {
    form.querySelector(".box").classList.toggle("is-note", way() === "nota");
    for (const one of form.querySelectorAll("[data-mail-only]")) one.hidden = way() !== "email";
    form.querySelector("[data-with-files]").hidden = !["email", "nota"].includes(way());
    word.textContent = way() === "nota" ? word.dataset.note : way() === "phone" ? word.dataset.call : plain;
  }
  form.addEventListener("change", (event) => { if (event.target.name === "way") { dress(); text.focus(); soon(); } });
  dress(); grow();

  // What is kept is the words, by which way they would go, and to whom in copy: a note must not come back as an answer.
  const begun = () => new URLSearchParams({ text: text.value, way: way() || "nota", copia: form.elements.copia?.value || "", clave: form.elements.clave.value }).toString();
  let kept = begun(), waiting = 0;
  async function save() {
    const body = begun();
    if (body === kept) return;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": ventanilla.token, "X-Live": "1" }, keepalive: body.length < 60000 });
      if (answer.ok) { kept = body; saved.innerHTML = await answer.text(); }
    } catch { saved.textContent = "Sin guardar: no hay conexión"; }
  }
  function soon() { clearTimeout(waiting); waiting = setTimeout(save, 1200); }
  form.addEventListener("input", (event) => { if (event.target === text) grow(); if (event.target === text || event.target.name === "copia") soon(); });
  addEventListener("pagehide", save);
  form.addEventListener("submit", (event) => {
    if (moving) { event.preventDefault(); moved.then(() => form.requestSubmit(event.submitter)); return; }
    clearTimeout(waiting); kept = begun(); word.textContent = word.dataset.busy;
  });
  addEventListener("pageshow", dress);

  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(form.querySelector("button[value=espera]")); }
  });

  // What is formatted is written with plain signs, as the text says it too: **negrita**, *cursiva*, listas, enlaces.
  function format(what) {
    const start = text.selectionStart, end = text.selectionEnd, chosen = text.value.slice(start, end);
    const begin = text.value.lastIndexOf("\n", start - 1) + 1;
    if (what === "bold" || what === "italic") {
      const sign = what === "bold" ? "**" : "*";
      text.setRangeText(sign + chosen + sign, start, end, "end");
      if (!chosen) text.setSelectionRange(start + sign.length, start + sign.length);
    } else if (what === "list") {
      const lines = text.value.slice(begin, end).split("\n").map((line) => "- " + line).join("\n");
      text.setRangeText(lines, begin, end, "end");
    } else {
      text.setRangeText("[" + (chosen || "texto") + "](https://)", start, end, "end");
      text.setSelectionRange(text.selectionEnd - 1, text.selectionEnd - 1);
    }
    text.focus(); grow(); text.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const button of form.querySelectorAll("[data-format]")) button.addEventListener("click", () => format(button.dataset.format));
  text.addEventListener("keydown", (event) => {
    const what = { b: "bold", i: "italic" }[event.key];
    if (what && way() === "email" && (event.ctrlKey || event.metaKey) && !event.altKey) { event.preventDefault(); format(what); }
  });

  function insert(words) {
    const start = text.selectionStart ?? text.value.length;
    const before = text.value.slice(0, start), gap = before && !before.endsWith("\n") ? "\n" : "";
    text.setRangeText(gap + words, start, text.selectionEnd ?? start, "end");
    text.focus(); grow(); text.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const button of document.querySelectorAll("[data-insert]")) {
    button.addEventListener("click", (event) => { event.preventDefault(); const menu = button.closest("details"); if (menu) menu.open = false; insert(button.dataset.insert); });
  }

  // Files are kept with the draft as soon as they are chosen. Those that could not be kept stay in the form and go with it.
  const files = form.querySelector("input[type=file]"), picked = form.querySelector("[data-picked]");
  let moving = 0, moved = Promise.resolve();
  function name(list) {
    for (const file of list) { const one = document.createElement("span"); one.className = "file"; one.textContent = file.name; picked.append(one); }
  }
  async function post(address, more = []) {
    const body = new FormData();
    for (const [field, value] of new URLSearchParams(begun())) body.append(field, value);
    for (const file of more) body.append("archivos", file);
    const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": ventanilla.token, "X-Live": "1" } });
    if (!answer.ok && answer.status !== 422) throw new Error(answer.status);
    picked.innerHTML = await answer.text(); name(files.files);
  }
  async function move(list) {
    try { await post(picked.dataset.files, list); } catch {
      const all = new DataTransfer();
      for (const file of [...files.files, ...list]) all.items.add(file);
      files.files = all.files;
    }
    moving -= 1;
  }
  function add(list) {
    if (!list.length) return;
    const taken = [...list];
    files.value = ""; name(taken); moving += 1;
    moved = moved.then(() => move(taken));
  }
  files.addEventListener("change", () => add(files.files));
  picked.addEventListener("click", (event) => {
    const drop = event.target.closest("[data-drop]");
    if (!drop) return;
    event.preventDefault();
    post(drop.formAction).then(() => text.focus()).catch(() => undefined);
  });
  text.addEventListener("paste", (event) => { if (event.clipboardData.files.length) { event.preventDefault(); add(event.clipboardData.files); } });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => { if (event.dataTransfer.files.length) { event.preventDefault(); add(event.dataTransfer.files); } });

  let etag = page.dataset.etag, drawn = etag, held = null;
  function busyIn(node) { return node.contains(document.activeElement) && document.activeElement !== node || [...node.querySelectorAll("audio, details[data-mail][open]")].some((one) => one.open || (one.paused === false)) || [...node.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue); }
  function draw(answer) {
    const open = new Set([...thread.querySelectorAll("li[id] details[open]")].map((one) => one.closest("li").id));
    const low = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 40, top = thread.scrollTop;
    thread.replaceChildren(...answer.page.querySelector("[data-thread]").childNodes);
    for (const id of open) document.getElementById(id)?.querySelectorAll("details").forEach((one) => { one.open = true; });
    thread.scrollTop = low ? thread.scrollHeight : top;
    seen.value = answer.page.querySelector("[data-last-seen]").dataset.lastSeen;
    newer.hidden = true; held = null;
    drawn = answer.page.querySelector("[data-version]").dataset.version;
  }
  async function ask() {
    const answer = await ventanilla.get(page.dataset.live, etag);
    if (!answer) return;
    const looking = document.querySelector(".looking"), told = answer.page.querySelector("[data-looking]").textContent;
    if (looking.textContent !== told) looking.textContent = told;
    const version = answer.page.querySelector("[data-version]").dataset.version;
    if (version === drawn) { etag = answer.etag; return; }
    const heard = Number(answer.page.querySelector("[data-last-seen]").dataset.lastSeen);
    if (heard > Number(seen.value) && text.value.trim()) { etag = answer.etag; held = answer; newer.hidden = false; return; }
    if (busyIn(thread)) return;
    etag = answer.etag; draw(answer);
  }
  newer.querySelector("button").addEventListener("click", () => { if (held) draw(held); thread.scrollTop = thread.scrollHeight; document.getElementById("ultimo")?.scrollIntoView({ block: "nearest" }); });
  ventanilla.poll(ask);

  // Colleagues see who has it open: one small word each twenty seconds while somebody looks.
  function present(more) {
    const body = new URLSearchParams(more || (text.value.trim() && text === document.activeElement ? { escribe: "1" } : {}));
    fetch(page.dataset.presence, { method: "POST", body, headers: { "X-CSRFToken": ventanilla.token, "X-Live": "1" }, keepalive: true }).catch(() => undefined);
  }
  present();
  setInterval(() => { if (!document.hidden) present(); }, 20000);
  addEventListener("pagehide", () => present({ fuera: "1" }));

  // Undo lasts seconds: when it is over the conversation is drawn anew, so that no dead button stays.
  const undoing = setInterval(() => {
    if (thread.querySelector('[action$="/deshacer"]')) { etag = drawn = ""; ask().catch(() => undefined); } else clearInterval(undoing);
  }, 11000);
})();
