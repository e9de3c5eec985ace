// The script of a report: draws the plots in the colours of the page, lets one choose a measure, and searches,
// sorts and unfolds the questions. Text from data goes into the page as text only, never as markup.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const figures = read("figures");
  const data = read("questions-data");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const made = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  let measure = Object.keys(data.values)[0];

  // --- plots ------------------------------------------------------------------------------------------------

  const config = {
    displaylogo: false,
    responsive: true,
    modeBarButtonsToRemove: ["zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d"],
  };

  /** Return a layout in the colours that the page has now. */
  function coloured(layout) {
    const style = getComputedStyle(root);
    const [ink, line, soft, paper] = ["--ink", "--line", "--soft", "--paper"].map((name) => style.getPropertyValue(name).trim());
    const axis = { gridcolor: line, zerolinecolor: soft, linecolor: soft, tickcolor: line };
    const own = structuredClone(layout);
    own.font = { ...own.font, color: ink };
    own.xaxis = { ...own.xaxis, ...axis };
    own.yaxis = { ...own.yaxis, ...axis };
    own.hoverlabel = { bgcolor: paper, bordercolor: soft, font: { color: ink } };
    return own;
  }

  /** Return how many plots stand beside each other on paper. */
  function beside(place) {
    const row = place.parentElement.classList;
    return row.contains("three") ? 3 : row.contains("plots") ? 2 : 1;
  }

  const places = window.Plotly ? all(".plot") : [];
  let drawing = 0; // counts the times that all plots were drawn, so that a later one ends an earlier

  function drawOne(place, width) {
    const figure = (figures[place.dataset.figure] || {})[measure];
    place.hidden = !figure;
    if (!figure) return;
    const layout = coloured(figure.layout);
    if (width) layout.width = Math.floor((width - 16 * (beside(place) - 1)) / beside(place));
    const named = { ...config, toImageButtonOptions: { format: "svg", filename: `${place.dataset.figure} ${measure}` } };
    window.Plotly.react(place, structuredClone(figure.data), layout, named);
  }

  /** Draw the plots one after another, so that the page can be read and scrolled meanwhile. */
  function draw() {
    const mine = ++drawing;
    for (const place of places) setTimeout(() => mine === drawing && drawOne(place));
  }

  /** Draw the plots at once, for a page of a width. */
  function drawForPaper(width) {
    drawing++;
    for (const place of places) drawOne(place, width);
  }

  function choose(name) {
    measure = name;
    for (const select of all('select[name="measure"]')) select.value = name;
    for (const element of all(".measure-name")) element.textContent = data.labels[name];
    for (const tables of all("details[data-measure]")) {
      tables.open = tables.dataset.measure === name;
      tables.classList.toggle("chosen", tables.open);
    }
    draw();
    fill();
  }

  // --- printing ---------------------------------------------------------------------------------------------

  const PAPER = 690; // pixels between the margins of an A4 page
  let folded = [];

  addEventListener("beforeprint", () => {
    root.classList.add("printing");
    folded = all("details.card:not([open])");
    for (const card of folded) card.open = true;
    drawForPaper(PAPER);
  });
  addEventListener("afterprint", () => {
    root.classList.remove("printing");
    for (const card of folded) card.open = false;
    draw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());

  // --- questions --------------------------------------------------------------------------------------------

  const FIRST = 100; // rows shown until one asks for all
  const table = document.getElementById("questions-table");
  const filters = document.getElementById("filters");
  const status = document.getElementById("shown");
  const systems = data.systems.length;
  const rows = all("tbody tr", table).map((row, place) => ({
    row,
    place,
    words: row.firstElementChild.textContent.toLowerCase() + " " + all("td.text", row).map((cell) => cell.textContent.toLowerCase()).join(" "),
    cells: all("td", row).slice(systems > 1 ? -systems - 1 : -systems),
  }));
  let sorting = null; // {column, down}
  let everything = false;

  const points = (value) => (value === null ? "–" : (100 * value).toFixed(1));
  const signed = (value) => (value === null ? "–" : (value <= -0.0005 ? "−" : value >= 0.0005 ? "+" : "") + points(Math.abs(value)));
  const chosen = (name) => (filters.elements[name] ? filters.elements[name].value : "");
  const valueOf = (system, place) => data.values[measure][system][place];

  function difference(place) {
    const of = valueOf(chosen("of"), place);
    const to = valueOf(chosen("to"), place);
    return of === null || to === null ? null : of - to;
  }

  /** Write the values of the measure into the cells. */
  function fill() {
    for (const { cells, place } of rows) {
      for (let system = 0; system < systems; system++) cells[system].textContent = points(valueOf(system, place));
      if (systems > 1) {
        const value = difference(place);
        cells[systems].textContent = signed(value);
        cells[systems].className = `script ${value > 1e-9 ? "up" : value < -1e-9 ? "down" : ""}`;
      }
    }
    show();
  }

  function matching({ words, place }) {
    const wanted = chosen("search").toLowerCase().split(/\s+/).filter(Boolean);
    if (!wanted.every((word) => words.includes(word))) return false;
    for (const [name, groups] of Object.entries(data.slices)) {
      const group = chosen(`slice:${name}`);
      if (group && groups[place] !== group) return false;
    }
    const outcome = chosen("outcome");
    if (!outcome) return true;
    const value = difference(place);
    return value !== null && outcome === (value > 1e-9 ? "win" : value < -1e-9 ? "loss" : "tie");
  }

  function key({ row, place }, column, system) {
    if (system === systems) return difference(place);
    if (system !== null) return valueOf(system, place);
    const text = row.children[column].textContent;
    const number = Number(text.replaceAll(",", ""));
    return text && !Number.isNaN(number) ? number : text;
  }

  function order(found) {
    if (!sorting) return found;
    const { column, system, down } = sorting;
    const keyed = found.map((one) => [key(one, column, system), one]);
    const compared = (a, b) =>
      typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
    keyed.sort(([a, one], [b, other]) => {
      if (a === null || b === null) return (a === null) - (b === null) || one.place - other.place; // undefined last
      return (down ? -1 : 1) * compared(a, b) || one.place - other.place;
    });
    return keyed.map(([, one]) => one);
  }

  function mean(values) {
    const known = values.filter((value) => value !== null);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  }

  /** Put the rows that match into the table, in order, and the means of all of them at its foot. */
  function show() {
    const found = order(rows.filter(matching));
    const shown = everything ? found : found.slice(0, FIRST);
    const body = table.tBodies[0];
    body.replaceChildren(...shown.map(({ row }) => row));
    for (const button of all("button[aria-expanded=true]", table)) button.setAttribute("aria-expanded", "false");
    const feet = all("td.value", table.tFoot);
    for (let system = 0; system < systems; system++) feet[system].textContent = points(mean(found.map(({ place }) => valueOf(system, place))));
    if (systems > 1) feet[systems].textContent = signed(mean(found.map(({ place }) => difference(place))));
    const count = (number) => number.toLocaleString("en");
    status.textContent = `${count(found.length)} of ${count(rows.length)} questions${shown.length < found.length ? `, the first ${FIRST} are shown ` : ""}`;
    if (shown.length < found.length) {
      const more = made("button", "more", "Show all");
      more.type = "button";
      more.addEventListener("click", () => { everything = true; show(); });
      status.append(more);
    }
  }

  function turnOf(place, verdict) {
    const [id, speaker, text] = data.turns[place];
    const item = made("li", verdict && verdict.startsWith("relevant") ? "relevant" : "");
    const who = made("div", "who");
    if (speaker) who.append(made("b", "speaker", speaker), " ");
    who.append(made("code", "", id), " ", made("span", "tag", verdict === "" ? "not judged" : verdict || ""));
    const said = made("p", "", text || "This turn is not in the data set.");
    said.dir = "auto";
    item.append(who, said);
    return item;
  }

  /** Return a row with the relevant turns of a question and what each system ranked first. */
  function unfolded(place, width) {
    const row = made("tr", "unfolded");
    const cell = row.appendChild(made("td"));
    cell.colSpan = width;
    const gold = made("div", "gold");
    const listed = made("ul");
    listed.append(...data.gold[place].map((turn) => turnOf(turn)));
    gold.append(made("h4", "", "Relevant"), listed);
    const ranked = made("div", "ranked");
    if (data.gold[place].length) ranked.append(gold);
    data.systems.forEach((name, system) => {
      const side = made("div");
      const list = made("ol");
      list.append(...data.best[place][system].map(([turn, verdict]) => turnOf(turn, verdict)));
      side.append(made("h4", "", `${name} ${points(valueOf(system, place))}`), list.children.length ? list : made("p", "note", "Nothing was ranked."));
      ranked.append(side);
    });
    cell.append(ranked);
    return row;
  }

  function unfold(button, one) {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) one.row.nextElementSibling.remove();
    else one.row.after(unfolded(one.place, one.row.children.length));
  }

  for (const one of rows) {
    const asked = one.row.querySelector(".asked");
    const button = made("button", "", asked.textContent);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => unfold(button, one));
    asked.replaceChildren(button);
  }

  all("thead th", table).forEach((head, column) => {
    const system = head.dataset.system === undefined ? null : Number(head.dataset.system);
    const button = made("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = system !== null; // numbers begin with the highest
      const now = sorting && sorting.column === column ? sorting.down : null;
      sorting = now === null ? { column, system, down: first } : now === first ? { column, system, down: !first } : null;
      for (const other of all("thead th", table)) other.removeAttribute("aria-sort");
      if (sorting) head.setAttribute("aria-sort", sorting.down ? "descending" : "ascending");
      show();
    });
  });

  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("input", (event) => {
    if (event.target.name === "of" || event.target.name === "to") fill();
    else if (event.target.name !== "measure") show();
  });
  for (const select of all('select[name="measure"]')) select.addEventListener("change", () => choose(select.value));

  choose(measure);
})();
