// The page for the phone: asks the program once a second how it is, and shows what has changed.
"use strict";

const KEPT = "mediaprocessor-token";
const EVERY = 1000; // milliseconds between two questions
const PATIENCE = 8000; // milliseconds for an answer
const LONGEST_PAUSE = 10000; // milliseconds between two tries without a connection
const element = (id) => document.getElementById(id);

let texts = {};
let language = "en-001";
let token = "";
let tag = ""; // of the state that is shown
let shown = {}; // each part of it as JSON, so that only what has changed is drawn anew
let answeredAt = 0;
let pause = EVERY;
let timer = 0;

function t(english, fields = {}) {
  const text = texts[english] || english;
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in fields ? fields[name] : place));
}

// ---- numbers, as the page's language writes them

const number = (value, digits = 0) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

const percent = (value) => new Intl.NumberFormat(language, { style: "percent" }).format(Math.round(value) / 100);

function size(bytes) {
  for (const [unit, factor] of [["TB", 1e12], ["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (Math.abs(bytes) >= factor) return `${number(bytes / factor, 1)} ${unit}`;
  }
  return `${number(bytes)} B`;
}

function duration(seconds) {
  const two = (value) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.round(seconds) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

const clock = (milliseconds) =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false }).format(milliseconds);

// ---- building

function make(name, style = "", ...inside) {
  const made = document.createElement(name);
  if (style) made.className = style;
  made.append(...inside.filter((part) => part !== null && part !== ""));
  return made;
}

const line = (text, style = "muted") => (text ? make("div", style, text) : null);
const row = (...inside) => make("div", "row", ...inside);

function tell(id, text) {
  element(id).textContent = text;
  element(id).hidden = !text;
}

function bar(value) {
  const inner = make("div");
  inner.style.width = `${value}%`;
  const outer = make("div", "bar", inner);
  outer.setAttribute("role", "progressbar");
  outer.setAttribute("aria-valuenow", Math.round(value));
  return outer;
}

function chunkRow(chunks) {
  const parts = chunks.map(([length, phase, share]) => {
    const part = make("div", ["waiting", "in-hand", "done"][phase]);
    part.style.flex = `${length} 1 0`;
    if (phase === 1) part.style.setProperty("--share", `${100 * share}%`);
    return part;
  });
  return make("div", "chunks", ...parts);
}

// ---- the parts of the page

function showQueue(queue) {
  const until = queue.until ? t("until {time}", { time: clock(queue.until * 1000) }) : "";
  tell("queue", [queue.text, queue.reason, until].filter(Boolean).join(" "));
  const runs = queue.state === "running";
  element("pause").hidden = !(runs || queue.state === "stopping");
  element("finish").hidden = !runs;
  element("resume").hidden = runs;
  element("resume").textContent = t(queue.state === "stopped" ? "Start" : "Resume");
}

function filmRow(film) {
  const told = [film.state];
  if (film.percent != null) told.push(percent(film.percent));
  if (film.chunksText) told.push(film.chunksText);
  if (film.left != null) told.push(t("{time} left", { time: duration(film.left) }));
  if (film.fps) told.push(t("{number} fps", { number: number(film.fps, 1) }));
  if (film.speed) told.push(`${number(film.speed, 2)}×`);
  const sizes = [];
  if (film.machine) sizes.push(t("on {name}", { name: film.machine }));
  if (film.made && film.expected) {
    sizes.push(t("{size} so far, about {projected} expected", { size: size(film.made), projected: size(film.expected) }));
  } else if (film.made) {
    sizes.push(t("{size} so far", { size: size(film.made) }));
  }
  if (film.size != null) sizes.push(t("original {size}", { size: size(film.size) }));
  return row(
    line(film.name, "name"),
    bar(film.percent || 0),
    film.chunks && film.chunks.length ? chunkRow(film.chunks) : null,
    line(told.join(" · "), ""),
    line(sizes.join(" · ")),
  );
}

function showFilms(films) {
  const rows = films.map(filmRow);
  element("films").replaceChildren(...(rows.length ? rows : [line(t("Nothing is in progress."))]));
}

function more(count) {
  return count > 0 ? [row(line(t("and {number} more", { number: number(count) })))] : [];
}

function showWaiting(waiting) {
  element("waiting-number").textContent = waiting.number ? number(waiting.number) : "";
  const rows = waiting.films.map((film) => row(line(film.name, ""), line(film.told)));
  rows.push(...more(waiting.number - waiting.films.length));
  element("waiting").replaceChildren(...(rows.length ? rows : [line(t("No film is waiting."))]));
}

function showProblems(problems) {
  element("problems-number").textContent = problems.number ? number(problems.number) : "";
  const rows = problems.sentences.map((sentence) => row(line(sentence, "error")));
  for (const film of problems.films) {
    const retry = make("button", "", t("Retry"));
    retry.type = "button";
    retry.addEventListener("click", () => command(retry, "retry", film.id));
    const made = row(make("div", "", line(film.name, "name"), line(film.told)), retry);
    made.classList.add("with-button");
    rows.push(made);
  }
  rows.push(...more(problems.number - problems.films.length));
  element("problems").replaceChildren(...(rows.length ? rows : [line(t("No problems."))]));
  element("retry-all").hidden = problems.number < 2;
}

function showSaved(saved) {
  const cells = (kind, ...words) => make("tr", "", ...words.map((word) => make(kind, "", word || "\u00a0")));
  const lines = saved.map(([films, bytes], place) =>
    cells("td", t(["Today", "Last 7 days", "In total"][place]), number(films), size(bytes)),
  );
  const table = make("table", "", make("thead", "", cells("th", "", t("Films"), t("Saved"))), make("tbody", "", ...lines));
  element("saved").replaceChildren(table);
}

function showMachines(machines) {
  const rows = machines.map((machine) => {
    const films = machine.films.map(([name, done]) => line(done == null ? name : `${name} ${percent(done)}`));
    return row(line(`${machine.name} · ${machine.state}`, machine.there ? "" : "muted"), ...films, line(machine.held, "error"));
  });
  element("machines").replaceChildren(...rows);
}

const PARTS = {
  queue: showQueue,
  films: showFilms,
  waiting: showWaiting,
  problems: showProblems,
  saved: showSaved,
  machines: showMachines,
};

function show(state) {
  tell("machine", state.machine);
  document.title = `${state.machine} – MediaProcessor`;
  for (const [name, draw] of Object.entries(PARTS)) {
    const now = JSON.stringify(state[name]);
    if (shown[name] === now) continue; // a button that is drawn anew would lose the finger on it
    shown[name] = now;
    draw(state[name]);
  }
}

// ---- talking with the program

async function ask(path, options = {}) {
  const ending = new AbortController();
  const limit = setTimeout(() => ending.abort(), PATIENCE);
  try {
    return await fetch(path, {
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: ending.signal,
      ...options,
      headers: { Authorization: `Bearer ${token}`, ...options.headers },
    });
  } finally {
    clearTimeout(limit);
  }
}

function askForToken(told) {
  token = "";
  tag = "";
  shown = {};
  clearTimeout(timer);
  tell("entry-told", told);
  tell("connection", "");
  tell("queue", "");
  element("content").hidden = true;
  element("entry").hidden = false;
}

// What an answer means that is no state; false where asking goes on.
function refused(answer) {
  if (answer.status === 401) {
    forget();
    askForToken(t("This token is not valid. It may have been replaced by a new one."));
    return true;
  }
  if (answer.status === 429) {
    askForToken(t("Too many wrong tokens. Wait {number} seconds.", { number: answer.headers.get("Retry-After") }));
    return true;
  }
  if (answer.status === 503) tell("connection", t("Too many phones show this page already."));
  return false;
}

async function look() {
  clearTimeout(timer);
  if (!token || document.hidden) return;
  try {
    const answer = await ask("/state", { headers: tag ? { "If-None-Match": tag } : {} });
    if (answer.status === 200) {
      show(await answer.json());
      tag = answer.headers.get("ETag") || "";
    } else if (answer.status === 409) {
      tell("connection", (await answer.json()).told);
    } else if (refused(answer)) {
      return;
    }
    if (answer.status === 200 || answer.status === 304) {
      keep();
      answeredAt = Date.now();
      element("entry").hidden = true;
      element("content").hidden = false;
      tell("connection", "");
    }
    pause = answer.status > 400 ? LONGEST_PAUSE : EVERY;
  } catch {
    const time = answeredAt ? clock(answeredAt) : "–";
    tell("connection", t("No connection. Last update: {time}.", { time }));
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }
  clearTimeout(timer);
  timer = setTimeout(look, pause);
}

async function command(button, what, film) {
  button.disabled = true;
  tell("told", "");
  try {
    const answer = await ask("/do", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(film === undefined ? { do: what } : { do: what, film }),
    });
    if (refused(answer)) return;
    const told = answer.status === 200 || answer.status === 409 ? (await answer.json()).told : "";
    tell("told", answer.status === 200 ? told || t("Done.") : told || t("It could not be done."));
  } catch {
    tell("told", t("It could not be done."));
  } finally {
    button.disabled = false;
    look();
  }
}

