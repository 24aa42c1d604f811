import { expect, test } from 'vitest';
import { headerOf, relayingHosts } from '../../src/engine/domain/received.ts';

const of = (...lines: readonly string[]): readonly string[] =>
  relayingHosts(headerOf(Buffer.from([...lines, '', 'Received: from body.example by x'].join('\r\n'))));

test('the hosts a message came by, the last one first, with the address the server saw', () => {
  expect(
    of(
      'Received: from out.shop.example (out.shop.example [198.51.100.9])',
      '\tby mail.example.com with ESMTPS id 4; Sat, 28 Nov 2026 10:00:00 +0000',
      'Subject: from nowhere',
      'Received: from app1 (unknown [IPv6:2001:db8::9]) by out.shop.example; Sat, 28 Nov 2026 09:59:59 +0000',
      'received: from [192.0.2.77] (helo=copier) by app1',
    ),
  ).toEqual(['out.shop.example [198.51.100.9]', 'app1 [IPv6:2001:db8::9]', '[192.0.2.77]']);
});

test('what was never delivered has none, nor has what stands below the header', () => {
  expect(of('Subject: a draft')).toEqual([]);
  expect(of('Received: by mail.example.com with LMTP id 5; Sat, 28 Nov 2026 10:00:00 +0000')).toEqual([]);
});

test('whoever sends mail writes what they like: it stays a few short, harmless words', () => {
  const hosts = of(
    `Received: from ${'x'.repeat(5000)} by y`,
    'Received: from <script>alert(1)</script>.example (nobody) by y',
    'Received: from [click](https://evil.example) by y',
    ...Array.from({ length: 50 }, (_, at) => `Received: from host${at}.example by y`),
  );

  expect(hosts).toHaveLength(6);
  expect(hosts.every((host) => host.length <= 260 && /^[\w.:[\] -]+$/.test(host))).toBe(true);
});

test('a header of a megabyte is read in no time, and not to its end', () => {
  const raw = Buffer.from(
    `Received: from a.example by b\r\n${'X-Long: y\r\n'.repeat(100_000)}Received: from late.example by b\r\n\r\n`,
  );

  expect(relayingHosts(headerOf(raw))).toEqual(['a.example']);
  expect(relayingHosts(headerOf(Buffer.alloc(2_000_000, 'Received: from ')))).toHaveLength(1);
});
