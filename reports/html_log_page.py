"""The frame of the log's page: its style, its script, and the rule that nothing else may run or load.

The page is written from top to bottom and never closed: HTML's parser closes what is open at the end of
the file. Without the script it reads as a list in order of time; with it, jobs are put together.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import Tuple

from core.ports import Translator
from core.reporting.page_language import ENGLISH, PageLanguage
from core.text.redaction import printable
from core.text.sentence import N_

_STYLE = """
:root { color-scheme: light dark; --ground: #f3f4f6; --surface: #fff; --border: #c9ced6;
  --text: #1f2328; --muted: #555d67; --accent: #1a5fc4; --error: #b42318; --warning: #855100;
  --success: #176b30; --mark: #ffe08a; --code: #eef0f3; }
@media (prefers-color-scheme: dark) { :root { --ground: #1e1f22; --surface: #26282b;
  --border: #44474d; --text: #dfe1e5; --muted: #a3a9b1; --accent: #7aa7ff; --error: #ff8f87;
  --warning: #e3b341; --success: #63c174; --mark: #6b5a12; --code: #1b1c1e; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 100rem; padding: 0 1rem 4rem; background: var(--ground);
  color: var(--text); font: 0.875rem/1.45 "Segoe UI", system-ui, "Noto Sans", sans-serif }
header { position: sticky; top: 0; z-index: 1; background: var(--ground); padding: 0.75rem 0;
  border-bottom: 1px solid var(--border); margin-bottom: 0.75rem }
h1 { font-size: 1.15rem; margin: 0 }
form { display: none; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; margin-top: 0.5rem }
.js form { display: flex }
input, select, button { font: inherit; color: inherit; background: var(--surface); padding: 0.2rem 0.5rem;
  border: 1px solid var(--border); border-radius: 4px }
input[type=search] { width: 13rem; max-width: 100% }
button { cursor: pointer }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
output { color: var(--muted) }
.js body > div { display: none }
div.i, div.w, div.e, div.d, div.c, div.t { padding: 0.1rem 0.5rem; white-space: pre-wrap;
  overflow-wrap: anywhere }
.chunk { content-visibility: auto }
main > .chunk { background: var(--surface); border: solid var(--border); border-width: 0 1px }
time { color: var(--muted); font: 0.8125rem ui-monospace, "Cascadia Mono", Consolas, monospace;
  margin-right: 0.5rem }
b { font-weight: 600 }
.w > b { color: var(--warning) } .e > b { color: var(--error) }
.w { border-left: 3px solid var(--warning) } .e { border-left: 3px solid var(--error) }
i { color: var(--muted); font-style: normal }
i::after, b::after, u::after { content: " " }
u { text-decoration: none; font-weight: 600 }
pre, .t > span { font: 0.8125rem/1.4 ui-monospace, "Cascadia Mono", Consolas, monospace }
pre { margin: 0.2rem 0 0.2rem 1rem; padding: 0.4rem 0.6rem; background: var(--code); border-radius: 4px;
  white-space: pre-wrap; overflow-wrap: anywhere; overflow: auto; max-height: 30rem }
.t { color: var(--muted) }
div > details { display: inline-block; vertical-align: top; max-width: calc(100% - 8rem) }
.lines i { display: none }
.c > button { display: none; font-size: 0.75rem; padding: 0 0.5rem; margin-left: 0.5rem }
.js .c > button { display: inline }
section { background: var(--surface); border: 1px solid var(--border); border-radius: 6px;
  margin-bottom: 0.5rem; scroll-margin-top: 7rem }
section > details > summary { padding: 0.45rem 0.75rem; cursor: pointer; display: flex; gap: 0.75rem;
  flex-wrap: wrap; align-items: baseline }
section > details > summary::before { content: "▸"; color: var(--muted) }
section > details[open] > summary::before { content: "▾" }
section > details[open] { padding-bottom: 0.5rem }
summary bdi { font-weight: 600; overflow-wrap: anywhere }
summary small { font-size: 0.8125rem; color: var(--muted) }
.state { border: 1px solid; border-radius: 1rem; padding: 0 0.5rem; font-size: 0.8125rem }
.failed { color: var(--error) } .completed { color: var(--success) }
.cancelled, .skipped { color: var(--muted) }
ol { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 0 0 0.5rem;
  padding: 0.25rem 0.75rem }
section dl { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0 0 0.5rem; padding: 0 0.75rem }
dt { color: var(--muted); display: inline; margin-right: 0.35rem } dd { display: inline; margin: 0 }
[hidden], .low, .unmatched { display: none !important }
.found { outline: 2px solid var(--accent); outline-offset: -2px }
::highlight(found) { background-color: var(--mark) }
@media print { header { position: static } form { display: none !important } }
"""

_SCRIPT = """
'use strict';
document.documentElement.classList.add('js');
document.addEventListener('DOMContentLoaded', () => {
  const LEVELS = {t: 0, d: 0, c: 1, i: 1, w: 2, e: 3}, CHUNK = 200, MARKED = 2000;
  const el = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  // The page's words in its reader's language, where its writer knew them.
  const words = JSON.parse(document.getElementById('log').dataset.words || '{}');
  const _ = (text, fields) => {
    let said = words[text] || text;
    for (const [name, value] of Object.entries(fields || {}))
      said = said.replace('{' + name + '}', () => value);
    return said;
  };
  const number = (value, digits) => value.toLocaleString(document.documentElement.lang || 'en',
    {minimumFractionDigits: digits || 0, maximumFractionDigits: digits || 0});
  const size = bytes => {
    if (!(bytes >= 0)) return '';
    for (const [unit, factor] of [['TB', 1e12], ['GB', 1e9], ['MB', 1e6], ['kB', 1e3]])
      if (bytes >= factor) return number(bytes / factor, 1) + ' ' + unit;
    return _('{size} bytes', {size: bytes});
  };
  const level = document.getElementById('level'), order = document.getElementById('order');
  const search = document.getElementById('search'), count = document.getElementById('count');
  const main = document.getElementById('log');
  const nodes = [...document.querySelectorAll('body > div')];
  // Entries are English, as they were written; what stands around them is not.
  for (const part of document.querySelectorAll('body > div > b, body > div > button, summary'))
    part.textContent = _(part.textContent);
  for (const part of document.querySelectorAll('body > div > i'))
    part.textContent = _('Job {number}', {number: part.textContent.replace(/\\D/g, '')});
  document.body.append(main);

  // Lines of a tool's output that follow each other in a job become one folded block.
  const records = [], groups = new Map(), talking = new Map();
  for (const node of nodes) {
    const job = node.dataset.job || '';
        let block = talking.get(job);
    if (node.classList.contains('t')) {
      if (!block) {
        const box = el('div', 'd');
        const details = box.appendChild(el('details')), pre = el('pre');
        const stamp = node.querySelector('time');
        if (stamp) box.prepend(stamp);
        block = {summary: details.appendChild(el('summary')), pre, tools: new Set(), lines: 0};
        details.append(pre);
        box.dataset.job = job;
        const record = {node: box, level: 0, job};
        records.push(record);
        group(job).records.push(record);
        talking.set(job, block);
      }
      const tool = node.querySelector('u');
      block.tools.add(tool ? tool.textContent : '');
      block.pre.append((node.querySelector('span') || node).textContent + '\\n');
      block.lines += 1;
      const told = block.lines === 1 ? 'Output of {tools}, 1 line' : 'Output of {tools}, {number} lines';
      const tools = [...block.tools].join(', ');
      block.summary.textContent = _(told, {tools, number: number(block.lines)});
      node.remove();
      continue;
    }
    talking.delete(job);
    const record = {node, level: LEVELS[node.className] ?? 1, job};
    records.push(record);
    group(job).records.push(record);
    if (node.dataset.state) group(job).states.push(node);
  }
  function group(job) {
    if (!groups.has(job)) groups.set(job, {job, records: [], states: []});
    return groups.get(job);
  }

  // The browser lays out only the chunks that are in view; of the others it is told the height.
  let parts = [];
  function chunks(parent, list) {
    for (let at = 0; at < list.length; at += CHUNK) {
      const chunk = {box: el('div', 'chunk'), visible: 0, shown: -1};
      parts.push(chunk);
      for (const record of list.slice(at, at + CHUNK)) {
        record.chunk = chunk;
        chunk.box.append(record.node);
      }
      parent.append(chunk.box);
    }
  }
  const state = node => _(node.dataset.state.replaceAll('-', ' '));
  const clock = node => (node.querySelector('time') || {}).textContent || '';
  function section(group) {
    const film = group.states.map(node => node.querySelector('bdi')).find(Boolean);
    const box = el('section'), details = box.appendChild(el('details'));
    const summary = details.appendChild(el('summary')), last = group.states[group.states.length - 1];
    if (group.job) {
      box.id = 'job-' + group.job;
      summary.append(el('small', '', _('Job {number}', {number: group.job})));
      if (film) summary.append(el('bdi', '', film.textContent.split(/[\\\\/]/).pop()));
      if (last) {
        summary.append(el('span', 'state ' + last.dataset.state, state(last)));
      }
    } else summary.append(el('bdi', '', _('The program itself')));
    const first = group.records[0].node, end = group.records[group.records.length - 1].node;
    summary.append(el('small', '', clock(first).slice(0, 8) + ' – ' + clock(end).slice(0, 8)));
    const worst = group.records.reduce((most, record) => Math.max(most, record.level), 0);
    if (worst > 1 && !(last && last.dataset.state === 'failed'))
      summary.append(el('small', worst > 2 ? 'failed' : '', _(worst > 2 ? 'with errors' : 'with warnings')));
    const facts = el('dl');
    const fact = (name, text) => {
      if (!text) return;
      const line = facts.appendChild(el('div'));
      line.append(el('dt', '', name), ' ', el('dd', '', text));
    };
    if (film) fact(_('Film'), film.textContent);
    if (last && last.dataset.before) {
      const before = +last.dataset.before, after = +last.dataset.after;
      fact(_('Before'), size(before));
      if (last.dataset.after) {
        fact(_('After'), size(after));
        const saved = before ? Math.round((1 - after / before) * 100) : 0;
        const share = (saved / 100).toLocaleString(document.documentElement.lang || 'en', {style: 'percent'});
        fact(_('Saved'), size(Math.max(0, before - after)) + ' (' + share + ')');
        summary.append(el('small', '', size(before) + ' → ' + size(after)));
      }
    }
    if (facts.childElementCount) details.append(facts);
    if (group.states.length) {
      const line = details.appendChild(el('ol'));
      for (const node of group.states) {
        const step = line.appendChild(el('li'));
        step.append(el('time', '', clock(node).slice(0, 8)), ' ',
          el('span', node.dataset.state, state(node)));
      }
    }
    group.body = details.appendChild(el('div', 'lines'));
    group.details = details;
    group.box = box;
    return box;
  }
  // The program itself first, then the jobs as they began.
  const sections = [...groups.values()].sort((first, second) => !!first.job - !!second.job);
  const boxes = sections.map(section);
  let shown = '';
  function arrange() {
    if (shown === order.value) return;
    shown = order.value;
    main.replaceChildren();
    parts = [];
    if (shown === 'job') {
      for (const group of sections) {
        group.body.replaceChildren();
        chunks(group.body, group.records);
      }
      main.append(...boxes);
    } else chunks(main, records);
  }

  const marks = 'highlights' in CSS && typeof Highlight === 'function';
  let matches = [], at = -1, searched = '';
  function mark(wanted) {
    if (!marks) return;
    const ranges = [];
    const near = Math.max(0, at - MARKED / 2);
    for (const record of wanted ? matches.slice(near, near + MARKED) : []) {
      const walker = document.createTreeWalker(record.node, NodeFilter.SHOW_TEXT);
      for (let text; (text = walker.nextNode()) && ranges.length < MARKED;) {
        const low = text.data.toLowerCase();
        if (low.length !== text.data.length) continue;
        for (let found = -1; (found = low.indexOf(wanted, found + 1)) >= 0;) {
          const range = new Range();
          range.setStart(text, found);
          range.setEnd(text, found + wanted.length);
          ranges.push(range);
        }
      }
    }
    if (ranges.length) CSS.highlights.set('found', new Highlight(...ranges));
    else CSS.highlights.delete('found');
  }
  function filter() {
    arrange();
    const lowest = +level.value, wanted = searched = search.value.trim().toLowerCase();
    if (at >= 0 && matches[at]) matches[at].node.classList.remove('found');
    matches = [];
    at = -1;
    let visible = 0;
    for (const folded of [...sections, ...parts]) folded.visible = 0;
    for (const record of records) {
      const low = record.level < lowest;
      let match = true;
      if (!low && wanted) {
        record.text ??= record.node.textContent.toLowerCase();
        match = record.text.includes(wanted);
        if (match) matches.push(record);
      }
      if (record.low !== low) record.node.classList.toggle('low', record.low = low);
      if (record.match !== match) record.node.classList.toggle('unmatched', !(record.match = match));
      if (!low && match) {
        visible += 1;
        groups.get(record.job).visible += 1;
        record.chunk.visible += 1;
      }
    }
    for (const part of parts) {
      if (part.shown === part.visible) continue;
      part.shown = part.visible;
      part.box.hidden = !part.visible;
      part.box.style.containIntrinsicSize = 'auto ' + part.visible * 1.5 + 'rem';
    }
    const narrowed = wanted !== '' || lowest > 1;
    for (const group of sections) {
      group.box.hidden = !group.visible;
      if (narrowed) group.details.open = group.visible > 0;
      else if (group.narrowed) group.details.open = false;
      group.narrowed = narrowed;
    }
    count.value = visible === records.length ? _('{number} entries', {number: number(visible)}) :
      _('{number} of {total} entries', {number: number(visible), total: number(records.length)});
    mark(wanted);
  }
  function jump(step) {
    if (!matches.length) return;
    if (at >= 0) matches[at].node.classList.remove('found');
    at = (at + step + matches.length) % matches.length;
    const node = matches[at].node;
    node.classList.add('found');
    mark(searched);
    for (const fold of node.querySelectorAll('details'))
      if (fold.textContent.toLowerCase().includes(searched)) fold.open = true;
    for (let up = node.parentElement; up; up = up.parentElement)
      if (up.tagName === 'DETAILS') up.open = true;
    node.scrollIntoView({block: 'center'});
    count.value = _('{number} of {total}', {number: number(at + 1), total: number(matches.length)});
  }

  let timer = 0;
  const later = () => { clearTimeout(timer); timer = setTimeout(filter, 150); };
  search.addEventListener('input', later);
  search.addEventListener('keydown', event => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    clearTimeout(timer);
    if (search.value.trim().toLowerCase() !== searched) filter();
    jump(event.shiftKey ? -1 : 1);
  });
  level.addEventListener('change', filter);
  order.addEventListener('change', filter);
  document.getElementById('next').addEventListener('click', () => jump(1));
  document.getElementById('previous').addEventListener('click', () => jump(-1));
  document.addEventListener('click', event => {
    const button = event.target.closest('.c > button');
    if (!button) return;
    const text = button.parentElement.querySelector('pre').textContent;
    const done = () => { button.textContent = _('Copied'); };
    const by_selection = () => {
      getSelection().selectAllChildren(button.parentElement.querySelector('pre'));
      if (document.execCommand('copy')) done();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, by_selection);
    else by_selection();
  });
  document.addEventListener('keydown', event => {
    if (event.key === '/' && !/INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) {
      event.preventDefault();
      search.focus();
    }
  });
  function visit() {
    const box = document.getElementById(location.hash.slice(1));
    const group = sections.find(each => each.box === box);
    if (!group) return;
    order.value = 'job';
    filter();
    group.details.open = true;
    box.scrollIntoView();
  }
  addEventListener('hashchange', visit);
  filter();
  if (sections.length === 1) sections[0].details.open = true;
  visit();
});
"""

# What the script says, and what it finds in the entries.
_WORDS = (
    *(N_("Output of {tools}, 1 line"), N_("Output of {tools}, {number} lines"), N_("Job {number}")),
    *(N_("The program itself"), N_("with errors"), N_("with warnings"), N_("{size} bytes")),
    *(N_("Film"), N_("Before"), N_("After"), N_("Saved"), N_("Copy"), N_("Copied"), N_("Figures")),
    *(N_("{number} entries"), N_("{number} of {total} entries"), N_("{number} of {total}")),
    *(N_("Where it happened"), N_("WARNING"), N_("ERROR"), N_("CRITICAL")),
    *(N_("queued"), N_("analyzing"), N_("processing"), N_("verifying"), N_("completed")),
    *(N_("failed"), N_("skipped"), N_("cancelled"), N_("swap pending"), N_("paused")),
)


def _controls(say: Translator) -> str:
    def options(*choices: Tuple[str, str]) -> str:
        return "".join(
            f"<option value={value}>{html.escape(say(text))}</option>" for value, text in choices
        )

    levels = options(
        ("0", N_("everything")),
        ("1", N_("all but the tools' output")),
        ("2", N_("warnings and errors")),
        ("3", N_("errors")),
    )
    orders = options(("job", N_("by job")), ("time", N_("by time")))
    show, order, search, previous, following = (
        html.escape(say(text))
        for text in (N_("Show"), N_("Order"), N_("Search"), N_("Previous"), N_("Next"))
    )
    return (
        f"<form><label>{show} <select id=level>{levels}</select></label> "
        f"<label>{order} <select id=order>{orders}</select></label> "
        f"<label>{search} <input id=search type=search autocomplete=off spellcheck=false></label> "
        f"<button id=previous type=button>{previous}</button> "
        f"<button id=next type=button>{following}</button> "
        "<output id=count></output></form>"
    )


def _words(language: PageLanguage) -> str:
    """What the script needs of the language, as an attribute; nothing where that is English."""
    words = {text: said for text in _WORDS for said in (language.say(text),) if said != text}
    return f' data-words="{html.escape(json.dumps(words))}"' if words else ""


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


# Only this very style and script: not even markup that slipped through could run or load anything.
_POLICY = (
    f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; "
    "base-uri 'none'; form-action 'none'"
)


def page_head(title: str, language: PageLanguage = ENGLISH) -> str:
    """Everything of a page that comes before its first entry; ends with a line end.

    The entries of a log are English; what stands around them is in the reader's ``language``.
    """
    shown = printable(title).replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
    return (
        f"<!doctype html>\n<html lang={language.code}><head><meta charset=utf-8>\n"
        f'<meta http-equiv=Content-Security-Policy content="{_POLICY}">\n'
        "<meta name=viewport content='width=device-width'><meta name=referrer content=no-referrer>\n"
        f"<title>{shown}</title>\n<style>{_STYLE}</style></head>\n"
        f"<body><header><h1>{shown}</h1>{_controls(language.say)}</header>"
        f"<main id=log{_words(language)}></main>\n"
        f"<script>{_SCRIPT}</script>\n"
    )
