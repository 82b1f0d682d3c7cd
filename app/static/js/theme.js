// The theme before anything is painted: the person's own choice, else what the system prefers.
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    root.dataset.bsTheme = root.dataset.chosen || (dark.matches ? "dark" : "light");
  }
  apply();
  dark.addEventListener("change", apply);
})();
