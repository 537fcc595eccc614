// How each kind of question is answered, in native inputs. form.value() is the answer, form.put(answer) shows one.
const HINTS = {
  one: "Choose one.", many: "Choose all that apply.", date: "Give a date.", amount: "Give a number.",
  memo: "Write in your own words.", match: "Choose a group for each.", order: "Move the steps into the right order.",
};

function inputs(question, form) {
  const draw = question.options ? choices : question.items ? sorting : question.steps ? ordering : field;
  return draw(question, form);
}

// Three taps for how sure the learner is; a second tap takes it back. form.sure is "", "low", "medium" or "high".
function certainty(form, told = () => {}) {
  const levels = ["low", "medium", "high"];
  const taps = levels.map((level) => make("button", {
    type: "button", className: "pc-tap",
    on: { click: () => { form.beSure(form.sure === level ? "" : level); told(); } },
  }, level));
  form.beSure = (level) => {
    form.sure = level;
    taps.forEach((tap, i) => tap.setAttribute("aria-pressed", String(levels[i] === level)));
  };
  form.beSure("");
  return make("div", { className: "pc-sure", role: "group", ariaLabel: "How sure are you? You may leave it open." },
    make("span", { ariaHidden: "true" }, "How sure?"), ...taps);
}

function choices(question, form) {
  const many = question.kind === "many";
  const inputs = question.options.map((option) =>
    make("input", {
      type: many ? "checkbox" : "radio", name: `${form.view}-${question.id}`, value: option.id,
      on: { change: () => form.changed() },
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
  const selects = question.items.map((item) => make("select", { on: { change: () => form.changed() } },
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
    form.changed();
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
  const settle = () => { clearTimeout(form.typing); form.changed(); };
  input.addEventListener("input", () => {
    tally();
    form.typed?.();
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
