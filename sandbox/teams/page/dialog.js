import { createCardView } from './card-view.js';
import { el } from './dom.js';

/**
 * A dialog over the chat: a card under a title, Escape or ✕ cancels it. `submit(data)` sends what was filled in and
 * resolves to the outcome: another card, a last word, or the end.
 */
export function openDialog(first, submit) {
  document.querySelector('dialog.task')?.remove();
  const title = el('h2', { id: 'dialog-title' });
  const body = el('div', { className: 'task-body' });
  const close = el(
    'button',
    { type: 'button', className: 'icon-button', 'aria-label': 'Cancel', onclick: () => box.close() },
    '✕',
  );
  const box = el(
    'dialog',
    { className: 'task', 'aria-labelledby': 'dialog-title', onclose: () => box.remove() },
    el('header', {}, title, close),
    body,
  );

  // Teams renders each answer anew: what is to be kept, the app sends back.
  function show(dialog) {
    const view = createCardView(press);
    title.textContent = dialog.title;
    body.replaceChildren(view.element);
    view.show(dialog.card);
    body.scrollTop = 0;
    body.querySelector('input, select, textarea, button')?.focus({ preventScroll: true });
  }

  async function press({ type, data }) {
    if (type !== 'Action.Submit') return { kind: 'error', text: 'Dialogs know Action.Submit only.' };
    const outcome = await submit(data ?? {});
    if (outcome.kind === 'none') box.close();
    if (outcome.kind === 'dialog') show(outcome.dialog);
    if (outcome.kind === 'message') body.replaceChildren(el('p', { className: 'task-word' }, outcome.text));
    return outcome.kind === 'error' ? outcome : { kind: 'none' };
  }

  document.body.append(box);
  show(first);
  box.showModal();
  body.querySelector('input, select, textarea, button')?.focus({ preventScroll: true });
}
