/* Everything works without this file. It adds: one press sends once, drafts kept while typing, a warning before signing out, a key to jump. */
import { initAll } from "./govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

/* "/" goes to the search box; Alt with a letter is left to the browser. */
document.addEventListener("keydown", (press) => {
  const typing = press.target.closest("input, textarea, select");
  const box = document.getElementById("jump");
  if (press.key === "/" && !typing && !press.ctrlKey && !press.metaKey && !press.altKey && box) {
    press.preventDefault();
    box.focus();
  }
});

/* A form with data-draft is kept at each change, so that nothing typed is lost. */
for (const form of document.querySelectorAll("form[data-draft]")) {
  const told = form.querySelector("[data-saved]");
  const say = (text) => { if (told) told.textContent = text; };
  let waiting;
  const keep = async () => {
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", keepalive: true });
      say(answer.ok ? `Kept at ${new Date().toTimeString().slice(0, 5)}` : "Not kept: use the button below");
    } catch { say("Not kept: no connection"); }
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(keep, 800); });
  form.addEventListener("change", () => { clearTimeout(waiting); keep(); });
}

/* Two minutes before the session ends, say so; one press stays signed in. */
const minutes = Number(document.body.dataset.idleMinutes);
const warning = document.getElementById("session-warning");
if (minutes && warning) {
  let timer;
  const start = () => { clearTimeout(timer); warning.hidden = true; timer = setTimeout(() => { warning.hidden = false; }, Math.max(minutes - 2, minutes / 2) * 60000); };
  warning.querySelector("button").addEventListener("click", async () => { await fetch("/still-here", { method: "POST" }); start(); });
  start();
}
