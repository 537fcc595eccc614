// Ask the room. Python draws each step; cards are counted here, so that no key press is lost, and told to Python each time.
const EVERY = 1500; // milliseconds between two looks at the number of answers

function render({ model, el }) {
  begin(el);
  el.classList.add("pc-room");
  window.jupyterapp?.shell?.collapseLeft?.(); // the room needs no list of files
  const body = make("div", { innerHTML: model.get("html") });
  const said = make("p", { className: "pc-saved bad", role: "status" });
  el.append(body, said);
  let counts = {};
  let history = [];
  let sent = 0;
  let waiting = 0;
  let silence;

  function tell(message) {
    if (waiting) return; // a second click must not overtake the first
    waiting = ++sent;
    silence = setTimeout(() => { waiting = 0; said.textContent = SILENT; }, PATIENCE);
    model.send({ ...message, n: waiting });
  }

  function hear(message) {
    const mine = message.n !== undefined && message.n === waiting;
    if (mine) {
      waiting = 0;
      clearTimeout(silence);
    }
    if (message.trouble !== undefined) said.textContent = message.trouble;
    if (message.html !== undefined && (mine || !waiting)) show(message);
    else if (message.answers !== undefined) answers(message.answers);
  }

  function answers(number) {
    const place = body.querySelector(".pc-answers");
    if (!place || place.textContent === String(number)) return;
    place.textContent = number;
    body.querySelector(".pc-answers-word").textContent = number === 1 ? "answer" : "answers";
  }

  function show({ html, focus }) {
    body.innerHTML = html;
    ready();
    const target = focus && body.querySelector(focus);
    if (!target) return;
    target.focus({ preventScroll: true });
    const tall = target.getBoundingClientRect().height > 0.6 * window.innerHeight;
    target.scrollIntoView({ block: tall ? "start" : "nearest" });
  }

  function ready() {
    const cards = body.querySelector("[data-cards]");
    counts = cards ? JSON.parse(cards.dataset.cards) : {};
    history = [];
    for (const place of body.querySelectorAll("[data-origin]")) place.textContent = location.origin + place.dataset.origin;
  }

  function count(letter, by) {
    if (!(letter in counts) || counts[letter] + by < 0) return;
    history.push([letter, by]);
    put(letter, by);
  }

  function undo() {
    const last = history.pop();
    if (last) put(last[0], -last[1]);
  }

  function put(letter, by) {
    counts[letter] += by;
    body.querySelector(`[data-count="${letter}"]`).textContent = counts[letter];
    body.querySelector("[data-undo]").disabled = !history.length;
    const people = body.querySelector("[data-people]");
    if (people) people.value = Math.max(Number(people.value), ...Object.values(counts));
    cards();
  }

  function cards() {
    const people = body.querySelector("[data-people]");
    model.send({ do: "cards", counts, people: people ? Math.floor(Number(people.value)) || 0 : 0 });
  }

  function click(event) {
    const node = event.target.closest("button");
    if (!node) {
      if (!event.target.closest("input, summary, a, label")) body.querySelector("#stage")?.focus({ preventScroll: true });
    } else if (node.dataset.card) count(node.dataset.card, Number(node.dataset.by));
    else if (node.dataset.undo !== undefined) undo();
    else if (node.dataset.full !== undefined) fill();
    else if (node.dataset.do && (!node.dataset.confirm || window.confirm(node.dataset.confirm))) tell({ ...node.dataset });
  }

  async function fill() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await el.requestFullscreen();
    } catch {
      said.textContent = "The browser does not let this page fill the screen. Try F11.";
    }
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const letter = event.key.toUpperCase();
    if (letter in counts) count(letter, event.shiftKey ? -1 : 1);
    else if (event.key === "Backspace") undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const look = () => {
    const live = body.querySelector("[data-live]") && document.visibilityState === "visible" && el.getClientRects().length > 0;
    if (live && !waiting) model.send({ do: "tick" });
  };
  body.addEventListener("click", click);
  body.addEventListener("input", (event) => event.target.dataset.people !== undefined && cards());
  el.addEventListener("keydown", key);
  model.on("msg:custom", hear);
  const timer = setInterval(look, EVERY);
  ready();
  tell({ do: "draw" }); // what the notebook kept may be older than what its kernel knows
  return () => {
    clearInterval(timer);
    clearTimeout(silence);
    el.removeEventListener("keydown", key);
    model.off("msg:custom", hear);
  };
}

export default { render };
