/* The simulator's screen stays at its end, and a message that was sent leaves its field. */
"use strict";

const screen = document.getElementById("charla");
let count = 0;

function follow() {
  const now = screen.querySelectorAll("li").length;
  if (now !== count) screen.scrollTop = screen.scrollHeight;
  count = now;
}

document.body.addEventListener("htmx:afterSwap", follow);
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form[data-clears]");
  if (form && event.detail.successful) form.querySelector("textarea").value = "";
});
for (const field of document.querySelectorAll("form[data-clears] textarea[rows='2']")) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    field.form.requestSubmit();
  });
}
follow();
