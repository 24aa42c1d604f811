import type { CardElement } from './elements.ts';

/**
 * Charts Teams draws (Microsoft: "Charts in Adaptive Cards"). They are no part of version 1.5: each carries the same figures as
 * rows, which every other client shows. Texts of a chart are our own words and figures.
 */
type ChartColor = 'good' | 'warning' | 'attention' | 'neutral' | 'categoricalBlue' | 'categoricalTeal';

export interface Slice {
  /** With its figure: a legend is all that many clients show. */
  readonly legend: string;
  readonly value: number;
  readonly color: ChartColor;
}

/** Parts of a whole as a ring. */
export function donut(title: string, slices: readonly Slice[], ...fallback: readonly CardElement[]): CardElement {
  const data = slices.filter(({ value }) => value > 0);
  return { type: 'Chart.Donut', spacing: 'Medium', title, data, fallback: rows(fallback) };
}

export interface Bar {
  readonly label: string;
  readonly value: number;
}

/** Figures to compare, longest bar first. */
export function horizontalBars(
  title: string,
  bars: readonly Bar[],
  color: ChartColor,
  ...fallback: readonly CardElement[]
): CardElement {
  const data = bars.map(({ label, value }) => ({ x: label, y: value, color }));
  return {
    type: 'Chart.HorizontalBar',
    spacing: 'Medium',
    title,
    displayMode: 'AbsoluteNoAxis',
    data,
    fallback: rows(fallback),
  };
}

export interface Series {
  readonly legend: string;
  readonly color: ChartColor;
  /** Dates as 2026-11-23. */
  readonly points: readonly { readonly date: string; readonly value: number }[];
}

/** Figures over days. */
export function dayLines(title: string, series: readonly Series[], fallback: CardElement): CardElement {
  const data = series.map(({ legend, color, points }) => ({
    legend,
    color,
    values: points.map(({ date, value }) => ({ x: date, y: value })),
  }));
  return { type: 'Chart.Line', separator: true, spacing: 'Medium', title, data, fallback };
}

function rows(items: readonly CardElement[]): CardElement {
  return { type: 'Container', spacing: 'Medium', items };
}
