// A sheet is printed by its button; without scripts by the browser's own menu.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
