import { el } from './dom.js';

/** A file the app offers: a name, what for, and two buttons; after the answer, what was answered. */
export function createFileView(offer, answer) {
  const words = el('p', {}, offer.description);
  const buttons = el(
    'div',
    { className: 'file-buttons' },
    el('button', { type: 'button', className: 'file-button main', onclick: () => give(true) }, 'Allow'),
    el('button', { type: 'button', className: 'file-button', onclick: () => give(false) }, 'Decline'),
  );
  const box = el('div', { className: 'file-offer' }, el('b', {}, offer.name), words, buttons);

  async function give(accepted) {
    buttons.remove();
    const outcome = await answer(accepted);
    words.textContent = outcome.text;
  }

  if (offer.answer !== undefined) {
    buttons.remove();
    words.textContent =
      offer.answer === 'accept' ? 'You allowed the app to send this file.' : 'You declined this file.';
  }
  return box;
}
