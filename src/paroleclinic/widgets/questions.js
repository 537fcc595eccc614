// The question control: one form a question. Python holds the key; this page never does.
function render({ model, el }) {
  const view = `pc${Math.random().toString(36).slice(2)}`; // two tabs are one page to the browser
  const saves = model.get("mode") !== "lesson";
  const test = model.get("mode") === "test";
  const questions = model.get("questions");
  const forms = new Map();
  let sent = 0;
  let silence;
  let giving = 0; // a hand-in is on its way

  begin(el);
  if (saves) el.classList.add("pc-work");

  function say(form, text, bad = false) {
    form.saved.textContent = text;
    form.saved.classList.toggle("bad", bad);
  }

  function deliver(form, what) {
    const n = ++sent;
    form.waiting = n;
    clearTimeout(form.silence);
    form.silence = setTimeout(() => form.waiting === n && say(form, saves ? `Not saved: ${SILENT}` : SILENT, true), PATIENCE);
    const value = form.value();
    model.send({ do: what, id: form.id, value, sure: form.sure, hints: form.hints.children.length, n });
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

  function papers(question, form) {
    if (!question.papers.length) return null;
    const line = make("p", { className: "pc-soft" }, "Papers: ");
    question.papers.forEach((paper, i) => {
      if (i) line.append(" · ");
      line.append(make("button", { type: "button", className: "pc-link", on: { click: () => open(paper.id, form) } }, paper.title));
    });
    return line;
  }

  // Opens a paper, with a way back to the question that it was opened from.
  function open(id, form) {
    const paper = el.querySelector(`[data-exhibit="${CSS.escape(id)}"]`);
    if (!paper) return;
    paper.open = true;
    for (const old of el.querySelectorAll(".pc-back")) old.remove();
    const number = [...forms.keys()].indexOf(form.id) + 1;
    const back = () => {
      away.remove();
      form.node.tabIndex = -1;
      form.node.focus({ preventScroll: true });
      form.node.scrollIntoView({ block: "start" });
    };
    const away = make("p", { className: "pc-back" }, make("button", { type: "button", on: { click: back } }, `Back to question ${number}`));
    paper.querySelector("summary").after(away);
    paper.querySelector("summary").focus();
    paper.scrollIntoView({ block: "start" });
  }

  function build(question, index) {
    const form = { id: question.id, history: [], last: null, view, changed: () => changed(form) };
    if (saves) form.typed = () => say(form, "Not saved yet…");
    const worth = saves && !test ? ` · ${question.points} ${question.points === 1 ? "point" : "points"}` : "";
    const place = index === null ? "One like it" : `Question ${index + 1} of ${questions.length}`;
    form.saved = make("span", { className: "pc-saved", role: "status" });
    form.feedback = make("div", { role: "status" });
    form.hints = make("ol", { className: "pc-hints", ariaLive: "polite" });
    const body = inputs(question, form);
    form.care = question.kind === "memo" ? make("p", { className: "pc-care", role: "status" }, model.get("care")[question.id] ?? "") : null;
    const sure = question.kind === "memo" ? null : certainty(form, () => saves && form.last !== null && resend(form));
    form.undo = make("button", { type: "button", disabled: true, on: { click: () => undo(form) } }, "Undo");
    form.hint = question.hints ? make("button", { type: "button", on: { click: () => hint(form) } }, "Hint") : null;
    const check = saves ? null : make("button", {
      type: "button", className: "pc-main", on: { click: () => { settleField(form); deliver(form, "check"); } },
    }, "Check");
    form.node = make("div", { className: "pc-q" },
      question.aside ? make("p", { className: "pc-aside" }, question.aside) : null,
      make("fieldset", {}, make("legend", {}, make("span", { className: "pc-num" }, `${place}${worth} · ${HINTS[question.kind]}`), question.prompt),
        papers(question, form), ...body, form.care),
      form.hints, make("div", { className: "pc-acts" }, sure, check, form.undo, form.hint, form.saved), form.feedback);
    form.node.dataset.question = question.id;
    forms.set(question.id, form);
    if (model.get("done").includes(question.id)) say(form, "You have answered this right before.");
    return form.node;
  }

  function resend(form) {
    say(form, "Saving…");
    deliver(form, "answer");
  }

  function hint(form) {
    form.hint.disabled = true; // until the answer is there
    model.send({ do: "hint", id: form.id, value: form.hints.children.length, n: ++sent });
  }

  function hinted(form, { html, more }) {
    form.hints.append(make("li", { innerHTML: html }));
    for (const link of form.hints.lastChild.querySelectorAll("[data-lesson]")) point(link, el);
    for (const paper of form.hints.lastChild.querySelectorAll("[data-open]")) paper.addEventListener("click", () => open(paper.dataset.open, form));
    form.hint.textContent = more ? "Next hint" : "No more hints";
    form.hint.disabled = !more;
    if (!more) {
      form.hints.lastChild.tabIndex = -1;
      form.hints.lastChild.focus();
    }
  }

  function settleField(form) {
    clearTimeout(form.typing);
    changed(form);
  }

  function explain(id, html) {
    const form = forms.get(id);
    if (!form) return;
    form.feedback.innerHTML = html;
    for (const link of form.feedback.querySelectorAll("[data-lesson]")) point(link, el);
  }

  // The form below the result of a test: Python answers with a receipt, or with what is in the way.
  function give(event) {
    event.preventDefault();
    if (giving) return;
    giving = setTimeout(() => told({ trouble: SILENT }), PATIENCE);
    model.send({ do: event.target.dataset.do, given: Object.fromEntries(new FormData(event.target)), n: ++sent });
  }

  function told({ html, trouble }) {
    clearTimeout(giving);
    giving = 0;
    summary.querySelector("[data-told]")?.remove();
    const said = make("div", { innerHTML: html ?? "" }, make("p", { className: "pc-saved bad", role: "status" }, trouble ?? ""));
    said.dataset.told = "";
    for (const link of said.querySelectorAll("[data-page]")) point(link, el);
    summary.append(said);
    said.querySelector("#receipt")?.focus();
  }

  const top = make("div", { innerHTML: model.get("intro") });
  const list = make("div", {}, ...questions.map(build));
  const done = make("strong");
  const summary = make("div", { role: "status", tabIndex: -1, on: { submit: give } });
  el.append(top, list);
  if (saves) el.append(bench());
  el.append(summary);

  function bench() {
    const show = () => {
      const left = [...forms.values()].filter((form) => blank(form.value())).length;
      if (test && left && !window.confirm(`${left} of ${questions.length} are not answered. Finish all the same? The first result is the one that counts.`)) return;
      for (const form of forms.values()) settleField(form);
      summary.textContent = "";
      silence = setTimeout(() => { summary.textContent = SILENT; }, PATIENCE);
      model.send({ do: "show", n: ++sent });
    };
    const closed = model.get("closed");
    if (closed) return make("div", { className: "pc-acts pc-card" }, done, make("span", {}, closed), toHome());
    return make("div", { className: "pc-acts pc-card" }, done,
      make("button", { type: "button", className: "pc-main", on: { click: show } }, test ? "Finish" : "Show me how I did"),
      make("span", {}, test ? "Ready? Your answers are kept, and you may change them and finish again."
        : "Ready? This shows the key, and your answer file notes that you looked."),
      model.get("home") ? toHome() : null);
  }

  function toHome() {
    const link = make("a", { href: "#" }, "Hand in, on the first page");
    link.dataset.page = model.get("home");
    point(link, el);
    return link;
  }

  function blank(value) {
    return value === null || Object.keys(value).length === 0;
  }

  function tallyAnswers() {
    const given = [...forms.values()].filter((form) => !blank(form.last)).length;
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
      for (const link of summary.querySelectorAll("[data-page]")) point(link, el);
      summary.focus({ preventScroll: true });
      summary.scrollIntoView({ block: "start" });
      return;
    }
    if (message.re === "handed-in") return told(message);
    const form = forms.get(message.id);
    if (form && message.re === "hint") return hinted(form, message);
    if (!form || message.n !== form.waiting) return;
    form.waiting = null;
    clearTimeout(form.silence);
    if (form.care && message.care !== undefined && form.care.textContent !== message.care) form.care.textContent = message.care;
    if (message.re === "saved") say(form, `Saved at ${message.at}${message.why ? `, but: ${message.why}` : ""}`, Boolean(message.why));
    else if (message.re === "not-saved") say(form, saves ? `Not saved: ${message.why}` : message.why, true);
    else if (message.re === "checked") {
      explain(message.id, message.html);
      if (message.why) say(form, message.why, true);
      if (message.twin) offer(form, message.twin);
    }
  }

  function offer(form, twin) {
    if (form.twin || forms.has(twin.id)) return;
    form.twin = twin;
    const button = make("button", {
      type: "button",
      on: { click: () => {
        const node = build(twin, null);
        form.node.after(node);
        button.remove();
        forms.get(twin.id).last = forms.get(twin.id).value();
        node.querySelector("input, select, button")?.focus();
        node.scrollIntoView({ block: "nearest" });
      } },
    }, "Try one like it");
    form.node.append(make("div", { className: "pc-acts" }, button));
  }

  for (const form of forms.values()) form.last = form.value();
  for (const [id, sure] of Object.entries(model.get("sure"))) forms.get(id)?.beSure?.(sure);
  refresh();
  showTrouble();
  model.on("change:answers", refresh);
  model.on("msg:custom", hear);
  let stop = () => {};
  if (saves) requestAnimationFrame(() => { model.send({ do: "opened" }); stop = clocked(el, (seconds) => model.send({ do: "worked", value: seconds })); });
  return () => {
    stop();
    model.off("change:answers", refresh);
    model.off("msg:custom", hear);
    clearTimeout(silence);
    clearTimeout(giving);
    for (const form of forms.values()) clearTimeout(form.silence);
  };
}

export default { render };
