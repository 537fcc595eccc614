// Tables whose headings are buttons: a press sorts by that column, another press the other way round.
function sortable(root) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest?.("th button[data-sort]");
    if (!button) return;
    const head = button.parentElement;
    const body = head.closest("table").tBodies[0];
    const column = head.cellIndex;
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
    const compare = (one, other) => {
      const [a, b] = [value(one), value(other)];
      const [x, y] = [parseFloat(a), parseFloat(b)];
      if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1; // what has no number stays below
      const order = Number.isNaN(x) ? b.localeCompare(a) : y - x;
      return down ? order : -order;
    };
    body.append(...[...body.rows].sort(compare));
  });
}
