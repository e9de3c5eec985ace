// Carries out clicks on anything with data-act. Runs once, as js_on_load of the masthead, which gives it
// `element` and `trigger`. It moves values that are in the page already; it never builds markup from text.
const ask = (question) => {
  const box = document.querySelector("#question textarea, #question input");
  const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set;
  set.call(box, question);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.querySelector("#send")?.click(), 60);
};

const say = (button, words) => {
  const before = button.dataset.label ?? button.textContent;
  button.dataset.label = before;
  button.textContent = words;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => { button.textContent = before; }, 1600);
};

const copy = async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Pages that are not served from this machine have no clipboard; selecting and copying still works.
    const area = document.createElement("textarea");
    area.value = button.dataset.copy;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (!copied) return say(button, "Not copied");
  }
  say(button, "Copied");
};

const seek = (audio, seconds, play) => {
  const go = () => {
    audio.currentTime = seconds;
    if (play) audio.play().catch(() => {});
  };
  for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
  if (audio.readyState >= 1) return go();
  audio.addEventListener("loadedmetadata", go, { once: true });
  if (audio.preload === "none") audio.load();
};

const local = {
  copy,
  starter: (button) => ask(button.textContent),
  library: () => [...document.querySelectorAll("[role=tab]")].find((tab) => tab.textContent.trim() === "Library")?.click(),
  keep: (button) => { button.closest("details").open = false; },
  expand: (button) => {
    const open = button.closest(".card").classList.toggle("expanded");
    button.textContent = open ? "Show less" : "Show all";
    button.setAttribute("aria-expanded", String(open));
  },
  play: (button) => {
    const audio = button.closest(".card").querySelector("audio");
    audio.hidden = false;
    seek(audio, Number(button.dataset.at), true);
  },
  seek: (button) => {
    const audio = button.closest(".reader").querySelector("audio");
    if (audio) seek(audio, Number(button.dataset.at), true);
  },
};

// Why a turn is a source, or none, is worked out when it is wanted, and then stands where it was asked for.
const want = (asker) => {
  asker.classList.add("busy");
  setTimeout(() => { // should that fail, it can be asked for again
    if (!asker.classList.contains("busy")) return;
    asker.classList.remove("busy");
    asker.open = false;
  }, 8000);
  trigger("click", { act: "why", turn: asker.dataset.why, answer: asker.dataset.answer });
};
local.why = (button) => {
  const held = button.closest(".turn").querySelector(".reason");
  if (!held) return want(button);
  held.hidden = !held.hidden;
  button.setAttribute("aria-expanded", String(!held.hidden));
};
document.addEventListener("toggle", (event) => {
  const fold = event.target;
  if (fold.matches("details.why[data-why]") && fold.open && !fold.querySelector(".reason")) want(fold);
}, true);
document.addEventListener("reasonsshown", () => {
  const reason = document.querySelector("#reasons .reason");
  if (!reason) return;
  const { turn, answer } = reason.dataset;
  for (const asker of document.querySelectorAll(`.why[data-why="${CSS.escape(turn)}"][data-answer="${CSS.escape(answer)}"]`)) {
    asker.classList.remove("busy");
    const place = asker.closest(".turn") ?? asker;
    place.querySelector(".reason")?.remove();
    place.append(reason.cloneNode(true));
    if (asker.ariaExpanded) asker.setAttribute("aria-expanded", "true");
  }
});

// Whether what the panel shows next was asked for, by a click on the page or by the link that opened it.
const link = new URLSearchParams(location.search);
let wanted = link.has("turn") || link.has("transcript");
// Whether what stands under Benchmarks next was asked for by a click there.
let went = false;

