import { getCallbacks, listSignings } from './api.js';
import { byId, createElement, updateChildren } from './dom.js';
import { describeEvent, formatMoment, isFinalEvent, STATE_LABELS } from './texts.js';

const TONES = {
  completed: 'good',
  failed: 'bad',
  expired: 'bad',
  'needs-attention': 'bad',
  withdrawn: 'off',
  cancelled: 'off',
};
const POLL_MS = 2_000;
/** How long after the end of a signing its last callback may still arrive. */
const POLL_TIMEOUT_MS = 60_000;

/** The signings of this record, the selected one marked. `onOpen(requestId)` opens another. */
export function createSigningList(onOpen) {
  const list = byId('signings-list');
  const more = byId('signings-more');
  let cursor = null;
  let selected = '';

  const load = async (from) => {
    const page = await listSignings(from).catch(() => null);
    if (page === null) return;
    updateChildren(list, ...(from === null ? [] : list.children), ...page.signings.map(render));
    cursor = page.nextCursor;
    more.hidden = cursor === null;
    byId('signings-none').hidden = list.childElementCount > 0;
  };
  const render = ({ requestId, state, terminated, method, startedAt }) => {
    const label = terminated ? 'Ended by an operator' : (STATE_LABELS[state] ?? 'Waits to begin');
    const open = (event) => {
      event.preventDefault();
      onOpen(requestId);
    };
    return createElement('li', {},
      createElement('a', { href: `?signing=${encodeURIComponent(requestId)}`,
          'data-key': requestId, 'aria-current': requestId === selected ? 'true' : false, on: { click: open } },
        `${formatMoment(startedAt)}${method === null ? '' : `, ${method.toUpperCase()}`}`),
      createElement('span', { class: `badge ${TONES[state] ?? 'info'}` }, label)); // prettier-ignore
  };
  more.addEventListener('click', () => void load(cursor));
  return {
    refresh: () => void load(null),
    select: (requestId) => {
      selected = requestId;
      void load(null);
    },
  };
}

/** The signed callbacks that the CRM has received for a signing. Polls until the final one is there. */
export function createCallbackList() {
  let timer;
  let requestId = '';
  let endedAt = null;

  const poll = async () => {
    const polledId = requestId;
    const { events } = await getCallbacks(polledId).catch(() => ({ events: null }));
    if (polledId !== requestId) return;
    if (events !== null) renderEvents(events);
    const isTimedOut = endedAt !== null && Date.now() - endedAt > POLL_TIMEOUT_MS;
    const isOver = isTimedOut || events?.some(({ type }) => isFinalEvent(type));
    if (!isOver) timer = setTimeout(poll, POLL_MS);
  };
  const show = (id) => {
    clearTimeout(timer);
    requestId = id;
    endedAt = null;
    byId('callbacks').hidden = id === '';
    renderEvents([]);
    if (id !== '') void poll();
  };
  return { show, hide: () => show(''), ended: () => (endedAt ??= Date.now()) };
}

function renderEvents(events) {
  byId('callbacks-none').hidden = events.length > 0;
  byId('callbacks-list').replaceChildren(
    ...events.map(({ type, timestamp }) =>
      createElement('li', {},
        createElement('time', { datetime: timestamp, class: 'soft' }, formatMoment(timestamp)),
        createElement('span', {}, describeEvent(type))),
    ),
  ); // prettier-ignore
}
