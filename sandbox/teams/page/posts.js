import { el } from './dom.js';
import { createThreadView } from './thread-view.js';

/** Within this distance of its end the list counts as "at the end" and follows new messages, px. */
const NEAR_END = 120;

/** The messages of one conversation, in the order of their threads. Keeps the reader's place when cards change. */
export function createPosts(scroller, conversation, context) {
  const column = el('div', { className: conversation.kind === 'channel' ? 'column channel' : 'column chat' });
  const threads = new Map();
  const rootOf = new Map();
  let lastDay = '';
  let isEmpty = true;
  scroller.replaceChildren(column);

  function showWelcome() {
    column.replaceChildren(
      el(
        'div',
        { className: 'welcome' },
        el('img', { src: '/bell.svg', alt: '' }),
        el('h2', {}, `${context.botName} is here`),
        el('p', {}, 'It moves mailboxes from an IMAP server to Exchange Online. Write a command, or pick one:'),
        el(
          'div',
          { className: 'hints' },
          ...context.hints.map((hint) =>
            el('button', { type: 'button', className: 'hint', onclick: () => context.onHint(hint) }, hint),
          ),
        ),
      ),
    );
  }

  function threadFor(message) {
    const rootId = conversation.kind === 'channel' ? (message.rootId ?? message.id) : message.id;
    const known = threads.get(rootId);
    if (known !== undefined) return known;
    if (isEmpty) column.replaceChildren();
    isEmpty = false;
    const day = new Date(message.createdAt).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' });
    if (day !== lastDay) column.append(el('div', { className: 'day' }, day));
    lastDay = day;
    const thread = createThreadView({
      canReply: conversation.kind === 'channel',
      compose: { ...context.compose, onSend: (text) => context.onReply(rootId, text) },
      onGrow: () => undefined,
    });
    threads.set(rootId, thread);
    column.append(thread.element);
    return thread;
  }

  function put(message) {
    const rootId = rootOf.get(message.id);
    if (rootId !== undefined) {
      threads.get(rootId)?.view(message.id)?.update(message);
      return undefined;
    }
    const thread = threadFor(message);
    rootOf.set(message.id, conversation.kind === 'channel' ? (message.rootId ?? message.id) : message.id);
    return thread.add(message, context);
  }

  /** Loads what is there and goes to the end. */
  function load(messages) {
    for (const message of messages) put(message);
    if (isEmpty) showWelcome();
    scroller.scrollTop = scroller.scrollHeight;
  }

  /** Adds or changes one message without moving what is being read. */
  function receive(message) {
    const wasAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
    const anchor = wasAtEnd ? undefined : firstVisible();
    const top = anchor?.getBoundingClientRect().top;
    const added = put(message);
    if (anchor !== undefined && anchor.isConnected) {
      scroller.scrollTop += anchor.getBoundingClientRect().top - top;
    } else if (wasAtEnd) {
      showEnd(added);
    }
  }

  /** A new card taller than the window is shown from its beginning, everything else from its end. */
  function showEnd(added) {
    scroller.scrollTop = scroller.scrollHeight;
    if (added === undefined || added.offsetHeight < scroller.clientHeight) return;
    scroller.scrollTop += added.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 12;
  }

  function firstVisible() {
    const edge = scroller.getBoundingClientRect().top;
    return [...column.querySelectorAll('.message')].find((message) => message.getBoundingClientRect().bottom > edge);
  }

  function showTyping(rootId) {
    const thread = rootId === undefined ? undefined : threads.get(rootId);
    column.querySelector('.typing')?.remove();
    const dots = el(
      'p',
      { className: 'typing', role: 'status' },
      el('i'),
      el('i'),
      el('i'),
      `${context.botName} is typing`,
    );
    (thread?.element ?? column).append(dots);
    setTimeout(() => dots.remove(), 4000);
  }

  return { load, receive, showTyping };
}
