const slides = [...document.querySelectorAll(".slide")], dark = document.querySelector(".dark"), at = document.querySelector("#at");
let now = 0, notes = null;
const clean = (text) => { const p = document.createElement("p"); p.textContent = text; return p.innerHTML; };
function tell() {
  if (!notes || notes.closed) return;
  const after = slides[now + 1];
  notes.document.title = "Notes";
  notes.document.body.innerHTML = `<main style="font:20px/1.5 Helvetica,Arial,sans-serif;max-width:40em;margin:1em auto;padding:0 1em"><p>Slide ${now + 1} of ${slides.length}</p>
<h1 style="font-size:1.3em">${clean(slides[now].querySelector("h1").textContent)}</h1><p>${clean(slides[now].querySelector(".notes").textContent)}</p>
<p style="color:#4a5361">${after ? "Next: " + clean(after.querySelector("h1").textContent) : "This is the last slide."}</p></main>`;
}
function show(to, focus = true) {
  now = Math.max(0, Math.min(slides.length - 1, to));
  slides.forEach((slide, number) => slide.classList.toggle("now", number === now));
  at.textContent = `${now + 1} of ${slides.length}`;
  history.replaceState(null, "", `#${now + 1}`);
  if (focus) slides[now].querySelector("h1").focus();
  tell();
}
const acts = {
  next: () => show(now + 1), back: () => show(now - 1), first: () => show(0), last: () => show(slides.length - 1),
  full: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  dark: () => { dark.hidden = !dark.hidden; },
  here: () => document.body.classList.toggle("with-notes"),
  notes: () => { notes = window.open("", "notes", "width=760,height=620"); if (notes) { notes.onkeydown = key; notes.document.documentElement.lang = "en"; } tell(); },
};
const keys = { ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "back", PageUp: "back", Home: "first", End: "last", f: "full", b: "dark", n: "here", s: "notes" };
function key(event) {
  const act = acts[keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]];
  if (!act || event.ctrlKey || event.altKey || event.metaKey || (event.key === " " && event.target.closest && event.target.closest("button"))) return;
  event.preventDefault();
  act();
}
document.addEventListener("keydown", key);
document.querySelectorAll("[data-do]").forEach((button) => button.addEventListener("click", () => acts[button.dataset.do]()));
document.body.classList.add("run");
show((parseInt(location.hash.slice(1), 10) || 1) - 1, false);
