/* global AdaptiveCards */
import { el } from './dom.js';

// The charts of Teams the bot uses, small and plain. `?charts=no` in the address is a client that has none: it shows
// the fallback, as every client does with an element it does not know.

const COLORS = {
  good: 'var(--good)',
  warning: 'var(--warning)',
  attention: 'var(--attention)',
  neutral: 'var(--text-2)',
  categoricalTeal: 'var(--chart-teal)',
};

const colorOf = (name) => COLORS[name] ?? 'var(--accent-text)';
const figure = (value) => Number(value).toLocaleString('en');

/** Registers the charts with the renderer, once. */
export function prepareCharts() {
  if (new URLSearchParams(location.search).get('charts') === 'no') return;
  register('Chart.Donut', donut);
  register('Chart.HorizontalBar', horizontalBars);
  register('Chart.Line', lines);
}

function register(name, draw) {
  class Chart extends AdaptiveCards.CardElement {
    getJsonTypeName() {
      return name;
    }

    internalParse(source, context) {
      super.internalParse(source, context);
      this.source = source;
    }

    internalRender() {
      const { title = '', data = [] } = this.source;
      return el(
        'figure',
        { className: 'chart', role: 'group', 'aria-label': title },
        title !== '' && el('figcaption', {}, title),
        draw(data, this.source),
      );
    }
  }
  AdaptiveCards.GlobalRegistry.elements.register(name, Chart);
}

function donut(data) {
  const total = data.reduce((sum, { value }) => sum + value, 0);
  const ring = svg('svg', { viewBox: '0 0 120 120', class: 'donut', 'aria-hidden': 'true' });
  const around = 2 * Math.PI * 46;
  let from = 0;
  for (const { value, color } of data) {
    const length = (value / total) * around;
    const arc = svg('circle', {
      cx: 60, cy: 60, r: 46, fill: 'none', stroke: colorOf(color), 'stroke-width': 18,
      'stroke-dasharray': `${Math.max(1, length - 1.5)} ${around}`, 'stroke-dashoffset': -from,
      transform: 'rotate(-90 60 60)',
    }); // prettier-ignore
    ring.append(arc);
    from += length;
  }
  return el('div', { className: 'donut-row' }, ring, legendOf(data));
}

function legendOf(series) {
  return el(
    'ul',
    { className: 'legend' },
    ...series.map(({ legend, color }) => {
      const mark = el('i', { 'aria-hidden': 'true' });
      mark.style.background = colorOf(color);
      return el('li', {}, mark, legend ?? '');
    }),
  );
}

function horizontalBars(data) {
  const most = Math.max(1, ...data.map(({ y }) => y));
  return el(
    'div',
    { className: 'bars' },
    ...data.map(({ x, y, color }) => {
      const bar = el('i', { 'aria-hidden': 'true' });
      bar.style.width = `${Math.max(1, (y / most) * 100)}%`;
      bar.style.background = colorOf(color);
      return el('div', { className: 'bar-row' }, el('p', {}, x, ' ', el('b', {}, figure(y))), el('div', {}, bar));
    }),
  );
}

const HEIGHT = 140;
const day = (time) => new Date(time).toLocaleDateString([], { day: 'numeric', month: 'short', timeZone: 'UTC' });

function lines(data) {
  const points = data.flatMap(({ values }) => values.map(({ x, y }) => [Date.parse(x), y]));
  const [first, last] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))];
  const most = Math.max(1, ...points.map(([, y]) => y));
  const frame = svg('svg', { class: 'lines', height: HEIGHT, 'aria-hidden': 'true' });

  function draw(width) {
    const at = ([x, y]) => [
      4 + ((x - first) / Math.max(1, last - first)) * (width - 8),
      HEIGHT - 4 - (y / most) * (HEIGHT - 8),
    ];
    const grid = [0, 0.5, 1].map((share) => {
      const y = at([first, most * share])[1];
      return svg('line', { x1: 0, x2: width, y1: y, y2: y, stroke: 'var(--line)' });
    });
    const drawn = data.flatMap(({ values, color }) => {
      const places = values.map(({ x, y }) => at([Date.parse(x), y]));
      return [
        svg('polyline', {
          points: places.map((place) => place.join(',')).join(' '),
          fill: 'none',
          stroke: colorOf(color),
          'stroke-width': 2,
          ...(color === 'neutral' ? { 'stroke-dasharray': '4 4' } : {}),
        }),
        ...places.map(([cx, cy]) => svg('circle', { cx, cy, r: 3, fill: colorOf(color) })),
      ];
    });
    frame.replaceChildren(...grid, ...drawn);
  }

  new ResizeObserver(([entry]) => draw(entry.contentRect.width)).observe(frame);
  return el(
    'div',
    {},
    el('p', { className: 'axis' }, figure(most)),
    frame,
    el('p', { className: 'axis' }, el('span', {}, day(first)), el('span', {}, day(last))),
    legendOf(data),
  );
}

function svg(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
