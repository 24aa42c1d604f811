import { type Activity, ActivityTypes, type Middleware, type TurnContext } from 'botbuilder';

/**
 * Sends the rows that stand in for each chart instead of the chart (BELLHOP_CHARTS=off): the way out when a client does not
 * draw a card because of an element it should skip, as happened with others (msteams-docs issue 13204).
 */
export const chartsAsRows: Middleware = {
  async onTurn(context: TurnContext, next: () => Promise<void>): Promise<void> {
    context.onSendActivities(async (_context, activities, send) => {
      for (const activity of activities) replaceIn(activity);
      return send();
    });
    context.onUpdateActivity(async (_context, activity, update) => {
      replaceIn(activity);
      return update();
    });
    await next();
  },
};

function replaceIn(activity: Partial<Activity>): void {
  for (const attachment of activity.attachments ?? []) attachment.content = withoutCharts(attachment.content);
  // ActivityTypes.InvokeResponse, as the activity itself spells it: a card that answers a button.
  const answers: string = ActivityTypes.InvokeResponse;
  if (activity.type === answers) activity.value = withoutCharts(activity.value);
}

/** A card with every chart replaced by its rows; cards are data, and the one that was handed in stays as it was. */
export function withoutCharts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCharts);
  if (typeof value !== 'object' || value === null) return value;
  const { type, fallback } = value as { readonly type?: unknown; readonly fallback?: unknown };
  if (typeof type === 'string' && type.startsWith('Chart.')) return withoutCharts(fallback);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutCharts(each)]));
}
