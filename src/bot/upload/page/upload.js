'use strict';
const words = JSON.parse(document.getElementById('words').textContent);
const [drop, file, sending, answer, left] = ['drop', 'file', 'sending', 'answer', 'left'].map((id) =>
  document.getElementById(id),
);
const LARGEST = 10_000_000;
const ROWS_AT_A_TIME = 200;
const MARKS = { done: '✓', attention: '!', failed: '✕' };

/** Makes an element; what comes from outside becomes text, never markup. */
function el(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const ends = performance.now() + words.left;
const timer = setInterval(countDown, 500);
function countDown() {
  const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  left.classList.toggle('soon', seconds < 120);
  if (seconds > 0 || !sending.hidden) return;
  clearInterval(timer);
  if (answer.hidden) location.reload();
  drop.hidden = true;
}
countDown();

for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'])
  addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragenter' || name === 'dragover');
  });
addEventListener('drop', ({ dataTransfer }) => send(dataTransfer.files[0]));
file.addEventListener('change', () => {
  send(file.files[0]);
  // The same name chosen again is a file that was mended.
  file.value = '';
});
document
  .getElementById('template')
  .addEventListener('click', () => save('users.csv', '\ufeffEmailAddress,UserName,Password\r\n'));

function send(chosen) {
  if (chosen === undefined || drop.hidden) return;
  if (chosen.size > LARGEST) return show(problem(words.tooLarge));
  document.getElementById('name').textContent = chosen.name;
  show(undefined);
  const request = new XMLHttpRequest();
  request.open('POST', `${location.pathname}?lang=${words.lang}`);
  request.setRequestHeader('Content-Type', 'text/csv');
  request.upload.addEventListener('progress', ({ loaded, total }) =>
    step(words.uploading, total > 0 ? loaded / total : 0),
  );
  request.upload.addEventListener('load', () => step(words.reading, undefined));
  request.addEventListener('load', () => show(read(request.responseText)));
  request.addEventListener('error', () => show(problem(words.failed)));
  step(words.uploading, 0);
  request.send(chosen);
}

function step(text, share) {
  const bar = document.getElementById('bar');
  document.getElementById('step').textContent = share === undefined ? text : `${text} ${Math.round(share * 100)} %`;
  if (share === undefined) bar.removeAttribute('value');
  else bar.value = share;
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return problem(words.failed);
  }
}

function problem(title) {
  return {
    tone: 'failed',
    title,
    sentence: '',
    command: null,
    figures: [],
    problems: [],
    warnings: [],
    badRows: null,
    open: true,
  };
}

/** Shows an answer; undefined shows that one is awaited. */
function show(result) {
  sending.hidden = result !== undefined;
  answer.hidden = result === undefined;
  drop.hidden = result === undefined || !result.open;
  if (result === undefined) return;
  drop.classList.add('small');
  answer.replaceChildren(...partsOf(result));
  if (!result.open) {
    clearInterval(timer);
    left.parentElement.hidden = true;
    document.getElementById('columns').hidden = true;
  } else answer.after(drop);
  answer.focus();
}

function partsOf({ tone, title, sentence, command, figures, problems, warnings, badRows, badRowsName }) {
  const said = el('div', '', el('h2', '', title));
  if (sentence !== '') said.append(el('p', '', sentence, ' ', command === null ? '' : el('code', '', command)));
  const parts = [el('div', `band ${tone}`, el('span', '', MARKS[tone]), said)];
  if (figures.length > 1) parts.push(el('dl', 'figures', ...figures.map(figure)));
  if (problems.length > 0) parts.push(table(problems));
  if (badRows !== null) parts.push(takeAway(badRows, badRowsName));
  if (warnings.length > 0) parts.push(el('h3', '', words.warnings), table(warnings));
  return parts;
}

function figure({ label, value, alarming }) {
  return el('div', '', el('dt', '', label), el('dd', alarming ? 'alarming' : '', value));
}

function takeAway(badRows, name) {
  const button = el('button', '', words.download);
  button.type = 'button';
  button.addEventListener('click', () => save(name, badRows));
  return el('div', 'take', button, el('small', '', words.downloadHint));
}

function table(problems) {
  const body = el('tbody', '');
  const more = el('button', 'quiet', words.more);
  more.type = 'button';
  const grow = () => {
    const from = body.children.length;
    body.append(...problems.slice(from, from + ROWS_AT_A_TIME).map(row));
    more.hidden = body.children.length >= problems.length;
  };
  more.addEventListener('click', grow);
  grow();
  const head = el('tr', '', ...[words.row, words.problem, words.remedy].map((title) => el('th', '', title)));
  return el('div', '', el('div', 'scroll', el('table', '', el('thead', '', head), body)), more);
}

function row({ row: number, message, remedy }) {
  const place = number === null ? words.file : String(number);
  const first = el('td', 'row', place);
  if (number !== null) first.dataset.label = words.row;
  return el('tr', '', first, el('td', '', message), el('td', '', remedy));
}

function save(name, text) {
  const link = el('a', '');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
