/**
 * Makes an element. Properties starting with `on` are listeners, `data-` and `aria-` attributes, the rest properties.
 * Text goes in as text nodes only, so nothing a user or a bot wrote becomes HTML.
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name.includes('-') || name === 'role') element.setAttribute(name, String(value));
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

const PATHS = {
  send: 'M3 10 17 3.5 13.5 17l-3.2-5.3L3 10zm7.3 1.7L17 3.5',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  moon: 'M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7z',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M16 4l-1.4 1.4M5.4 14.6 4 16',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  window: 'M8 4H4v12h12v-4M11 4h5v5M16 4l-7 7',
};

/** A line icon, 20 px grid, in the colour of its text. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', PATHS[name]);
  path.setAttribute('fill', 'none');
  path.setAttribute('stroke', 'currentColor');
  path.setAttribute('stroke-width', name === 'more' ? '2.4' : '1.5');
  path.setAttribute('stroke-linecap', 'round');
  path.setAttribute('stroke-linejoin', 'round');
  svg.append(path);
  return svg;
}

/** The round picture of a person, or the bell of the bot. */
export function avatar(name, isBot, isSmall = false) {
  const size = isSmall ? ' small' : '';
  if (isBot) return el('span', { className: `avatar bot${size}` }, el('img', { src: '/bell.svg', alt: '' }));
  const letters = name
    .split(' ')
    .map((word) => word[0] ?? '')
    .slice(0, 2)
    .join('');
  const element = el('span', { className: `avatar${size}`, 'aria-hidden': 'true' }, letters.toUpperCase());
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  element.style.setProperty('--hue', String(hue));
  return element;
}
