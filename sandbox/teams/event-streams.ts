import type { ServerResponse } from 'node:http';
import type { Person } from './people.ts';

/** A browser tab that listens, as one person. */
export interface Listener {
  readonly id: string;
  readonly person: Person;
  /** The conversation the tab shows. */
  conversationId: string | undefined;
  readonly response: ServerResponse;
}

const HEARTBEAT = 20_000;

/** Server-Sent Events to every open tab (WHATWG HTML, section 9.2). */
export class EventStreams {
  readonly #listeners = new Map<string, Listener>();
  readonly #heartbeat = setInterval(() => {
    for (const { response } of this.#listeners.values()) response.write(': still here\n\n');
  }, HEARTBEAT).unref();

  open(id: string, person: Person, response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.write('retry: 1000\n\n');
    this.#listeners.set(id, { id, person, conversationId: undefined, response });
    response.on('close', () => {
      if (this.#listeners.get(id)?.response === response) this.#listeners.delete(id);
    });
  }

  get listeners(): readonly Listener[] {
    return [...this.#listeners.values()];
  }

  listener(id: string): Listener | undefined {
    return this.#listeners.get(id);
  }

  send(listener: Listener, name: string, data: unknown): void {
    listener.response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const { response } of this.#listeners.values()) response.end();
    this.#listeners.clear();
  }
}
