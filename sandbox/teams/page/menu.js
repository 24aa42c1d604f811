import { el } from './dom.js';

/** Opens a small menu under a button: arrow keys move, Escape closes, focus returns to the button. */
export function openMenu(anchor, items) {
  document.querySelector('.menu')?.remove();
  const menu = el('div', { className: 'menu', role: 'menu' });
  for (const { title, run } of items) {
    const pick = () => {
      close();
      run();
    };
    menu.append(el('button', { type: 'button', role: 'menuitem', onclick: pick }, title));
  }
  document.body.append(menu);
  place(menu, anchor);
  menu.firstElementChild?.focus();

  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...menu.children];
    if (step !== undefined) {
      event.preventDefault();
      buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length)?.focus();
    }
    if (event.key === 'Escape' || event.key === 'Tab') close();
  });
  const outside = (event) => {
    if (!menu.contains(event.target)) close();
  };
  document.addEventListener('pointerdown', outside, true);

  function close() {
    document.removeEventListener('pointerdown', outside, true);
    menu.remove();
    anchor?.focus?.({ preventScroll: true });
  }
}

function place(menu, anchor) {
  const at = anchor?.getBoundingClientRect() ?? new DOMRect(innerWidth / 2, innerHeight / 2, 0, 0);
  const below = at.bottom + 4;
  const top = below + menu.offsetHeight > innerHeight ? at.top - menu.offsetHeight - 4 : below;
  menu.style.top = `${Math.max(4, top)}px`;
  menu.style.left = `${Math.max(4, Math.min(at.left, innerWidth - menu.offsetWidth - 4))}px`;
}
