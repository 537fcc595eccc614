// A piece of a page that Python draws and redraws. What bears data-do tells Python, with its other data- attributes and the
// fields of the form around it; Python answers with HTML. A mark data-question holds a question to be answered in place.
const SLOW = 700; // milliseconds until it says that it is working
const AGAIN = 1000; // milliseconds: coming back to the page draws it anew, but not more often

function render({ model, el }) {
  begin(el);
  const live = make("p", { className: "pc-unseen", role: "status" });
  const body = make("div", { innerHTML: model.get("html") });
  const said = make("p", { className: "pc-saved bad", role: "status" });
  el.append(live, body, said);
  const view = `pc${Math.random().toString(36).slice(2)}`;
  let forms = new Map();
  let sent = 0;
  let waiting = 0;
  let silence;
  let pending = false; // a message is on its way: a second click, or coming back, must not overtake it
  let working;
  let drawn = 0; // when it was last drawn, or asked for

  function tell(message) {
    waiting = ++sent;
    drawn = performance.now();
    pending = message.do !== "open"; // what a person does goes before drawing anew
    clearTimeout(silence);
    clearTimeout(working);
    silence = setTimeout(() => { pending = false; tellAside(SILENT, true); }, PATIENCE);
    working = setTimeout(() => tellAside("Working…"), SLOW);
    model.send({ ...message, n: waiting });
  }

  function tellAside(words, bad = false) {
    said.textContent = words;
    said.classList.toggle("bad", bad);
  }

  function fields(node) {
    const form = node.closest("form");
    const given = {};
    if (form) for (const [name, value] of new FormData(form)) given[name] = value;
    const asked = node.closest("[data-asked]") ?? body;
    for (const [id, one] of forms) {
      if (!asked.contains(one.node)) continue;
      clearTimeout(one.typing);
      Object.assign(given, { question: id, answer: one.value(), sure: one.sure });
    }
    return given;
  }

  function act(event) {
    const node = event.target.closest("[data-do]");
    if (!node || node.disabled || node.tagName === "FORM") return;
    event.preventDefault();
    if (pending) return;
    if (node.dataset.confirm && !window.confirm(node.dataset.confirm)) return;
    tell({ ...node.dataset, given: fields(node) });
  }

  function submit(event) {
    event.preventDefault();
    if (pending) return;
    tell({ ...event.target.dataset, given: fields(event.target) });
  }

  function mount(holder) {
    const question = JSON.parse(holder.dataset.question);
    const form = { id: question.id, view: `${view}-${sent}`, sure: "", changed: () => {} };
    form.node = holder;
    const about = make("span", { className: "pc-num" }, HINTS[question.kind]);
    const answer = inputs(question, form);
    holder.append(make("fieldset", {}, make("legend", {}, about, question.prompt), ...answer));
    if (holder.dataset.sure !== undefined) holder.append(certainty(form));
    forms.set(question.id, form);
  }

  function show({ html, focus, say }) {
    const kept = document.activeElement && body.contains(document.activeElement) ? document.activeElement.id : "";
    const unfolded = new Set([...body.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
    const scroll = body.querySelector("[data-keep]")?.scrollTop ?? 0;
    body.innerHTML = html;
    for (const summary of body.querySelectorAll("details > summary")) {
      if (unfolded.has(summary.textContent)) summary.parentElement.open = true;
    }
    ready();
    const box = body.querySelector("[data-keep]");
    if (box) box.scrollTop = focus ? box.scrollHeight : scroll;
    live.textContent = say ?? "";
    const target = focus ? body.querySelector(focus) : kept && document.getElementById(kept);
    if (!target) return;
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    const tall = target.getBoundingClientRect().height > 0.7 * window.innerHeight;
    target.scrollIntoView({ block: tall ? "start" : "nearest" });
  }

  function ready() {
    forms = new Map();
    for (const holder of body.querySelectorAll("[data-question]")) mount(holder);
    for (const link of body.querySelectorAll("[data-page], [data-lesson]")) point(link, el);
    meeting();
    drawn = performance.now();
    el.dataset.drawn = String(Number(el.dataset.drawn ?? 0) + 1);
  }

  // While a client is met, the file below is out of sight.
  function meeting() {
    const page = around(el);
    if (page !== document.body) page.classList.toggle("pc-meeting", Boolean(body.querySelector("[data-meeting]")));
  }

  function hear(message) {
    if (message.n !== undefined && message.n !== waiting) return;
    pending = false;
    clearTimeout(silence);
    clearTimeout(working);
    tellAside(message.trouble ?? "", true);
    if (message.html !== undefined) show(message);
    if (message.print) print(message.print);
  }

  function print(html) {
    const page = window.open("", "_blank");
    if (!page) return tellAside("The browser kept the page from opening. Allow it, then try again.", true);
    page.document.write(html);
    page.document.close();
    page.print();
  }

  // Something stands there that must not go: a receipt to note down, or what is half typed.
  function untidy() {
    const typed = [...body.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);
    const picked = [...body.querySelectorAll("form option")].some((option) => option.selected !== option.defaultSelected && option.index);
    return typed || picked || Boolean(body.querySelector("[data-stay]"));
  }

  const back = () => {
    const now = performance.now();
    const here = document.visibilityState === "visible" && el.getClientRects().length > 0;
    if (pending || !model.get("fresh") || !here || now - drawn < AGAIN || untidy()) return;
    tell({ do: "open" });
  };
  body.addEventListener("click", act);
  body.addEventListener("submit", submit);
  model.on("msg:custom", hear);
  window.addEventListener("focus", back);
  document.addEventListener("visibilitychange", back);
  const shown = new IntersectionObserver(([one]) => one.isIntersecting && back()); // another tab of JupyterLab
  if (model.get("fresh")) shown.observe(el);
  ready();
  let stop = () => {};
  requestAnimationFrame(() => {
    meeting();
    if (model.get("timed")) stop = clocked(el, (seconds) => model.send({ do: "worked", value: seconds }));
  });
  return () => {
    stop();
    clearTimeout(silence);
    clearTimeout(working);
    shown.disconnect();
    window.removeEventListener("focus", back);
    document.removeEventListener("visibilitychange", back);
    around(el).classList.remove("pc-meeting");
    model.off("msg:custom", hear);
  };
}

export default { render };
