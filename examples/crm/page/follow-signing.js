import { getSigning, openEvents } from './api.js';
import { isFinal } from './texts.js';

const RECONNECT_MS = 3_000;
/** After one of these problems, the signing never changes again. */
const PERMANENT_PROBLEMS = ['not-found', 'rejected', 'terminated', 'broken'];

/**
 * Follows a signing until its end or until the returned function is called: `onStatus(status)` for each state,
 * `onLost()` when the connection breaks, `onProblem(problem, isPermanent)`. It opens a broken stream again.
 */
export function followSigning(requestId, { onStatus, onLost, onProblem }) {
  let events;
  let timer;
  let isOver = false;

  const stop = () => {
    isOver = true;
    clearTimeout(timer);
    events?.close();
  };
  const onState = (status) => {
    if (isOver) return;
    if (isFinal(status.state)) stop();
    onStatus(status);
  };
  const onFailure = (problem) => {
    if (isOver) return;
    const isPermanent = PERMANENT_PROBLEMS.includes(problem.kind);
    onProblem(problem, isPermanent);
    if (isPermanent) return stop();
    timer = setTimeout(connect, RECONNECT_MS);
  };
  function connect() {
    events?.close();
    events = openEvents(requestId);
    events.addEventListener('status', ({ data }) => onState(JSON.parse(data)));
    // An EventSource hides why the server refused it; the status has the reason.
    events.addEventListener('problem', () => readStatus());
    events.addEventListener('error', () => {
      if (isOver) return;
      onLost();
      if (events.readyState === EventSource.CLOSED) readStatus();
    });
  }
  function readStatus() {
    events.close();
    getSigning(requestId).then((status) => {
      onState(status);
      if (!isOver) timer = setTimeout(connect, RECONNECT_MS);
    }, onFailure);
  }
  connect();
  return stop;
}
