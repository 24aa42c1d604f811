const tab = crypto.randomUUID();

/** Calls to the local Teams, as one person. */
export function createApi(as) {
  async function post(path, body) {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, as, tab }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error ?? 'Something went wrong.');
    return answer;
  }

  return {
    async state() {
      const response = await fetch(`/api/state?as=${encodeURIComponent(as)}`);
      if (!response.ok) throw new Error('There is nobody of that name.');
      return response.json();
    },
    say: (conversationId, text, rootId) => post('/api/say', { conversationId, text, rootId }),
    open: (conversationId) => post('/api/open', { conversationId }),
    refresh: (message) => post('/api/refresh', { conversationId: message.conversationId, messageId: message.id }),
    async press(message, action) {
      try {
        return await post('/api/press', { conversationId: message.conversationId, messageId: message.id, action });
      } catch {
        return { kind: 'error', text: 'Unable to reach the app. Please try again.' };
      }
    },
    async answerFile(message, accepted) {
      try {
        return await post('/api/file', { conversationId: message.conversationId, messageId: message.id, accepted });
      } catch {
        return { kind: 'error', text: 'Unable to reach the app. Please try again.' };
      }
    },
    async submit(message, data) {
      try {
        return await post('/api/submit', { conversationId: message.conversationId, messageId: message.id, data });
      } catch {
        return { kind: 'error', text: 'Unable to reach the app. Please try again.' };
      }
    },
    /** Listens; calls `onOpen` whenever the connection stands (again), so that nothing is missed in between. */
    listen({ onOpen, onMessage, onTyping, onLost }) {
      const source = new EventSource(`/api/events?as=${encodeURIComponent(as)}&tab=${tab}`);
      source.addEventListener('open', onOpen);
      source.addEventListener('error', onLost);
      source.addEventListener('message', (event) => onMessage(JSON.parse(event.data)));
      source.addEventListener('typing', (event) => onTyping(JSON.parse(event.data)));
      return () => source.close();
    },
  };
}
