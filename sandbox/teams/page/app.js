import { createApi } from './api.js';
import { createCompose } from './compose.js';
import { avatar, el, icon } from './dom.js';
import { createPosts } from './posts.js';
import { renderRail } from './rail.js';

const HINTS = ['start batch demo', 'status', 'help'];

const parts = Object.fromEntries(
  ['rail', 'head', 'posts', 'compose', 'notice', 'shade'].map((id) => [id, document.getElementById(id)]),
);
const address = new URLSearchParams(location.search);
const unread = new Map();
let api;
let state;
let current;
let posts;
let compose;
let stopListening = () => undefined;

/** Becomes a person: loads what they see and listens to what changes. */
async function become(handle) {
  stopListening();
  api = createApi(handle);
  state = await api.state();
  unread.clear();
  remember('as', handle);
  document.title = `${state.me.name} · Local Teams`;
  const wanted = state.conversations.find(({ id, name }) => id === address.get('in') || name === address.get('in'));
  await openConversation((wanted ?? state.conversations[0]).id);
  let isFirst = true;
  stopListening = api.listen({
    onOpen() {
      parts.notice.textContent = '';
      // After a break in the line the messages in between are only in the state.
      if (!isFirst) void catchUp();
      isFirst = false;
      void api.open(current.id);
    },
    onLost: () => (parts.notice.textContent = 'Connection lost, trying again…'),
    onMessage: receive,
    onTyping: ({ conversationId, rootId }) => conversationId === current.id && posts.showTyping(rootId),
  });
}

async function catchUp() {
  state = await api.state();
  const again = state.conversations.find(({ id }) => id === current.id);
  for (const message of again?.messages ?? []) posts.receive(message);
  showRail();
}

async function openConversation(id) {
  const conversation = state.conversations.find((candidate) => candidate.id === id);
  current = conversation;
  unread.delete(id);
  remember('in', conversation.kind === 'channel' ? conversation.name : conversation.id);
  document.body.classList.remove('rail-open');
  showRail();
  showHead();
  const needsMention = conversation.kind !== 'personal';
  const box = { bot: state.bot, needsMention, commands: state.commands, placeholder: 'Write a message' };
  compose = createCompose({
    ...box,
    placeholder: conversation.kind === 'channel' ? 'Start a post' : `Write to ${state.bot.name}`,
    onSend: (text) => send(text),
  });
  parts.compose.replaceChildren(compose.element);
  posts = createPosts(parts.posts, conversation, {
    api,
    botName: state.bot.name,
    hints: HINTS,
    compose: box,
    onHint: (hint) => compose.fill(hint),
    onReply: (rootId, text) => send(text, rootId),
  });
  posts.load(conversation.messages);
  if (matchMedia('(min-width: 761px)').matches) compose.focus();
  await api.open(id);
}

function send(text, rootId) {
  if (rootId === undefined) parts.posts.scrollTop = parts.posts.scrollHeight;
  api.say(current.id, text, rootId).catch((error) => (parts.notice.textContent = error.message));
}

function receive(message) {
  const conversation = state.conversations.find(({ id }) => id === message.conversationId);
  if (conversation === undefined) return;
  const index = conversation.messages.findIndex(({ id }) => id === message.id);
  const isNew = index < 0;
  if (isNew) conversation.messages.push(message);
  else conversation.messages[index] = message;
  if (conversation.id === current.id) {
    posts.receive(message);
  } else if (isNew) {
    unread.set(conversation.id, (unread.get(conversation.id) ?? 0) + 1);
    showRail();
  }
}

function showRail() {
  const options = { state, currentId: current.id, unread, onOpen: openConversation, onPerson: become };
  renderRail(parts.rail, options);
}

function openRail() {
  document.body.classList.toggle('rail-open');
}

function showHead() {
  const { kind, team, members, name } = current;
  const where =
    kind === 'channel' ? `${team} · ${members} people and ${state.bot.name}` : `Chat of ${state.me.name} with the app`;
  parts.head.replaceChildren(
    el(
      'button',
      {
        type: 'button',
        className: 'icon-button',
        id: 'open-rail',
        'aria-label': 'Conversations and people',
        onclick: openRail,
      },
      icon('menu'),
    ),
    el('div', { className: 'where' }, el('h1', {}, name), el('p', {}, where)),
    el('span', { className: 'me' }, avatar(state.me.name, false, true), state.me.name),
    el(
      'button',
      { type: 'button', className: 'icon-button', 'aria-label': 'Light or dark', onclick: toggleTheme },
      themeIcon(),
    ),
  );
}

function themeIcon() {
  return icon(document.documentElement.dataset.theme === 'dark' ? 'sun' : 'moon');
}

function toggleTheme(event) {
  const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  localStorage.setItem('theme', theme);
  event.currentTarget.replaceChildren(themeIcon());
}

function remember(key, value) {
  address.set(key, value);
  history.replaceState(null, '', `?${address}`);
}

parts.shade.addEventListener('click', () => document.body.classList.remove('rail-open'));
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') document.body.classList.remove('rail-open');
});

const first = await fetch('/api/people').then((response) => response.json());
const known = first.people.some(({ handle }) => handle === address.get('as'));
await become(known ? address.get('as') : first.people[0].handle);
