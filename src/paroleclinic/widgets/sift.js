// Pieces of a page that filters and a search narrow down. A piece bears data-in, the names of the filters that show it.
function render({ model, el }) {
  begin(el);
  const what = model.get("what");
  const body = make("div", { innerHTML: model.get("html"), className: "pc-sifted" });
  const boxes = [];
  const bar = make("div", { className: "pc-sift" });
  for (const group of model.get("filters")) {
    const own = group.filters.map(({ id, title }) => {
      const box = make("input", { type: "checkbox", checked: true, value: id, on: { change: sift } });
      boxes.push(box);
      return [box, make("label", { className: "pc-chip" }, box, make("span", {}, title))];
    });
    const set = (on) => () => { for (const [box] of own) box.checked = on; sift(); };
    bar.append(make("fieldset", {}, make("legend", {}, group.title), ...own.map(([, label]) => label),
      make("button", { type: "button", className: "pc-link", on: { click: set(true) } }, "All"),
      make("button", { type: "button", className: "pc-link", on: { click: set(false) } }, "None")));
  }
  const search = make("input", { type: "search", on: { input: sift } });
  if (model.get("search")) bar.append(make("label", { className: "pc-field" }, "Search ", search));
  const count = make("p", { className: "pc-soft" });
  count.setAttribute("role", "status");
  if (model.get("print")) bar.append(make("button", { type: "button", on: { click: print } }, "Print"));
  bar.append(count);
  el.append(bar, body);

  function sift() {
    const off = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    const pieces = body.querySelectorAll("[data-in]");
    for (const piece of pieces) {
      const here = piece.dataset.in.split(" ").some((name) => !off.has(name));
      piece.hidden = !here || (wanted && piece.matches(what) && !piece.textContent.toLowerCase().includes(wanted));
    }
    const counted = [...body.querySelectorAll(what)];
    shown = counted.filter((piece) => !piece.hidden).length;
    for (const dot of body.querySelectorAll("[data-event]")) {
      dot.hidden = body.querySelector(`#event-${CSS.escape(dot.dataset.event)}`).hidden;
    }
    for (const list of body.querySelectorAll("ol.pc-line")) {
      const empty = [...list.children].every((item) => item.hidden);
      list.hidden = empty;
      list.previousElementSibling.hidden = empty;
    }
    count.textContent = shown ? `${shown} of ${counted.length} shown` : "Nothing fits these filters. Choose more of them, or clear the search.";
  }

  function print() {
    const page = window.open("", "_blank");
    if (!page) { count.textContent = "The browser kept the print page from opening. Allow it, then press Print again."; return; }
    const copy = body.cloneNode(true);
    for (const piece of copy.querySelectorAll("[hidden]")) piece.remove();
    for (const detail of copy.querySelectorAll("details")) detail.open = true;
    page.document.title = document.title;
    page.document.head.append(make("style", { textContent: `${model.get("css")} body{margin:1cm}.pc{max-width:none}.pc-wide{overflow:visible}` }));
    page.document.body.className = "pc";
    page.document.body.append(page.document.importNode(copy, true));
    page.print();
  }

  const pointed = body.querySelector(".pc-pointed");
  function point({ target }) {
    const told = target.dataset?.event && body.querySelector(`#event-${CSS.escape(target.dataset.event)}`);
    if (told) pointed.innerHTML = told.innerHTML;
  }
  function go({ target }) {
    const told = target.dataset?.event && body.querySelector(`#event-${CSS.escape(target.dataset.event)}`);
    if (!told) return;
    told.focus({ preventScroll: true });
    told.scrollIntoView({ block: "center" });
  }
  body.addEventListener("mouseover", point);
  body.addEventListener("focusin", point);
  body.addEventListener("click", go);
  sift();
}

export default { render };
