/** A small batch card with one button of each kind. */
export function batchCard(state: string, extra: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: `demo is ${state}`,
    body: [
      {
        type: 'Container',
        style: 'accent',
        bleed: true,
        items: [
          { type: 'TextBlock', text: 'demo', size: 'Large', weight: 'Bolder', wrap: true },
          { type: 'TextBlock', text: `State: **${state}**`, wrap: true },
        ],
      },
      { type: 'Badge', text: state, fallback: { type: 'TextBlock', text: `Badge ${state}`, wrap: true } },
    ],
    actions: [
      { type: 'Action.Execute', title: 'Stop batch', verb: 'stopBatch', data: { batch: 'demo' } },
      { type: 'Action.Submit', title: 'Status', data: { verb: 'status', batch: 'demo' } },
      {
        type: 'Action.ShowCard',
        title: 'Reject…',
        card: {
          type: 'AdaptiveCard',
          body: [
            {
              type: 'Input.Text',
              id: 'reason',
              label: 'Why not?',
              isRequired: true,
              errorMessage: 'Please give a reason.',
            },
          ],
          actions: [{ type: 'Action.Execute', title: 'Reject', verb: 'reject', data: { id: 'A-1' } }],
        },
      },
      { type: 'Action.Execute', title: 'Export', verb: 'export', data: { batch: 'demo' }, mode: 'secondary' },
    ],
    ...extra,
  };
}

/** A card that asks the given people's clients to fetch their own view. */
export function approvalCard(userIds: readonly string[]): Record<string, unknown> {
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: 'A-1 waits',
    refresh: {
      action: { type: 'Action.Execute', title: 'Refresh', verb: 'approvalView', data: { id: 'A-1' } },
      userIds,
    },
    body: [{ type: 'TextBlock', text: 'Waiting for an approver', wrap: true }],
  };
}

export function approverView(name: string): Record<string, unknown> {
  return {
    ...approvalCard([]),
    body: [{ type: 'TextBlock', text: `${name}, it is up to you`, wrap: true }],
    actions: [{ type: 'Action.Execute', title: 'Approve', verb: 'approve', data: { id: 'A-1' } }],
  };
}
