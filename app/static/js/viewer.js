// Attachments looked at in their place: photos grow and turn, voice notes play faster.
(() => {
  "use strict";
  const words = document.querySelector("[data-viewer]");
  const fitting = 1, most = 8, step = 1.25;
  let box, picture, photos = [], at = 0, size = fitting, turned = 0;

  // The frame takes the room of the turned picture, so that what is large can be scrolled to on every side.
  function place() {
    const frame = picture.parentElement, stage = frame.parentElement;
    const lying = turned % 180 !== 0, wide = picture.naturalWidth || 1, high = picture.naturalHeight || 1;
    const across = lying ? high : wide, down = lying ? wide : high;
    const fit = Math.min(1, (stage.clientWidth - 16) / across, (stage.clientHeight - 16) / down) * size;
    frame.style.width = across * fit + "px"; frame.style.height = down * fit + "px";
    picture.style.width = wide * fit + "px"; picture.style.height = high * fit + "px";
    picture.style.transform = `translate(-50%, -50%) rotate(${turned}deg)`;
    box.querySelector("[data-size]").textContent = Math.round(size * 100) + "\u00a0%";
  }

  function drag(stage) {
    let from = null;
    stage.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") { from = [event.clientX + stage.scrollLeft, event.clientY + stage.scrollTop]; stage.setPointerCapture(event.pointerId); } });
    stage.addEventListener("pointermove", (event) => { if (from) stage.scrollTo(from[0] - event.clientX, from[1] - event.clientY); });
    stage.addEventListener("pointerup", () => { from = null; });
  }

  function show(index) {
    at = (index + photos.length) % photos.length;
    size = fitting; turned = 0;
    picture.onload = place;
    picture.src = photos[at].href;
    picture.alt = photos[at].querySelector("img").alt;
    box.querySelector("[data-save]").href = photos[at].href + "?guardar=1";
    for (const one of box.querySelectorAll("[data-next]")) one.hidden = photos.length < 2;
    place();
  }

  function act(what) {
    if (what === "larger") size = Math.min(most, size * step);
    else if (what === "smaller") size = Math.max(0.5, size / step);
    else if (what === "whole") { size = fitting; turned = 0; }
    else if (what === "left") turned = (turned + 270) % 360;
    else if (what === "right") turned = (turned + 90) % 360;
    else if (what === "next") { show(at + 1); return; }
    else if (what === "before") { show(at - 1); return; }
    place();
  }

  function open(link) {
    if (!box) {
      box = document.importNode(words.content, true).querySelector("dialog");
      document.body.append(box);
      picture = box.querySelector("img");
      box.addEventListener("click", (event) => {
        const button = event.target.closest("[data-do]");
        if (button) act(button.dataset.do);
      });
      box.addEventListener("keydown", (event) => {
        const does = { "+": "larger", "-": "smaller", 0: "whole", r: "right", R: "left", ArrowRight: "next", ArrowLeft: "before" }[event.key];
        if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
        if (does.startsWith("next") || does === "before") { if (size > fitting) return; }
        event.preventDefault();
        act(does);
      });
      drag(box.querySelector(".stage"));
      addEventListener("resize", () => { if (box.open) place(); });
      box.querySelector(".stage").addEventListener("wheel", (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        act(event.deltaY < 0 ? "larger" : "smaller");
      }, { passive: false });
      picture.draggable = false;
      picture.addEventListener("dblclick", () => { size = size > fitting ? fitting : 2.5; place(); });
    }
    photos = [...document.querySelectorAll("[data-photo]")];
    box.showModal();
    show(photos.indexOf(link));
  }

  const kept = () => localStorage.getItem("ventanilla-rate") || "1";
  function dress(voice, rate) {
    const sound = voice.querySelector("audio");
    sound.playbackRate = Number(rate);
    for (const one of voice.querySelectorAll("[data-rate]")) one.setAttribute("aria-pressed", String(one.dataset.rate === rate));
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-photo]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) { event.preventDefault(); open(link); return; }
    const faster = event.target.closest("[data-rate]");
    if (faster) {
      localStorage.setItem("ventanilla-rate", faster.dataset.rate);
      for (const voice of document.querySelectorAll(".voice")) dress(voice, faster.dataset.rate);
    }
  });
  // A conversation that is drawn anew brings new players; each takes the speed that was chosen when it begins.
  document.addEventListener("play", (event) => { const voice = event.target.closest(".voice"); if (voice) dress(voice, kept()); }, true);
  for (const voice of document.querySelectorAll(".voice")) dress(voice, kept());
})();
