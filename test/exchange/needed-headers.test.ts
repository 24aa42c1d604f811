import { expect, test } from 'vitest';
import { neededHeaders } from '../../src/exchange/needed-headers.ts';

const CRLF = (...lines: readonly string[]): string => lines.join('\r\n');

test('what nothing is made of is left out, with the lines it is folded into', () => {
  const block = CRLF(
    'Return-Path: <a@contoso.example>',
    'Received: from the last server',
    ' by imap.contoso.example; Mon, 1 Jan 2024 10:00:00 +0000',
    'Received: from the first server',
    '\tby the last server; Mon, 1 Jan 2024 09:00:00 +0000',
    'DKIM-Signature: v=1; h=From:',
    ' Content-Type:',
    ' Subject; b=AAAA',
    'subject: kept',
    ' as it is',
    'X-Spam: no',
    'X-PRIORITY: 1',
    'Content-Type: text/plain',
  );

  expect(neededHeaders(block)).toBe(
    CRLF(
      'Return-Path: <a@contoso.example>',
      'Received: from the last server',
      ' by imap.contoso.example; Mon, 1 Jan 2024 10:00:00 +0000',
      'subject: kept',
      ' as it is',
      'X-PRIORITY: 1',
      'Content-Type: text/plain',
    ),
  );
});

test.each([
  ['the last field, which has no line end', CRLF('From: a@contoso.example', 'X-Spam: no', ' at all')],
  [
    'what is no field',
    CRLF('From: a@contoso.example', 'who knows what', 'X Spam : no', ': no', 'To: b@contoso.example'),
  ],
  ['what some programs take for the body', CRLF('From: a@contoso.example\n', 'X-Spam: no', 'To: b@contoso.example')],
  ['what begins with its body', CRLF('', 'X-Spam: no', 'X-Spam: no', 'To: b@contoso.example')],
  ['what ends with a line end', CRLF('From: a@contoso.example', 'X-Spam: no', 'To: b@contoso.example', '')],
])('%s stays', (_what, block) => {
  expect(neededHeaders(block)).toBe(block);
});
