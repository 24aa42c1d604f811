import type { ChatLog } from './chat-log.ts';
import type { Message } from './conversation.ts';

/**
 * The newest message that fits, now or within the time (ms).
 *
 * @throws {Error} naming the last messages, when none came.
 */
export function awaitMessage(log: ChatLog, fits: (message: Message) => boolean, timeoutMs: number): Promise<Message> {
  return new Promise((resolve, reject) => {
    const stopListening = log.onChange(look);
    const timer = setTimeout(() => {
      stopListening();
      reject(new Error(`No such message within ${timeoutMs} ms. The last ones:\n${lastOnes(log).join('\n')}`));
    }, timeoutMs);
    look();

    function look(): void {
      const found = log.allMessages.findLast(fits);
      if (found === undefined) return;
      stopListening();
      clearTimeout(timer);
      resolve(found);
    }
  });
}

function lastOnes(log: ChatLog): readonly string[] {
  return log.allMessages.slice(-5).map(({ author, text, cards }) => {
    const card = cards[0]?.['fallbackText'];
    return `${author.name}: ${text}${typeof card === 'string' ? ` [card: ${card}]` : ''}`;
  });
}
