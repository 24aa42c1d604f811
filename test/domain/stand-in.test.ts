import { expect, test } from 'vitest';
import { categoriesOf, readCategories } from '../../src/engine/domain/categories.ts';
import { isStandInRun, standInRun } from '../../src/engine/domain/marker.ts';
import { standInMessage } from '../../src/engine/domain/stand-in.ts';

const ABOUT = { folder: 'Pläne', uid: 7, size: 52_400_000, limit: 36_700_000 };
const HEADERS = Buffer.from(
  [
    'From: Ada <ada@fabrikam.example>',
    'Subject: =?utf-8?q?Gro=C3=9F?=',
    'Received: from a by b;',
    '\tTue, 17 Oct 2023 21:43:00 +0000',
    'Content-Type: multipart/mixed;',
    ' boundary="xyz"',
    'DKIM-Signature: v=1; d=fabrikam.example',
    'MIME-Version: 1.0',
    'Message-ID: <7@fabrikam.example>',
  ].join('\r\n'),
);

test('a stand-in has the headers of its message, no sign of its body, and says what is missing', () => {
  const text = standInMessage(HEADERS, ABOUT).toString('utf8');
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);

  expect(head).toContain('Received: from a by b;\r\n\tTue, 17 Oct 2023 21:43:00 +0000\r\n');
  expect(head).toContain('Message-ID: <7@fabrikam.example>');
  expect(head).not.toMatch(/multipart|boundary|DKIM/);
  expect(head.match(/^MIME-Version:/gm)).toHaveLength(1);
  expect(body).toContain('The original has 52.4 MB, and this mailbox takes 36.7 MB.');
  expect(text).toContain('Ordner „Pläne“, Nummer 7');
});

test.each([
  ['no headers at all', Buffer.alloc(0)],
  ['what is no field', Buffer.from('From ada Tue Oct 17\r\n>From: x\r\n\r\nSubject: in the body')],
  ['a megabyte of them', Buffer.from('X-Long: y\r\n'.repeat(100_000))],
])('%s still makes a message', (_name, headers) => {
  const raw = standInMessage(headers, ABOUT);

  expect(raw.length).toBeLessThan(140_000);
  expect(raw.toString('latin1').split('\r\n\r\n')[0]).toMatch(/Content-Transfer-Encoding: 8bit$/);
});

test('the run of a stand-in says so, once', () => {
  expect(isStandInRun(standInRun('ab12'))).toBe(true);
  expect(standInRun(standInRun('ab12'))).toBe(standInRun('ab12'));
  expect(isStandInRun('ab12')).toBe(false);
  expect(isStandInRun(undefined)).toBe(false);
});

test('a batch names its own categories; the others are as ever', () => {
  const mapping = readCategories('$Label1=Dringend, todo = To do ,spam=');

  expect(categoriesOf(['$Label1', '$label2', 'ToDo', 'spam', 'NonJunk', 'own'], mapping)).toEqual([
    'Dringend', 'Work', 'To do', 'own',
  ]); // prettier-ignore
  expect(categoriesOf(['junk'], readCategories('junk=Spam'))).toEqual(['Spam']);
  expect(categoriesOf(['__proto__', 'constructor'], mapping)).toEqual(['__proto__', 'constructor']);
});

test.each(['', 'urgent', '=Urgent', 'two words=x', 'a*=x', `${'k'.repeat(101)}=x`])('"%s" is no mapping', (text) => {
  expect(readCategories(text)).toBeUndefined();
});
