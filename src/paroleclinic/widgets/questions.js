// The question control: native inputs, one form a question. Python holds the key; this page never does.
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

const HINTS = {
  one: "Choose one.", many: "Choose all that apply.", date: "Give a date.", amount: "Give a number.",
  memo: "Write in your own words.", match: "Choose a group for each.", order: "Move the steps into the right order.",
};
const SILENT = "JupyterLab does not answer. Reload this page; whatever it called saved is safe.";

function render({ model, el }) {
  const view = `pc${Math.random().toString(36).slice(2)}`; // two tabs are one page to the browser
  const saves = model.get("mode") !== "lesson";
  const test = model.get("mode") === "test";
  const questions = model.get("questions");
  const forms = new Map();
  let sent = 0;
  let silence;

  el.classList.add("pc");
  el.setAttribute("data-lm-suppress-shortcuts", "true");

  function say(form, text, bad = false) {
    form.saved.textContent = text;
    form.saved.classList.toggle("bad", bad);
  }

  function deliver(form, what) {
    const n = ++sent;
    form.waiting = n;
    clearTimeout(form.silence);
    form.silence = setTimeout(() => form.waiting === n && say(form, saves ? `Not saved: ${SILENT}` : SILENT, true), 8000);
    const value = form.value();
    model.send({ do: what, id: form.id, value, n });
    if (what !== "answer") return;
    model.set("answers", { ...model.get("answers"), [form.id]: value });
    model.save_changes();
  }

  function changed(form) {
    const value = form.value();
    const before = JSON.stringify(form.last);
    if (JSON.stringify(value) === before) return;
    form.history.push(form.last);
    form.last = value;
    form.undo.disabled = false;
    form.feedback.replaceChildren();
    tallyAnswers();
    if (!saves) return say(form, "");
    say(form, "Saving…");
    deliver(form, "answer");
  }

  function undo(form) {
    if (!form.history.length) return;
    form.last = form.history.pop();
    form.put(form.last);
    form.undo.disabled = !form.history.length;
    form.feedback.replaceChildren();
    tallyAnswers();
    if (saves) {
      say(form, "Saving…");
      deliver(form, "answer");
    } else say(form, "Your earlier answer is back.");
  }

  function choices(question, form) {
    const many = question.kind === "many";
    const inputs = question.options.map((option) =>
      make("input", {
        type: many ? "checkbox" : "radio", name: `${view}-${question.id}`, value: option.id,
        on: { change: () => changed(form) },
      }));
    form.value = () => {
      const picked = inputs.filter((input) => input.checked).map((input) => input.value);
      return many ? picked : picked[0] ?? null;
    };
    form.put = (value) => {
      const picked = many ? value ?? [] : [value];
      for (const input of inputs) input.checked = Array.isArray(picked) && picked.includes(input.value);
    };
    return question.options.map((option, i) =>
      make("label", { className: "pc-opt" }, inputs[i], make("span", {}, option.text)));
  }

  function sorting(question, form) {
    const selects = question.items.map((item) => make("select", { on: { change: () => changed(form) } },
      make("option", { value: "" }, "Choose…"),
      ...question.groups.map((group) => make("option", { value: group.id }, group.text))));
    selects.forEach((select, i) => { select.dataset.item = question.items[i].id; });
    const entries = () => question.items.map((item, i) => [item.id, selects[i].value]);
    form.value = () => Object.fromEntries(entries().filter(([, group]) => group));
    form.put = (value) => question.items.forEach((item, i) => { selects[i].value = value?.[item.id] ?? ""; });
    return question.items.map((item, i) => make("label", { className: "pc-sort" }, make("span", {}, item.text), selects[i]));
  }

  function ordering(question, form) {
    const list = make("ol", { className: "pc-steps" });
    const rows = new Map(question.steps.map((step) => [step.id, row(step)]));
    const start = question.steps.map((step) => step.id);
    const now = () => [...list.children].map((item) => item.dataset.step);
    let moved = false;
    form.value = () => (moved ? now() : null);
    form.put = (value) => {
      moved = Array.isArray(value) && value.length === start.length && value.every((id) => rows.has(id));
      list.replaceChildren(...(moved ? value : start).map((id) => rows.get(id).node));
      settle();
    };
    function row(step) {
      const arrow = (by, sign, words) => make("button", {
        type: "button", title: words, ariaLabel: `${words}: ${step.text}`, on: { click: () => move(step, by) },
      }, sign);
      const up = arrow(-1, "↑", "Move up");
      const down = arrow(1, "↓", "Move down");
      const node = make("li", {}, make("span", { className: "pc-step" }, step.text), up, down);
      node.dataset.step = step.id;
      return { node, up, down };
    }
    function move(step, by) {
      const { node, up, down } = rows.get(step.id);
      if (by < 0) node.previousElementSibling.before(node);
      else node.nextElementSibling.after(node);
      moved = true;
      settle();
      const wanted = by < 0 ? up : down;
      (wanted.disabled ? (by < 0 ? down : up) : wanted).focus();
      form.said.textContent = `${step.text}: now ${now().indexOf(step.id) + 1} of ${start.length}`;
      changed(form);
    }
    function settle() {
      now().forEach((id, i) => {
        rows.get(id).up.disabled = i === 0;
        rows.get(id).down.disabled = i === start.length - 1;
      });
    }
    form.said = make("p", { className: "pc-soft", role: "status" });
    form.put(null);
    return [list, form.said];
  }

  function field(question, form) {
    const memo = question.kind === "memo";
    const date = question.kind === "date";
    const input = make(memo ? "textarea" : "input", {
      autocomplete: "off", maxLength: memo ? 20000 : 40,
      ...(memo ? { rows: 12 } : { type: date ? "date" : "text" }),
      ...(question.kind === "amount" ? { inputMode: "decimal" } : {}),
    });
    const count = memo ? make("p", { className: "pc-soft" }) : null;
    const tally = () => {
      if (!memo) return;
      const words = input.value.split(/\s+/).filter(Boolean).length;
      count.textContent = `${words} words; up to about ${question.words} is plenty.`;
    };
    const settle = () => { clearTimeout(form.typing); changed(form); };
    input.addEventListener("input", () => {
      tally();
      if (saves) say(form, "Not saved yet…");
      clearTimeout(form.typing);
      form.typing = setTimeout(settle, 700);
    });
    input.addEventListener("change", settle);
    form.value = () => input.value;
    form.put = (value) => { input.value = typeof value === "string" ? value : ""; tally(); };
    tally();
    const label = memo ? "Your memo" : date ? "Your date (year-month-day)" : `Your number (${question.unit})`;
    return [make("label", { className: "pc-field" }, label, input), count];
  }

  function papers(question) {
    if (!question.papers.length) return null;
    const line = make("p", { className: "pc-soft" }, "Papers: ");
    question.papers.forEach((paper, i) => {
      if (i) line.append(" · ");
      line.append(make("button", { type: "button", className: "pc-link", on: { click: () => open(paper.id) } }, paper.title));
    });
    return line;
  }

  function open(id) {
    const paper = el.querySelector(`[data-exhibit="${CSS.escape(id)}"]`);
    if (!paper) return;
    paper.open = true;
    paper.querySelector("summary").focus();
    paper.scrollIntoView({ block: "start" });
  }

  function build(question, index) {
    const form = { id: question.id, history: [], last: null };
    const worth = saves && !test ? ` · ${question.points} ${question.points === 1 ? "point" : "points"}` : "";
    const about = `Question ${index + 1} of ${questions.length}${worth} · ${HINTS[question.kind]}`;
    const draw = question.options ? choices : question.items ? sorting : question.steps ? ordering : field;
    const body = draw(question, form);
    form.saved = make("span", { className: "pc-saved", role: "status" });
    form.feedback = make("div", { role: "status" });
    form.undo = make("button", { type: "button", disabled: true, on: { click: () => undo(form) } }, "Undo");
    const check = saves ? null : make("button", {
      type: "button", className: "pc-main", on: { click: () => { settleField(form); deliver(form, "check"); } },
    }, "Check");
    form.node = make("div", { className: "pc-q" },
      question.aside ? make("p", { className: "pc-aside" }, question.aside) : null,
      make("fieldset", {}, make("legend", {}, make("span", { className: "pc-num" }, about), question.prompt),
        papers(question), ...body),
      make("div", { className: "pc-acts" }, check, form.undo, form.saved), form.feedback);
    form.node.dataset.question = question.id;
    forms.set(question.id, form);
    return form.node;
  }

  function settleField(form) {
    clearTimeout(form.typing);
    changed(form);
  }

  function explain(id, html) {
    const form = forms.get(id);
    if (!form) return;
    form.feedback.innerHTML = html;
    for (const link of form.feedback.querySelectorAll("[data-lesson]")) point(link);
  }

  function point(link) {
    const [lesson, slug] = (link.dataset.page ?? link.dataset.lesson).split("#");
    const heading = lesson ? null : find(slug);
    if (lesson) {
      const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
      link.href = `${config.baseUrl ?? "/"}lab/tree/notebooks/${lesson}.ipynb`;
      link.target = "_blank";
    } else {
      link.href = `#${slug}`;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        const target = heading ?? find(slug);
        if (!target) return;
        target.tabIndex = -1;
        target.focus({ preventScroll: true });
        target.scrollIntoView({ block: "start" });
      });
    }
  }

  function find(slug) {
    const slugOf = (text) => text.toLowerCase().replace(/[^a-z0-9 -]/g, "").trim().replace(/\s+/g, "-");
    const around = el.closest(".jp-Document, body") ?? document.body;
    return [...around.querySelectorAll("h2, h3")].find((heading) => slugOf(heading.textContent) === slug);
  }

  const top = make("div", { innerHTML: model.get("intro") });
  const list = make("div", {}, ...questions.map(build));
  const done = make("strong");
  const summary = make("div", { role: "status", tabIndex: -1 });
  el.append(top, list);
  if (saves) el.append(bench());
  el.append(summary);

  function bench() {
    const show = () => {
      for (const form of forms.values()) settleField(form);
      summary.textContent = "";
      silence = setTimeout(() => { summary.textContent = SILENT; }, 8000);
      model.send({ do: "show", n: ++sent });
    };
    return make("div", { className: "pc-acts pc-card" }, done,
      make("button", { type: "button", className: "pc-main", on: { click: show } }, test ? "Finish" : "Show me how I did"),
      make("span", {}, test ? "Ready? Your answers are kept, and you may change them and finish again."
        : "Ready? This shows the key, and your answer file notes that you looked."));
  }

  function tallyAnswers() {
    const given = [...forms.values()].filter((form) => form.last !== null && Object.keys(form.last).length > 0).length;
    done.textContent = `${given} of ${questions.length} answered`;
  }

  function refresh() {
    const answers = model.get("answers");
    for (const form of forms.values()) {
      if (!(form.id in answers) || form.node.contains(document.activeElement)) continue;
      if (JSON.stringify(form.value()) === JSON.stringify(answers[form.id])) continue;
      form.put(answers[form.id]);
      form.last = form.value();
    }
    tallyAnswers();
  }

  function showTrouble() {
    const trouble = model.get("trouble");
    for (const form of forms.values()) if (trouble) say(form, trouble, true);
  }

  function hear(message) {
    if (message.re === "shown") {
      clearTimeout(silence);
      for (const [id, html] of Object.entries(message.html)) explain(id, html);
      summary.innerHTML = message.summary;
      for (const link of summary.querySelectorAll("[data-page]")) point(link);
      summary.focus();
      return;
    }
    const form = forms.get(message.id);
    if (!form || message.n !== form.waiting) return;
    form.waiting = null;
    clearTimeout(form.silence);
    if (message.re === "saved") say(form, `Saved at ${message.at}${message.why ? `, but: ${message.why}` : ""}`, Boolean(message.why));
    else if (message.re === "not-saved") say(form, `Not saved: ${message.why}`, true);
    else if (message.re === "checked") explain(message.id, message.html);
  }

  for (const form of forms.values()) form.last = form.value();
  refresh();
  showTrouble();
  model.on("change:answers", refresh);
  model.on("msg:custom", hear);
  return () => {
    model.off("change:answers", refresh);
    model.off("msg:custom", hear);
    clearTimeout(silence);
    for (const form of forms.values()) clearTimeout(form.silence);
  };
}

export default { render };
