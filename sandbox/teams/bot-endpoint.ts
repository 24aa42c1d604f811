import type { JsonObject } from './json-value.ts';

/** What the bot's `/api/messages` answered; status 0: it could not be reached. */
export interface BotAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A client shows "Unable to reach app" when an invoke takes longer (10 to 15 s, ms here). */
const ANSWER_TIMEOUT = 15_000;

/** The way to the bot. The address may come later than the local Teams itself. */
export class BotEndpoint {
  readonly #closing = new AbortController();
  #url: string | undefined;

  get url(): string | undefined {
    return this.#url;
  }

  set url(url: string | undefined) {
    this.#url = url;
  }

  /** Posts one activity and waits for the bot's answer; never throws. */
  async post(activity: JsonObject): Promise<BotAnswer> {
    if (this.#url === undefined) return { status: 0, body: undefined };
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(activity),
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ANSWER_TIMEOUT)]),
      });
      return { status: response.status, body: parse(await response.text()) };
    } catch {
      // Refused, reset, too late: for the person in front of the client it is all the same.
      return { status: 0, body: undefined };
    }
  }

  close(): void {
    this.#closing.abort();
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
