import { getTold, listSignings } from './api.js';
import { byId, fill, make } from './dom.js';
import { isLastWord, moment, STATE_NAMES, toldWords } from './words.js';

const TONES = {
  completed: 'good',
  failed: 'bad',
  expired: 'bad',
  'needs-attention': 'bad',
  withdrawn: 'off',
  cancelled: 'off',
};
const TOLD_AGAIN_MS = 2_000;
const TOLD_LAST_MS = 60_000;

/** The signings of this record, the one that is shown among them marked. `onOpen(requestId)` opens another. */
export function createEarlier(onOpen) {
  const list = byId('earlier-list');
  const more = byId('earlier-more');
  let cursor = null;
  let shown = '';

  const load = async (from) => {
    const page = await listSignings(from).catch(() => null);
    if (page === null) return;
    const items = page.signings.map(draw);
    fill(list, ...(from === null ? [] : list.children), ...items);
    cursor = page.nextCursor;
    more.hidden = cursor === null;
    byId('earlier-none').hidden = list.childElementCount > 0;
  };
  const draw = ({ requestId, state, terminated, method, startedAt }) => {
    const words = terminated ? 'Ended by an operator' : (STATE_NAMES[state] ?? 'Waits to begin');
    const open = (event) => {
      event.preventDefault();
      onOpen(requestId);
    };
    return make('li', {},
      make('a', { href: `?signing=${encodeURIComponent(requestId)}`,
          'data-key': requestId, 'aria-current': requestId === shown ? 'true' : false, on: { click: open } },
        `${moment(startedAt)}${method === null ? '' : `, ${method.toUpperCase()}`}`),
      make('span', { class: `badge ${TONES[state] ?? 'info'}` }, words)); // prettier-ignore
  };
  more.addEventListener('click', () => void load(cursor));
  return {
    refresh: () => void load(null),
    mark: (requestId) => {
      shown = requestId;
      void load(null);
    },
  };
}

/** What the signed callbacks of a signing have told the CRM; asked for until the last word has come. */
export function createTold() {
  let timer;
  let requestId = '';
  let endedAt = null;

  const ask = async () => {
    const asked = requestId;
    const { events } = await getTold(asked).catch(() => ({ events: null }));
    if (asked !== requestId) return;
    if (events !== null) draw(events);
    const isOver = events?.some(({ type }) => isLastWord(type)) || (endedAt !== null && Date.now() - endedAt > TOLD_LAST_MS);
    if (!isOver) timer = setTimeout(ask, TOLD_AGAIN_MS);
  }; // prettier-ignore
  const show = (id) => {
    clearTimeout(timer);
    requestId = id;
    endedAt = null;
    byId('told').hidden = id === '';
    draw([]);
    if (id !== '') void ask();
  };
  return { show, hide: () => show(''), ended: () => (endedAt ??= Date.now()) };
}

function draw(events) {
  byId('told-none').hidden = events.length > 0;
  byId('told-list').replaceChildren(
    ...events.map(({ type, timestamp }) =>
      make('li', {}, make('time', { datetime: timestamp, class: 'soft' }, moment(timestamp)), make('span', {}, toldWords(type))),
    ),
  ); // prettier-ignore
}
