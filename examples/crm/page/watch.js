import { eventsOf, getSigning } from './api.js';
import { isFinal } from './words.js';

const AGAIN_MS = 3_000;
/** After these the session never says anything again. */
const THE_END = ['not-found', 'rejected', 'terminated', 'broken'];

/**
 * Follows a signing until its end or until the returned function is called: `onStatus(status)` for each state,
 * `onLost()` when the connection breaks off, `onProblem(problem, isTheEnd)`. A stream that breaks off is opened again.
 */
export function watch(requestId, { onStatus, onLost, onProblem }) {
  let events;
  let timer;
  let isOver = false;

  const stop = () => {
    isOver = true;
    clearTimeout(timer);
    events?.close();
  };
  const saw = (status) => {
    if (isOver) return;
    if (isFinal(status.state)) stop();
    onStatus(status);
  };
  const failed = (problem) => {
    if (isOver) return;
    const isTheEnd = THE_END.includes(problem.kind);
    onProblem(problem, isTheEnd);
    if (isTheEnd) return stop();
    timer = setTimeout(open, AGAIN_MS);
  };
  function open() {
    events?.close();
    events = eventsOf(requestId);
    events.addEventListener('status', ({ data }) => saw(JSON.parse(data)));
    // The stream cannot say why it was refused: the state can.
    events.addEventListener('problem', () => look());
    events.addEventListener('error', () => {
      if (isOver) return;
      onLost();
      if (events.readyState === EventSource.CLOSED) look();
    });
  }
  function look() {
    events.close();
    getSigning(requestId).then((status) => {
      saw(status);
      if (!isOver) timer = setTimeout(open, AGAIN_MS);
    }, failed);
  }
  open();
  return stop;
}