// What the panel is to show is asked for one at a time: a click on a source while "Back to sources" was on its
// way found the transcript still open, and what came back then closed it. Of the clicks made meanwhile the last
// counts, once the panel has shown what it was asked for; or after a while, when that looks as it did before.
const leading = new Set(["open", "choose", "close", "earlier", "later", "transcript"]);
let awaited = null;
let next = null;
const settled = () => {
  clearTimeout(awaited);
  awaited = null;
  const go = next;
  next = null;
  go?.();
};
const inTurn = (act, go) => {
  if (!leading.has(act)) return go();
  if (awaited !== null) {
    next = () => inTurn(act, go);
    return;
  }
  awaited = setTimeout(settled, 2000); // ms
  if (go() === false) settled();
};

const send = (source) => inTurn(source.dataset.act, () => sent(source));
// Returns false when nothing had to be asked for.
const sent = (source) => {
  if (source.closest(".verdict")) return judge(source);
  const open = document.querySelector("#panel .reader");
  if (source.dataset.act === "open" && source.dataset.turn === open?.dataset.cited && source.dataset.answer === open.dataset.answer) {
    shown(open); // it is open already, perhaps scrolled away
    return false;
  }
  const own = source.closest(".reader");
  went = source.closest("#benchmarks") !== null;
  wanted = source.dataset.act !== "people" && !source.closest("#people") && !went;
  const { transcript, answer, cited, mark } = own?.dataset ?? {};
  const form = source.closest("form");
  const fields = form ? Object.fromEntries(new FormData(form)) : {};
  const asked = { transcript, answer, cited, mark, ...fields, ...source.dataset };
  const report = source.closest("#outcome");
  if (report) asked.typed = typed(report);
  if (source.closest("#people")) asked.reader = { ...open?.dataset };
  if (report || form) wait(source);
  trigger(source.dataset.act === "confirm" ? "submit" : "click", asked);
};

// What is pressed already is taken back. Nothing is rendered anew, so that the focus stays where it is.
const judge = (button) => {
  const { act, turn, gain, says, answer } = button.dataset;
  trigger("click", { act, turn, gain, says, answer, pressed: button.getAttribute("aria-pressed") });
};

document.addEventListener("notedshown", () => {
  const noted = document.querySelector("#noted .noted");
  if (!noted) return;
  const gains = JSON.parse(noted.dataset.gains);
  for (const button of document.querySelectorAll(`.judge[data-answer="${CSS.escape(noted.dataset.answer)}"]`)) {
    const { turn, gain, says } = button.dataset;
    const pressed = says ? says === noted.dataset.says : turn in gains && (gains[turn] > 0) === (gain === "1");
    button.setAttribute("aria-pressed", String(pressed));
  }
});

// What was changed in the boxes of a report, so that no click loses it. An emptied date is not known.
const typed = (report) =>
  [...report.querySelectorAll("input[data-who], input[data-opening], input[data-field]")]
    .filter((box) => (box.value.trim() || box.dataset.field === "date") && box.value !== box.defaultValue)
    .map((box) => ({ item: box.dataset.item, who: box.dataset.who, field: box.dataset.field, name: box.value }));

// What was clicked is rendered anew when it is done; should that fail, it can be clicked again.
const wait = (button) => {
  button.disabled = true;
  button.classList.add("busy");
  setTimeout(() => { button.disabled = false; button.classList.remove("busy"); }, 6000);
};

// Enter in a form clicks its button, which says what to do; nothing is sent as a form.
document.addEventListener("submit", (event) => {
  if (event.target.closest("#outcome, #people, #benchmarks")) event.preventDefault();
}, true);

// A choice in a list under Benchmarks counts at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("#benchmarks select") && event.target.closest("form[data-act]");
  if (form) send(form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) {
    const act = local[button.dataset.act];
    if (act) act(button);
    else send(button);
    return;
  }
  // Where nothing can be pointed at, a tap shows what can be said of a turn.
  for (const turn of document.querySelectorAll(".turn.tapped")) turn.classList.remove("tapped");
  event.target.closest(".turn")?.classList.add("tapped");
  const answer = event.target.closest(".answer[data-answer]");
  // A click that ends a selection of text is no click on the answer.
  if (answer && String(getSelection()) === "" && !answer.classList.contains("chosen")) {
    inTurn("choose", () => trigger("click", { act: "choose", answer: answer.dataset.answer }));
  }
});

