import { el, icon } from './dom.js';

let lastListId = 0;

/**
 * The box people write in. In a channel the bot is mentioned by a chip that is there from the start: who types
 * `start batch demo` is understood, and sees why. Without the chip, `@` offers it again.
 */
export function createCompose({ bot, needsMention, placeholder, commands, onSend }) {
  const input = el('textarea', {
    rows: 1,
    placeholder,
    'aria-label': placeholder,
    autocomplete: 'off',
    spellcheck: false,
  });
  const chip = el('span', { className: 'chip', hidden: !needsMention }, `@${bot.name}`);
  const send = el('button', { type: 'button', className: 'send', 'aria-label': 'Send', disabled: true }, icon('send'));
  const listId = `offers-${(lastListId += 1)}`;
  const offers = el('ul', { className: 'offers', role: 'listbox', id: listId, 'aria-label': 'Suggestions' });
  const hint = el('p', { className: 'compose-hint keys' });
  let marked = -1;

  const remove = el('button', { type: 'button', 'aria-label': `Remove the mention of ${bot.name}` }, '✕');
  chip.append(remove);
  input.setAttribute('aria-controls', listId);
  const element = el(
    'div',
    { className: 'compose-box' },
    offers,
    el('div', { className: 'compose-line' }, chip, input, send),
    hint,
  );

  function mention(isOn) {
    chip.hidden = !isOn;
    showHint();
    input.focus();
  }

  function showHint() {
    const isUnheard = needsMention && chip.hidden;
    hint.className = isUnheard ? 'compose-hint warn' : 'compose-hint keys';
    hint.replaceChildren(
      ...(isUnheard
        ? [
            `Without a mention ${bot.name} does not see this.`,
            el('button', { type: 'button', className: 'quiet', onclick: () => mention(true) }, `Mention ${bot.name}`),
          ]
        : ['Enter sends, Shift+Enter starts a new line']),
    );
  }

  function offered() {
    const text = input.value;
    if (needsMention && chip.hidden && /(^|\s)@\w*$/u.test(text)) {
      return [{ title: `@${bot.name}`, description: 'Mention the app', apply: () => takeMention(text) }];
    }
    if (text === '' || (needsMention && chip.hidden)) return [];
    const start = text.toLowerCase();
    return commands
      .filter(({ title }) => title.toLowerCase().startsWith(start) && title.toLowerCase() !== start)
      .slice(0, 6)
      .map((command) => ({ ...command, apply: () => fill(`${command.title} `) }));
  }

  function takeMention(text) {
    input.value = text.replace(/@\w*$/u, '');
    mention(true);
    changed();
  }

  function fill(text) {
    input.value = text;
    input.focus();
    changed();
  }

  function showOffers() {
    const list = offered();
    marked = list.length > 0 && list[0].title.startsWith('@') ? 0 : -1;
    offers.replaceChildren(
      ...list.map(({ title, description, apply }, index) =>
        el(
          'li',
          {
            role: 'option',
            id: `${listId}-${index}`,
            'aria-selected': String(index === marked),
            onpointerdown: (event) => {
              event.preventDefault();
              apply();
            },
          },
          el('b', {}, title),
          el('span', {}, description ?? ''),
        ),
      ),
    );
  }

  function mark(step) {
    const items = [...offers.children];
    if (items.length === 0) return;
    marked = (marked + step + items.length) % items.length;
    items.forEach((item, index) => item.setAttribute('aria-selected', String(index === marked)));
    items[marked].scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', items[marked].id);
  }

  function changed() {
    // Who types the mention out gets the chip, too.
    const typed = `@${bot.name.toLowerCase()} `;
    if (needsMention && input.value.toLowerCase().startsWith(typed)) {
      input.value = input.value.slice(typed.length);
      mention(true);
    }
    send.disabled = input.value.trim() === '';
    input.style.height = 'auto';
    input.style.height = `${Math.max(32, input.scrollHeight)}px`;
    showOffers();
  }

  function submit() {
    const text = input.value.trim();
    if (text === '') return;
    const isMentioned = !needsMention || chip.hidden || text.includes(`@${bot.name}`);
    onSend(isMentioned ? text : `@${bot.name} ${text}`);
    input.value = '';
    changed();
    if (needsMention) chip.hidden = false;
    showHint();
  }

  input.addEventListener('input', changed);
  input.addEventListener('blur', () => offers.replaceChildren());
  input.addEventListener('keydown', (event) => {
    const list = offered();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && list.length > 0) {
      event.preventDefault();
      mark(step);
    } else if (event.key === 'Escape') offers.replaceChildren();
    else if (event.key === 'Tab' && !event.shiftKey && offers.children.length > 0) {
      event.preventDefault();
      list[Math.max(0, marked)]?.apply();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (marked >= 0 && list[marked] !== undefined && offers.children.length > 0) list[marked].apply();
      else submit();
    } else if (event.key === 'Backspace' && input.selectionEnd === 0 && needsMention && !chip.hidden) {
      mention(false);
    }
  });
  remove.addEventListener('click', () => mention(false));
  send.addEventListener('click', submit);
  showHint();

  return { element, focus: () => input.focus(), fill };
}
