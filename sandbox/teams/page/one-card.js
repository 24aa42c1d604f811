/* global AdaptiveCards */
import { createCardView } from './card-view.js';

// The page of a single card: what tests and pictures use. It shows exactly what a message of the chat would show.

globalThis.showCard = (json) => {
  const view = createCardView(async () => ({ kind: 'none' }));
  document.querySelector('#card').replaceChildren(view.element);
  const { card, context } = view.show(json);
  const events = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index));
  const failures = card.validateProperties().validationEvents ?? [];
  return {
    problems: [...events, ...failures].map(named),
    cut: cutTexts(view.element),
    html: view.element.innerHTML,
    height: Math.ceil(view.element.getBoundingClientRect().height),
  };
};

function named({ event, message }) {
  return { kind: AdaptiveCards.ValidationEvent[event] ?? String(event), message };
}

/** Texts that stick out of the card or are cut off by their own box. */
function cutTexts(frame) {
  const edge = frame.getBoundingClientRect();
  const cut = [];
  for (const element of frame.querySelectorAll(
    '.ac-textBlock, .ac-textRun, .ac-richTextBlock, .ac-pushButton, p, span',
  )) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 && box.height === 0) continue;
    const isOutside = box.right > edge.right + 0.5 || box.left < edge.left - 0.5;
    const isClipped = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
    if (isOutside || isClipped) cut.push(element.textContent ?? '');
  }
  return [...new Set(cut)];
}

globalThis.isReady = true;