const scroller = (node) => {
  for (let parent = node.parentElement; parent; parent = parent.parentElement) {
    const flow = getComputedStyle(parent).overflowY;
    if (flow === "auto" || flow === "scroll") return parent;
  }
  return document.scrollingElement;
};

// The chat and the panel arrive one after the other, in either order.
const markChosen = () => {
  const chosen = document.querySelector("#panel section")?.dataset.answer;
  for (const answer of document.querySelectorAll(".answer[data-answer]")) {
    answer.classList.toggle("chosen", answer.dataset.answer === chosen);
  }
};
new MutationObserver(markChosen).observe(document.body, { childList: true, subtree: true });

const shown = (section) => {
  markChosen();
  const target = section.dataset.scroll && section.querySelector(`[data-turn="${CSS.escape(section.dataset.scroll)}"]`);
  if (target) {
    const pane = scroller(target);
    const room = pane === document.scrollingElement ? innerHeight : pane.clientHeight;
    const top = pane === document.scrollingElement ? 0 : pane.getBoundingClientRect().top;
    const head = section.querySelector(".panel-head"); // lies over what scrolls
    const covered = head && getComputedStyle(head).position === "sticky" ? head.offsetHeight + 12 : 24;
    pane.scrollTop += target.getBoundingClientRect().top - top - Math.max(covered, Math.min(room / 4, room - target.offsetHeight - 24));
  } else if (section.classList.contains("none")) {
    return;
  } else {
    const pane = scroller(section);
    if (pane !== document.scrollingElement) pane.scrollTop = 0;
    else if (wanted) section.scrollIntoView({ block: "start" });
  }
  wanted = false;
  const audio = section.classList.contains("reader") && section.querySelector("audio");
  const cited = section.querySelector(".turn.cited");
  if (audio && cited?.dataset.start) seek(audio, Number(cited.dataset.start), false);
  if (cited && !section.dataset.hold) cited.focus({ preventScroll: true });
};

// The panel tells when it has rendered anew.
document.addEventListener("panelshown", () => {
  const section = document.querySelector("#panel section");
  if (section) shown(section);
  settled();
});

// What is rendered anew loses the focus; it goes back to what had it, or to the heading of what took its place.
let last = null;
const key = ({ tagName, name, dataset: { act, item, who, show, question } }) => JSON.stringify([tagName, name, act, item, who, show, question]);
document.addEventListener("focusin", (event) => {
  if (event.target.closest("#outcome, #benchmarks")) last = key(event.target);
  else if (event.target !== document.body) last = null;
});
const refocus = (place, heading) => {
  if (last === null) return;
  const same = [...place.querySelectorAll("button, input, select, summary")].find((node) => key(node) === last);
  (same ?? place.querySelector(heading))?.focus({ preventScroll: true });
};
document.addEventListener("outcomeshown", () => refocus(document.querySelector("#outcome"), "h3[tabindex]"));

// What is opened under Benchmarks begins at its top; going back leads to the question one came from.
let at = "";
document.addEventListener("benchmarksshown", () => {
  const section = document.querySelector("#benchmarks section");
  if (!section) return;
  const before = at;
  at = section.dataset.at;
  if (!went) return;
  went = false;
  if (at === before) return refocus(section, "h2");
  const left = at.startsWith("evaluation ") && before.startsWith("question ") && before.slice(9);
  const row = left && section.querySelector(`.case[data-question="${CSS.escape(left)}"]`);
  if (row) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  } else {
    section.scrollIntoView({ block: "start" });
    section.querySelector("h2, .lead")?.focus({ preventScroll: true });
  }
});

// The dialog keeps the focus while it is open; Escape closes it.
document.addEventListener("peopleshown", () => {
  const dialog = document.querySelector("#people dialog");
  if (!dialog || dialog.open) return;
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    trigger("click", { act: "put-away" });
  });
  dialog.showModal();
});
