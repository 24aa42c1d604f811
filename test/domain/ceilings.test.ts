import { expect, test } from 'vitest';
import { CeilingMeter, meanUse, tenantUse } from '../../src/engine/domain/ceilings.ts';

test('a mailbox is measured by what it sent within the windows of its ceilings, by the nearest of them', () => {
  const meter = new CeilingMeter(1);
  for (let second = 0; second < 100; second += 1) meter.add(second * 1000, 600_000);

  // 60 of 150 MB, 100 of 10,000 requests.
  expect(meter.use(100_000)).toEqual({ share: 0.4, of: 'bytes' });
  // The bytes have left their five minutes, the requests not their ten.
  expect(meter.use(450_000)).toEqual({ share: 0.01, of: 'requests' });
  expect(meter.use(900_000).share).toBe(0);
});

test('many small requests are near the other one', () => {
  const meter = new CeilingMeter(1);
  for (let at = 0; at < 9000; at += 1) meter.add(at * 60, 1000);

  expect(meter.use(540_000)).toEqual({ share: 0.9, of: 'requests' });
});

test('what an earlier sync of the mailbox used leaves the window bit by bit', () => {
  const meter = new CeilingMeter(1, { share: 0.8, of: 'bytes', at: 0 });
  meter.add(150_000, 15_000_000);

  expect(meter.use(150_000).share).toBeCloseTo(0.5);
  expect(meter.use(310_000).share).toBeCloseTo(0.1);
});

test('a sandbox whose time runs faster has shorter windows', () => {
  const meter = new CeilingMeter(100);
  meter.add(0, 75_000_000);

  expect(meter.use(1000).share).toBe(0.5);
  expect(meter.use(4000).share).toBeLessThan(0.01);
});

test('the tenant: 13,000 requests a second are all there are', () => {
  expect(tenantUse(6500, 1)).toEqual({ share: 0.5, of: 'tenantRequests' });
});

test('mailboxes at work are taken together', () => {
  expect(meanUse([])).toBeUndefined();
  expect(meanUse([{ share: 1, of: 'bytes' }, { share: 0.5, of: 'bytes' }, { share: 0, of: 'requests' }])).toEqual({ share: 0.5, of: 'bytes' }); // prettier-ignore
});
