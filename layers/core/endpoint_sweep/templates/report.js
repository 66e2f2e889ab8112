// Sorts the tables by their heads and hides the rows that do not contain what is typed. Without it, all rows are there.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const sort = (head, place) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const one of table.tHead.rows[0].cells) one.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent.trim().toLowerCase();
    const compare = (one, other) => {
      const [first, second] = [value(one), value(other)];
      const numbers = head.classList.contains("number");
      // What has no number comes last, whichever way.
      if (numbers && (first === "" || second === "")) return (first === "") - (second === "");
      const order = numbers ? first - second : first.localeCompare(second);
      return down ? -order : order;
    };
    body.append(...[...body.rows].sort(compare));
  };
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(head, place));
  });
}
const find = document.querySelector("#find");
find.parentElement.hidden = false;
find.addEventListener("input", () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of document.querySelectorAll("#rows tbody tr")) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  document.querySelector("#shown").textContent = `${shown} shown`;
});
