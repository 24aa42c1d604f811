/** Asks again and again until the answer satisfies; fails with the last answer after the deadline (ms). */
export async function waitUntil<Value>(
  ask: () => Promise<Value>,
  satisfies: (value: Value) => boolean,
  deadline = 60_000,
): Promise<Value> {
  const end = performance.now() + deadline;
  for (;;) {
    const value = await ask();
    if (satisfies(value)) return value;
    if (performance.now() > end)
      throw new Error(`It did not happen in time. Last seen: ${JSON.stringify(value).slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
