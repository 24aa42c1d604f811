import { describe, expect, test } from 'vitest';
import { expectedPlaces, isAtPlace } from './expected-folder.ts';
import type { SourceFolder } from './read-source.ts';

function folder(path: string, delimiter = '/', ...attributes: readonly string[]): SourceFolder {
  return { path, names: path.split(delimiter), attributes: new Set(attributes), messages: [] };
}

const MODERN = [
  folder('INBOX'), folder('INBOX/Sub'), folder('Sent', '/', '\\sent'), folder('Sent/2019'), folder('Archive', '/', '\\archive'),
  folder('Gesendete Objekte'), folder('Gelöschte Objekte'), folder('Kunden'), folder('Kunden/Sent'), folder(' Blank '),
]; // prettier-ignore
const DOTTED = [folder('INBOX', '.'), folder('INBOX.Sent', '.', '\\sent'), folder('INBOX.Kunden.A/B', '.')];

describe('where the checker expects mail', () => {
  test.each([
    [MODERN, 'INBOX', 'inbox', []],
    [MODERN, 'INBOX/Sub', 'inbox', ['Sub']],
    [MODERN, 'Sent', 'sentitems', []],
    [MODERN, 'Sent/2019', 'sentitems', ['2019']],
    [MODERN, 'Archive', 'archive', []],
    [MODERN, 'Archive', undefined, ['Archive']],
    [MODERN, 'Gelöschte Objekte', 'deleteditems', []],
    // The server names another folder for sent mail.
    [MODERN, 'Gesendete Objekte', undefined, ['Gesendete Objekte']],
    [MODERN, 'Kunden/Sent', undefined, ['Kunden', 'Sent']],
    [MODERN, ' Blank ', undefined, ['Blank']],
    [MODERN, 'Kunden', undefined, ['kunden (2)']],
    [DOTTED, 'INBOX.Sent', 'sentitems', []],
    [DOTTED, 'INBOX.Kunden.A/B', undefined, ['Kunden', 'A/B']],
    [DOTTED, 'INBOX.Kunden.A/B', 'inbox', ['Kunden', 'A/B']],
  ])('$1 may lie at $2 $3', (folders, path, anchor, names) => {
    expect(isAtPlace({ anchor, names }, expectedPlaces(folders).get(path) ?? [])).toBe(true);
  });

  test.each([
    [MODERN, 'INBOX', undefined, ['INBOX']],
    [MODERN, 'Sent/2019', undefined, ['Sent', '2019']],
    [MODERN, 'Kunden', 'inbox', ['Kunden']],
    [DOTTED, 'INBOX.Kunden.A/B', undefined, ['Kunden', 'A', 'B']],
  ])('$1 must not lie at $2 $3', (folders, path, anchor, names) => {
    expect(isAtPlace({ anchor, names }, expectedPlaces(folders).get(path) ?? [])).toBe(false);
  });
});
