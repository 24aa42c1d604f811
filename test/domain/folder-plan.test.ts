import { describe, expect, test } from 'vitest';
import { exchangeName, matchesPattern, planFolders } from '../../src/engine/domain/folder-plan.ts';
import type { SourceFolder, SpecialUse } from '../../src/engine/domain/mailbox.ts';

function folder(path: string, specialUse?: SpecialUse, delimiter = '/'): SourceFolder {
  return {
    path,
    segments: path.split(delimiter),
    selectable: true,
    ...(specialUse === undefined ? {} : { specialUse }),
  };
}

const COPY_ALL = { trash: 'copy', exclude: [] } as const;

function routes(folders: readonly SourceFolder[]): readonly string[] {
  return planFolders(folders, COPY_ALL).map(
    (route) => `${route.source.path} -> ${[route.anchor ?? 'root', ...route.names].join('|')}`,
  );
}

describe('names that fall into one in Exchange', () => {
  test('children follow the name their own parent was given', () => {
    const plan = routes([folder('Foo'), folder('foo'), folder('Foo/x'), folder('foo/x')]);

    expect(new Set(plan)).toEqual(
      new Set(['foo -> root|foo', 'foo/x -> root|foo|x', 'Foo -> root|Foo (2)', 'Foo/x -> root|Foo (2)|x']),
    );
  });

  test('a number is never added so that it takes the name of a folder that is there', () => {
    expect(new Set(routes([folder('a'), folder('A'), folder('a (2)')]))).toEqual(
      new Set(['a -> root|a', 'a (2) -> root|a (2)', 'A -> root|A (3)']),
    );
  });

  test('folders that only differ in blanks stay two', () => {
    expect(new Set(routes([folder('a'), folder('a ')]))).toEqual(new Set(['a -> root|a', 'a  -> root|a (2)']));
  });

  test('a long name stays within 255 characters, and an emoji is never cut in half', () => {
    const long = 'x'.repeat(255);
    const plan = planFolders([folder(long), folder(long.toUpperCase())], COPY_ALL);

    expect(plan.map(({ names }) => names[0]?.length)).toEqual([255, 255]);
    expect(exchangeName(`${'x'.repeat(245)}${'\u{1F600}'.repeat(20)}`, true).isWellFormed()).toBe(true);
  });
});

describe('excluding by well-known name, in any language', () => {
  const folders = [
    folder('Posteingang', 'inbox'),
    folder('Gesendet', 'sent'),
    folder('Gesendet/2019'),
    folder('#Notes#'),
  ];
  const excluded = (...exclude: readonly string[]): readonly string[] =>
    planFolders(folders, { trash: 'copy', exclude })
      .filter((route) => route.excluded)
      .map(({ source }) => source.path);

  test.each([
    ['#Inbox#', ['Posteingang']],
    ['#SentItems#', ['Gesendet']],
    ['#SentItems#/*', ['Gesendet', 'Gesendet/2019']],
    [String.raw`\#Notes\#`, ['#Notes#']],
    ['#Calendar#', []],
  ])('%s', (pattern, paths) => {
    expect(excluded(pattern)).toEqual(paths);
  });
});

describe('planning folders', () => {
  test('special folders meet their well-known counterparts, and what is below them goes below', () => {
    const folders = [
      folder('INBOX', 'inbox'),
      folder('INBOX/Rechnungen'),
      folder('Gesendet', 'sent'),
      folder('Gesendet/2019'),
    ];

    expect(routes(folders)).toEqual([
      'INBOX -> inbox',
      'INBOX/Rechnungen -> inbox|Rechnungen',
      'Gesendet -> sent',
      'Gesendet/2019 -> sent|2019',
    ]);
  });

  test('a slash inside a name stays, because Exchange addresses folders by id', () => {
    const plan = planFolders([folder('Kunden.Jim / John', undefined, '.')], COPY_ALL);

    expect(plan[0]?.names).toEqual(['Kunden', 'Jim / John']);
    expect(plan[0]?.renamed).toBe(false);
  });

  test('names that differ only in case become two folders', () => {
    const plan = planFolders([folder('casetest'), folder('CaseTest')], COPY_ALL);

    expect(new Set(plan.map((route) => route.names.join('/').toLowerCase())).size).toBe(2);
    expect(plan.filter((route) => route.renamed)).toHaveLength(1);
  });

  test('one name in two Unicode forms becomes two folders', () => {
    const plan = planFolders([folder('é'.normalize('NFC')), folder('é'.normalize('NFD'))], COPY_ALL);

    expect(new Set(plan.map((route) => route.names.join('/').normalize('NFC'))).size).toBe(2);
  });

  test.each([
    ['Outbox', true, 'Outbox_'],
    ['Kalender', true, 'Kalender_'],
    ['Outbox', false, 'Outbox'],
    ['  blank ', true, 'blank'],
    ['a\r\nb', true, 'a__b'],
    ['', true, '_'],
  ])('the name %j (top level: %s) becomes %j', (name, topLevel, expected) => {
    expect(exchangeName(name, topLevel)).toBe(expected);
  });

  test('a name longer than Exchange takes is cut and stays distinct', () => {
    const one = exchangeName(`${'x'.repeat(300)}1`, true);
    const two = exchangeName(`${'x'.repeat(300)}2`, true);

    expect(one).toHaveLength(255);
    expect(one).not.toBe(two);
  });

  test('trash=skip leaves the trash and everything below it out', () => {
    const folders = [folder('Papierkorb', 'trash'), folder('Papierkorb/alt'), folder('INBOX', 'inbox')];

    const plan = planFolders(folders, { trash: 'skip', exclude: [] });

    expect(plan.filter((route) => route.excluded).map((route) => route.source.path)).toEqual([
      'Papierkorb',
      'Papierkorb/alt',
    ]);
  });

  test.each([
    ['Archive/2020', 'Archive/*', true],
    ['archive', 'Archive/*', true],
    ['Archives', 'Archive/*', false],
    ['Junk', 'junk', true],
    ['Projects/2024/old', '*old', true],
    ['Projects/2024', 'Projects/*24', true],
    ['Projects', 'Pro*jects*x', false],
    ['ab', 'ab*b', false],
  ])('the folder %j and the pattern %j match: %s', (path, pattern, expected) => {
    expect(matchesPattern(path, pattern)).toBe(expected);
  });

  test('a hostile pattern takes linear time', () => {
    expect(matchesPattern('a'.repeat(50_000), `${'*a'.repeat(1_000)}b`)).toBe(false);
  });
});
