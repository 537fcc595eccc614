// A person's own screen: shows what the service draws, and sends the vote as soon as it is chosen.
const EVERY = 2000; // milliseconds
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const colour = () => { root.dataset.jpThemeLight = String(!dark.matches); };
colour();
dark.addEventListener("change", colour);

document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("poll");
  const trouble = document.getElementById("trouble");
  if (box.querySelector("[data-join]")) return;
  const prefix = box.dataset.prefix;
  const xsrf = document.querySelector("meta[name=xsrf]").content;
  let seen = "";
  let sending = false;
  let changed = false;
  let asked = 0;
  let timer;

  async function call(path, body) {
    const headers = xsrf ? { "X-XSRFToken": xsrf } : {};
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(`${prefix}api/${path}`, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), cache: "no-store" });
    const data = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(data.trouble ?? "The poll does not answer.");
    return data;
  }

  function show({ tag, html }) {
    seen = tag;
    if (html === undefined) return;
    const kept = document.activeElement?.id;
    const unfolded = [...box.querySelectorAll("details")].map((one) => one.open);
    box.innerHTML = html;
    box.querySelectorAll("details").forEach((one, i) => { one.open = unfolded[i] ?? false; });
    if (kept) document.getElementById(kept)?.focus({ preventScroll: true });
  }

  async function look() {
    clearTimeout(timer);
    const n = ++asked;
    try {
      const answer = await call(`state?seen=${seen}`);
      if (n === asked && !sending) { trouble.textContent = ""; show(answer); }
    } catch (error) {
      if (n === asked) trouble.textContent = error instanceof TypeError ? "No connection to the poll. Trying again…" : error.message;
    }
    if (n === asked && !document.hidden) timer = setTimeout(look, EVERY);
  }

  // One vote at a time is on its way, so that a later one cannot be overtaken by an earlier.
  async function vote(form) {
    changed = true;
    asked += 1; // what is on its way is older than this vote
    clearTimeout(timer);
    form.querySelector(".pc-poll-says").textContent = "Sending…";
    if (sending) return;
    sending = true;
    let answer;
    let failed = "";
    while (changed) {
      changed = false;
      const letters = [...form.querySelectorAll("input:checked")].map((one) => one.value);
      try {
        answer = await call("vote", { round: Number(form.dataset.round), letters });
        failed = "";
      } catch (error) {
        failed = error instanceof TypeError ? "Your vote was not sent: no connection. Choose again in a moment." : error.message;
      }
    }
    sending = false;
    trouble.textContent = failed;
    if (failed) seen = ""; // the next look shows what the service has
    else show(answer);
    timer = setTimeout(look, EVERY);
  }

  box.addEventListener("change", ({ target }) => target.name === "vote" && vote(target.form));
  box.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("visibilitychange", () => document.hidden || look());
  look();
});
