// What the controls share: building nodes, links into the course, and how long a page was really used.
const SILENT = "JupyterLab does not answer. Reload this page; whatever it called saved is safe.";
const PATIENCE = 8000; // milliseconds
const IDLE = 60_000; // milliseconds without a key, a click or a scroll: nobody is reading
const NARROW = 800; // pixels
const TELL = 60; // seconds of use between two notes

function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (key in node && key !== "list") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function begin(el) {
  el.classList.add("pc");
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  const lab = window.jupyterapp;
  if (lab && window.innerWidth < NARROW && !lab.pcRoomy) lab.shell.collapseLeft(); // once: the list of files would take half the page
  if (lab) lab.pcRoomy = true;
}

function around(el) {
  return el.closest(".jp-Document, .jp-MainAreaWidget") ?? document.body;
}

// A link that bears data-lesson="LESSON#HEADING" or data-page="PATH" leads there, in the same page where it can.
function point(link, el) {
  const [place, slug] = (link.dataset.page ?? link.dataset.lesson).split("#");
  const heading = place ? null : find(slug, el);
  if (place) {
    const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
    const path = place.includes("/") ? place : `notebooks/${place}.ipynb`;
    link.href = `${config.baseUrl ?? "/"}${link.dataset.base ?? "lab/tree/"}${path.split("/").map(encodeURIComponent).join("/")}`;
    link.target = "_blank";
    const lab = window.jupyterapp; // where JupyterLab shows itself, the page opens beside this one, at once
    if (lab && !link.dataset.base) link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      lab.commands.execute("docmanager:open", { path });
    });
  } else {
    link.href = `#${slug}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const target = heading ?? find(slug, el);
      if (!target) return;
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "start" });
    });
  }
}

function slugOf(text) {
  return text.toLowerCase().replace(/[^a-z0-9 -]/g, "").trim().replace(/\s+/g, "-");
}

function find(slug, el) {
  return [...around(el).querySelectorAll("h2, h3")].find((heading) => slugOf(heading.textContent) === slug);
}

// Calls tell(seconds) about once a minute of use. The time when the page is hidden, or nobody touches it, does not count.
function clocked(el, tell) {
  const page = around(el);
  if (page.dataset.pcClock !== undefined) return () => {}; // another control on this page counts already
  page.dataset.pcClock = "";
  let touched = performance.now();
  let looked = touched;
  let used = 0;
  const touch = ({ target }) => { if (page.contains(target) || target === document) touched = performance.now(); };
  const events = ["pointerdown", "pointermove", "keydown", "scroll", "wheel"];
  for (const event of events) document.addEventListener(event, touch, { capture: true, passive: true });
  const flush = () => {
    if (used >= 1) tell(Math.round(used));
    used = 0;
  };
  const look = () => {
    const now = performance.now();
    const here = document.visibilityState === "visible" && el.isConnected && el.getClientRects().length > 0;
    if (here && now - touched < IDLE) used += Math.min(now - looked, 10_000) / 1000;
    looked = now;
    if (used >= TELL || (!here && used >= 5)) flush();
  };
  const timer = setInterval(look, 5000);
  const hidden = () => { look(); flush(); };
  document.addEventListener("visibilitychange", hidden);
  return () => {
    look();
    flush();
    clearInterval(timer);
    delete page.dataset.pcClock;
    document.removeEventListener("visibilitychange", hidden);
    for (const event of events) document.removeEventListener(event, touch, { capture: true });
  };
}
