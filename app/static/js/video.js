/* The film of an article: links to a second of it jump there without a new page, and the words being said are marked. */
"use strict";

const film = document.querySelector(".film video");
const moments = [...document.querySelectorAll("a[data-at]")];

function jump(seconds) {
  film.currentTime = seconds;
  const started = film.play();
  if (started) started.catch(() => film.focus());
}

function mark() {
  for (const list of document.querySelectorAll(".cues, .chapters")) {
    const links = [...list.querySelectorAll("a[data-at]")];
    const now = links.filter((link) => Number(link.dataset.at) <= film.currentTime + 0.25).pop();
    for (const link of links) {
      if (link === now) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
}

if (film) {
  for (const link of moments) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      jump(Number(link.dataset.at));
      if (!link.closest(".film")) film.scrollIntoView({ block: "nearest" });
    });
  }
  film.addEventListener("timeupdate", mark);
  const start = Number(film.dataset.start);
  if (start) {
    film.addEventListener("loadedmetadata", () => { if (film.currentTime < start) film.currentTime = start; }, { once: true });
  }
}
