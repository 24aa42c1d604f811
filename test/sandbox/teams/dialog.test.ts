import { describe, expect, test } from 'vitest';
import { fetchValue, readDialogAnswer } from '../../../sandbox/teams/dialog.ts';

const card = { type: 'AdaptiveCard', version: '1.5', body: [] };
const goesOn = { task: { type: 'continue', value: { title: 'Add', card: { content: card } } } };

describe('what the answer to a dialog means', () => {
  test.each([
    ['a card goes on', 200, goesOn, { kind: 'dialog', dialog: { title: 'Add', card } }],
    ['a message is the last word', 200, { task: { type: 'message', value: 'Thanks' } }, { kind: 'message', text: 'Thanks' }],
    ['nothing closes it', 200, undefined, { kind: 'none' }],
    ['an empty object closes it', 200, {}, { kind: 'none' }],
  ])('%s', (_what, status, body, outcome) => {
    expect(readDialogAnswer({ status, body })).toEqual(outcome);
  }); // prettier-ignore

  test.each([
    ['no connection', 0, undefined],
    ['an error', 500, goesOn],
    ['a web page', 200, { task: { type: 'continue', value: { url: 'https://example.com' } } }],
    ['a card without content', 200, { task: { type: 'continue', value: { card: {} } } }],
  ])('%s is an error', (_what, status, body) => {
    expect(readDialogAnswer({ status, body }).kind).toBe('error');
  });
});

test('a button that opens a dialog sends its data without the word for the client', () => {
  expect(fetchValue({ msteams: { type: 'task/fetch' }, form: 'addEndpoint' })).toEqual({
    data: { form: 'addEndpoint', type: 'task/fetch' },
    context: { theme: 'default' },
  });
});
