import { renderCard } from '/cards.js';

const byId = (id) => document.getElementById(id);
const state = {
  people: [],
  conversations: [],
  messages: new Map(),
  person: undefined,
  conversation: undefined,
  root: undefined,
};

const events = new EventSource('/page/events');
events.addEventListener('state', (event) => {
  const loaded = JSON.parse(event.data);
  state.people = loaded.people;
  state.conversations = loaded.conversations;
  state.messages = new Map(loaded.messages.map((message) => [message.id, message]));
  state.person ??= state.people[0];
  state.conversation ??= state.conversations[0];
  showPeople();
  showAll();
});
events.addEventListener('change', (event) => {
  const change = JSON.parse(event.data);
  if (change.type === 'delete') state.messages.delete(change.id);
  else state.messages.set(change.message.id, change.message);
  if (change.type === 'update') return refreshMessage(change.message);
  showMessages();
});

function showPeople() {
  byId('person').replaceChildren(
    ...state.people.map((person) => new Option(`${person.name} · ${person.role}`, person.id)),
  );
  byId('person').value = state.person.id;
}

byId('person').addEventListener('change', (event) => {
  state.person = state.people.find((person) => person.id === event.target.value);
  if (state.conversation.kind === 'personal')
    state.conversation = state.conversations.find((each) => each.person?.id === state.person.id);
  showAll();
});
byId('theme').addEventListener('click', () => {
  const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  showMessages();
});

function showAll() {
  const visible = state.conversations.filter((each) => each.kind === 'channel' || each.person.id === state.person.id);
  byId('conversations').replaceChildren(
    ...visible.map((each) => {
      const button = element('button', each === state.conversation ? 'conversation selected' : 'conversation');
      button.append(element('span', 'sign', each.kind === 'channel' ? '#' : 'B'), element('span', '', each.name));
      button.addEventListener('click', () => {
        state.conversation = each;
        state.root = undefined;
        showAll();
      });
      return button;
    }),
  );
  const { name, kind } = state.conversation;
  byId('title').replaceChildren(
    element('strong', '', kind === 'channel' ? `# ${name}` : name),
    element('small', '', kind === 'channel' ? 'Channel · Bellhop is mentioned for you' : 'Chat'),
  );
  byId('mention').hidden = kind !== 'channel';
  showMessages();
  byId('text').focus();
}

function showMessages() {
  const list = byId('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const own = [...state.messages.values()]
    .filter((message) => message.conversationId === state.conversation.id)
    .sort((a, b) => Number(a.id) - Number(b.id));
  const threads = new Map();
  for (const message of own) threads.set(message.rootId, [...(threads.get(message.rootId) ?? []), message]);
  if (own.length === 0) list.replaceChildren(welcome());
  else list.replaceChildren(...[...threads.values()].map(showThread));
  if (atEnd || list.dataset.shown !== state.conversation.id) list.scrollTop = list.scrollHeight;
  list.dataset.shown = state.conversation.id;
}

function welcome() {
  const box = element('div', 'welcome');
  box.append(element('h2', '', 'Nothing here yet'), element('p', '', 'Write a command to Bellhop, for example:'));
  for (const text of ['start batch demo', 'check batch demo', 'status', 'help']) {
    const button = element('button', 'suggestion', text);
    button.addEventListener('click', () => send(text));
    box.append(button);
  }
  return box;
}

function showThread(messages) {
  const thread = element('article', 'thread');
  thread.append(...messages.map(showMessage));
  if (state.conversation.kind === 'channel') {
    const reply = element(
      'button',
      'reply',
      state.root === messages[0].rootId ? 'Replying here · Esc to leave' : 'Reply',
    );
    reply.addEventListener('click', () => {
      state.root = state.root === messages[0].rootId ? undefined : messages[0].rootId;
      showMessages();
      byId('text').focus();
    });
    thread.append(reply);
  }
  return thread;
}

function showMessage(message) {
  const row = element('div', `message${message.id === message.rootId ? '' : ' answer'}`);
  row.dataset.id = message.id;
  fillMessage(row, message);
  return row;
}

function fillMessage(row, message) {
  const time = new Date(Number(message.id)).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const head = element('header', '');
  head.append(
    element('strong', '', message.from.name),
    element('time', '', message.editedAt ? `${time} · edited` : time),
  );
  const body = element('div', 'body');
  if (message.text) body.append(element('p', '', message.text));
  for (const { content } of message.attachments) {
    body.append(renderCard(content, document.documentElement.dataset.theme, (action) => press(message, action, row)));
  }
  row.replaceChildren(
    element('span', `avatar${message.from.bot ? ' bot' : ''}`, initials(message.from.name)),
    head,
    body,
  );
}

// In place and without moving anything else: a card that is edited must not jump.
function refreshMessage(message) {
  const row = document.querySelector(`[data-id="${message.id}"]`);
  if (row === null) return;
  const list = byId('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const body = row.querySelector('.body');
  body.style.minHeight = `${body.offsetHeight}px`;
  fillMessage(row, message);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

async function press(message, action, row) {
  row.classList.add('busy');
  const answer = await call('/page/press', { conversation: message.conversationId, message: message.id, action });
  row.classList.remove('busy');
  const note =
    answer.error ?? (answer.type === 'application/vnd.microsoft.activity.message' ? answer.value : undefined);
  if (note !== undefined) {
    row.querySelector('.note')?.remove();
    row.querySelector('.body').append(element('p', `note${answer.error ? ' wrong' : ''}`, note));
  }
}

async function send(text) {
  await call('/page/say', { conversation: state.conversation.id, text, root: state.root });
}

async function call(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ person: state.person.id, ...body }),
  });
  return response.json();
}

byId('compose').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = byId('text').value.trim();
  if (text === '') return;
  byId('text').value = '';
  await send(text);
});
byId('text').addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  state.root = undefined;
  showMessages();
});

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (name === 'button') made.type = 'button';
  return made;
}

function initials(name) {
  return name
    .split(' ')
    .map((word) => word[0])
    .join('')
    .slice(0, 2);
}
