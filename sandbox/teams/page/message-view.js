import { createCardView } from './card-view.js';
import { openDialog } from './dialog.js';
import { avatar, el, icon } from './dom.js';
import { createFileView } from './file-view.js';
import { messageMarkdown } from './markdown.js';
import { openMenu } from './menu.js';

/** One message. `update(message)` changes only what is new; cards keep what somebody typed into them. */
export function createMessageView(message, { api, botName }) {
  const isBot = message.author.kind === 'bot';
  const text = el('div', { className: 'message-text' });
  const cards = el('div');
  const state = el('div');
  const file = el('div');
  const edited = el('span', { className: 'edited' });
  const more = el(
    'button',
    { type: 'button', className: 'icon-button more', 'aria-label': 'More options', hidden: true },
    icon('more'),
  );
  const views = [];
  let shown;

  const element = el(
    'article',
    {
      className: 'message',
      'data-id': message.id,
      'aria-label': `${message.author.name}, ${timeOf(message.createdAt)}`,
    },
    avatar(message.author.name, isBot),
    el(
      'div',
      { className: 'message-head' },
      el('b', {}, message.author.name),
      isBot && el('span', { className: 'tag' }, 'app'),
      message.onlyFor !== undefined && el('span', { className: 'tag' }, 'only you see this'),
      el('time', { dateTime: new Date(message.createdAt).toISOString() }, timeOf(message.createdAt)),
      edited,
      more,
    ),
    el('div', { className: 'message-body' }, text, cards, file, state),
  );
  more.addEventListener('click', () => openMenu(more, [{ title: 'Refresh card', run: () => void api.refresh(shown) }]));

  function update(next) {
    if (shown !== undefined && next.revision <= shown.revision) return;
    const before = shown;
    shown = next;
    if (before?.text !== next.text || before.deleted !== next.deleted) showText(text, next);
    next.cards.forEach((card, index) => {
      views[index] ??= addCard(index);
      views[index].show(card);
    });
    for (const view of views.splice(next.cards.length)) view.element.remove();
    if (next.fileOffer?.answer !== before?.fileOffer?.answer || before === undefined) showFile(next);
    edited.textContent = next.editedAt === undefined || next.deleted ? '' : `edited ${timeOf(next.editedAt)}`;
    more.hidden = !next.canRefresh;
    state.replaceChildren(...stateOf(next, botName));
  }

  function showFile({ fileOffer }) {
    if (fileOffer === undefined) return;
    file.replaceChildren(createFileView(fileOffer, (accepted) => api.answerFile(shown, accepted)));
  }

  function addCard() {
    const view = createCardView(async (action) => {
      const outcome = await api.press(shown, action);
      if (outcome.kind === 'dialog') openDialog(outcome.dialog, (data) => api.submit(shown, data));
      return outcome;
    });
    cards.append(view.element);
    return view;
  }

  update(message);
  return { element, update };
}

function showText(element, message) {
  element.className = 'message-text';
  if (message.deleted) {
    element.replaceChildren(el('span', { className: 'gone' }, 'This message was deleted.'));
  } else if (message.author.kind === 'person' || message.textFormat === 'plain') {
    element.classList.add('plain');
    element.replaceChildren(...withMentions(message.text, message.mentions));
  } else {
    // The renderer escapes HTML; formats a bot may choose (`xml`) are shown the same way.
    element.innerHTML = messageMarkdown(message.text);
  }
  element.append(...message.attachments.map((name) => el('p', { className: 'attachment' }, `Attachment: ${name}`)));
}

/** Splits at the mentioned names: `@Bellhop` is shown as a mention, everything else as it was written. */
function withMentions(text, mentions) {
  const names = mentions.map(({ name }) => name);
  if (names.length === 0) return [text];
  const pattern = new RegExp(`@(${names.map((name) => name.replaceAll(/[^\w ]/gu, String.raw`\$&`)).join('|')})`, 'u');
  return text
    .split(pattern)
    .map((part, index) => (index % 2 === 1 ? el('span', { className: 'mention' }, part) : part));
}

function stateOf(message, botName) {
  if (message.deleted) return [];
  if (message.delivery === 'failed') {
    return [
      el('p', { className: 'not-sent', role: 'alert' }, `✕ ${botName} did not take this message. Is it running?`),
    ];
  }
  return [];
}

/** A time for people, in the reader's own zone. */
function timeOf(milliseconds) {
  return new Date(milliseconds).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
