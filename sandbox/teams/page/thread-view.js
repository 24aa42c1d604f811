import { createCompose } from './compose.js';
import { el } from './dom.js';
import { createMessageView } from './message-view.js';

/** Replies shown of a long thread; the rest waits behind a button. */
const SHOWN = 6;

/** A root post with its replies and a way to reply. In chats every message is its own thread, without replies. */
export function createThreadView({ canReply, compose, onGrow }) {
  const root = el('div');
  const replies = el('div', { className: 'replies' });
  const foot = el('div', { className: 'thread-foot' });
  const element = el('section', { className: 'thread' }, root, replies);
  const views = new Map();
  let isUnfolded = false;
  let box;

  const earlier = el('button', { type: 'button', className: 'quiet', onclick: () => unfold() });
  if (canReply) {
    foot.append(el('button', { type: 'button', className: 'quiet reply', onclick: () => openReply() }, 'Reply'));
    element.append(foot);
  }

  function unfold() {
    isUnfolded = true;
    fold();
    onGrow();
  }

  function fold() {
    const all = [...replies.children].filter((child) => child !== earlier);
    const hidden = isUnfolded ? 0 : Math.max(0, all.length - SHOWN);
    all.forEach((child, index) => {
      child.hidden = index < hidden;
    });
    earlier.textContent = `Show ${hidden} earlier ${hidden === 1 ? 'reply' : 'replies'}`;
    if (hidden > 0) replies.prepend(earlier);
    else earlier.remove();
  }

  function openReply() {
    if (box === undefined) {
      box = createCompose({ ...compose, placeholder: 'Reply' });
      foot.before(box.element);
      foot.hidden = true;
      onGrow();
    }
    box.focus();
  }

  function add(message, context) {
    const view = createMessageView(message, context);
    views.set(message.id, view);
    if (message.rootId === undefined) {
      root.replaceChildren(view.element);
    } else {
      replies.append(view.element);
      fold();
    }
    return view.element;
  }

  return { element, add, view: (id) => views.get(id) };
}
