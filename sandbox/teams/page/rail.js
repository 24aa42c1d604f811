import { avatar, el, icon } from './dom.js';

/** The left side: channels, chats, and who you are. */
export function renderRail(rail, { state, currentId, unread, onOpen, onPerson }) {
  const teams = [...new Set(state.conversations.map(({ team }) => team).filter((team) => team !== undefined))];
  const place = (conversation) => {
    const count = unread.get(conversation.id) ?? 0;
    return el(
      'button',
      {
        type: 'button',
        className: count > 0 ? 'rail-item unread' : 'rail-item',
        'aria-current': conversation.id === currentId ? 'page' : undefined,
        onclick: () => onOpen(conversation.id),
      },
      conversation.kind === 'channel'
        ? el('span', { className: 'rail-mark', 'aria-hidden': 'true' }, '#')
        : avatar(conversation.name, true, true),
      el('span', { className: 'rail-name' }, conversation.name),
      count > 0 && el('span', { className: 'badge', 'aria-label': `${count} unread` }, String(count)),
    );
  };

  rail.replaceChildren(
    el('div', { className: 'brand' }, el('img', { src: '/bell.svg', alt: '' }), el('b', {}, 'Local Teams')),
    el(
      'div',
      { className: 'rail-scroll' },
      ...teams.flatMap((team) => [
        el('h2', { className: 'rail-title' }, team),
        ...state.conversations.filter((conversation) => conversation.team === team).map(place),
      ]),
      el('h2', { className: 'rail-title' }, 'Chats'),
      ...state.conversations.filter(({ kind }) => kind !== 'channel').map(place),
    ),
    el(
      'div',
      { className: 'people', role: 'group', 'aria-label': 'You are' },
      el('h2', { className: 'rail-title' }, 'You are'),
      ...state.people.map((person) => personItem(person, state.me, onPerson)),
    ),
  );
}

function personItem(person, me, onPerson) {
  const isMe = person.handle === me.handle;
  return el(
    'div',
    { className: 'person' },
    el(
      'button',
      {
        type: 'button',
        className: 'rail-item',
        'aria-pressed': String(isMe),
        title: person.address,
        onclick: () => onPerson(person.handle),
      },
      avatar(person.name, false, true),
      el('span', { className: 'rail-name' }, person.name),
      el('span', { className: 'role' }, person.isForeign ? `${person.role}, other tenant` : person.role),
    ),
    el(
      'a',
      {
        className: 'icon-button',
        href: `/?as=${person.handle}`,
        target: '_blank',
        'aria-label': `Open a second window as ${person.name}`,
        title: `Second window as ${person.name}`,
      },
      icon('window'),
    ),
  );
}
