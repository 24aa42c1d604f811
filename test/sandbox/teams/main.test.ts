import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

test('the process says in one JSON line where it is, and ends at SIGTERM', async () => {
  const child = spawn(process.execPath, ['sandbox/teams/main.ts', '--bot', 'http://127.0.0.1:9/api/messages'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const ready: unknown = JSON.parse(String(line));

    expect(ready).toMatchObject({
      ready: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/u),
      people: expect.arrayContaining([expect.objectContaining({ name: 'Operator A', role: 'operator' })]),
    });
    const page = await fetch((ready as { url: string }).url);
    expect(await page.text()).toContain('<title>Local Teams</title>');
  } finally {
    child.kill('SIGTERM');
  }

  expect(await exit).toEqual([0, null]);
});
