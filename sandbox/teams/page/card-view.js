/* global AdaptiveCards */
import { prepareCharts } from './charts.js';
import { el } from './dom.js';
import { hostConfig } from './host-config.js';
import { cardMarkdown } from './markdown.js';
import { openMenu } from './menu.js';

let isPrepared = false;

/**
 * A card on the page. `show(json)` renders it, or renders a new version in place: what somebody typed, opened or
 * unfolded stays. `press(action)` gets `{ type, title, verb, id, data }` and resolves to the outcome to show.
 */
export function createCardView(press) {
  prepareLibrary();
  const frame = el('div', { className: 'card' });
  let shownJson = '';
  let card;

  function show(json) {
    const text = JSON.stringify(json);
    if (text === shownJson) return undefined;
    const memory = card === undefined ? undefined : remember(card, frame);
    shownJson = text;
    card = new AdaptiveCards.AdaptiveCard();
    card.hostConfig = new AdaptiveCards.HostConfig(hostConfig);
    card.onExecuteAction = (action) => void run(action);
    const context = new AdaptiveCards.SerializationContext();
    card.parse(json, context);
    if (memory !== undefined) restoreInputs(card, memory);
    const rendered = card.render();
    frame.replaceChildren(
      rendered ?? el('p', { className: 'gone' }, json.fallbackText ?? 'This card cannot be shown.'),
    );
    frame.classList.remove('busy');
    if (memory !== undefined) restoreFrame(card, frame, memory);
    return { card, context };
  }

  async function run(action) {
    if (action instanceof AdaptiveCards.OpenUrlAction) {
      if (/^https?:/iu.test(action.url ?? '')) window.open(action.url, '_blank', 'noopener');
      return;
    }
    const button = action.renderedElement;
    frame.classList.add('busy');
    frame.setAttribute('aria-busy', 'true');
    button?.classList.add('working');
    const type = action.getJsonTypeName();
    const outcome = await press({ type, title: action.title, verb: action.verb, id: action.id, data: action.data });
    frame.classList.remove('busy');
    frame.removeAttribute('aria-busy');
    button?.classList.remove('working');
    frame.querySelector('.card-note')?.remove();
    if (outcome.kind === 'message') note(outcome.text, false);
    if (outcome.kind === 'error') note(outcome.text, true);
  }

  function note(text, isError) {
    const close = el('button', { type: 'button', 'aria-label': 'Close', onclick: () => bar.remove() }, '✕');
    const bar = el(
      'div',
      { className: isError ? 'card-note error' : 'card-note', role: isError ? 'alert' : 'status' },
      el('span', {}, isError ? `✕ ${text}` : text),
      close,
    );
    frame.append(bar);
    bar.scrollIntoView({ block: 'nearest' });
  }

  return { element: frame, show };
}

function prepareLibrary() {
  if (isPrepared) return;
  isPrepared = true;
  prepareCharts();
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = cardMarkdown(text);
    result.didProcess = true;
  };
  AdaptiveCards.AdaptiveCard.onInlineCardExpanded = (action, isExpanded) => {
    // What a button unfolds may lie below the window.
    if (isExpanded) requestAnimationFrame(() => action.card.renderedElement?.scrollIntoView({ block: 'nearest' }));
  };
  AdaptiveCards.AdaptiveCard.onDisplayOverflowActionMenu = (actions, target) => {
    const items = actions.map((action) => ({ title: action.title, run: () => action.execute() }));
    openMenu(target, items);
    return true;
  };
}

/** What a person has done to a card that a new version must not undo. */
function remember(card, frame) {
  const active = frame.contains(document.activeElement) ? document.activeElement : undefined;
  return {
    inputs: new Map(card.getAllInputs().map((input) => [input.id, input.value])),
    unfolded: [...frame.querySelectorAll('.ac-pushButton.expanded')].map((button) => button.textContent),
    focused: active === undefined ? undefined : focusKey(active),
    selection: active?.selectionStart,
  };
}

function restoreInputs(card, memory) {
  for (const input of card.getAllInputs()) {
    const value = memory.inputs.get(input.id);
    if (value !== undefined && value !== '') input.defaultValue = value;
  }
}

function restoreFrame(card, frame, memory) {
  for (const button of frame.querySelectorAll('.ac-pushButton')) {
    if (memory.unfolded.includes(button.textContent)) button.click();
  }
  if (memory.focused === undefined) return;
  const again = [...frame.querySelectorAll('button, input, textarea, select, a, [tabindex]')].find(
    (candidate) => focusKey(candidate) === memory.focused,
  );
  again?.focus({ preventScroll: true });
  if (typeof memory.selection === 'number') again?.setSelectionRange?.(memory.selection, memory.selection);
}

function focusKey(element) {
  return `${element.tagName} ${element.getAttribute('aria-label') ?? element.getAttribute('placeholder') ?? element.textContent}`;
}