// ---- the token: in the address once, then kept on the phone

function keep() {
  try {
    localStorage.setItem(KEPT, token);
  } catch {
    // a private window: it is asked for again
  }
}

function forget() {
  try {
    localStorage.removeItem(KEPT);
  } catch {
    // nothing was kept
  }
}

function findToken() {
  const given = location.hash.slice(1);
  if (given) history.replaceState(null, "", location.pathname); // nobody reads it over the shoulder
  if (given) return given;
  try {
    return localStorage.getItem(KEPT) || "";
  } catch {
    return "";
  }
}

async function begin() {
  const answer = await ask("/texts");
  const told = await answer.json();
  texts = told.texts;
  language = told.language === "en" ? "en-001" : told.language;
  document.documentElement.lang = told.language;
  for (const part of document.querySelectorAll("[data-text]")) part.textContent = t(part.dataset.text);
}

function open(given) {
  token = given;
  if (!token) {
    askForToken(t("Enter the token that the program shows in Settings > Network, or scan its QR code."));
    return;
  }
  tell("connection", t("Connecting…"));
  look();
}

element("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  open(element("token").value.trim());
  element("token").value = "";
});
element("forget").addEventListener("click", () => {
  forget();
  open("");
});
for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => command(button, button.dataset.do));
}
document.addEventListener("visibilitychange", look);
window.addEventListener("online", look);
window.addEventListener("hashchange", () => open(findToken()));
begin()
  .catch(() => {}) // English
  .then(() => open(findToken()));
