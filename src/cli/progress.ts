import { MEANING } from '../domain/explanations.js';
import { isFinal, type SigningStatus } from '../domain/status.js';
import { attentionLines } from './attention.js';
import { visible, type Output } from './output.js';
import { progressOf, STYLES } from './status-page.js';

/** Tells what is new in each status it is shown: a line for a state, and one for each document that has moved. */
export function createProgress(output: Output): (status: SigningStatus) => void {
  let before: SigningStatus | undefined;
  return (status) => {
    // The session itself has not moved, only its callbacks.
    if (status.updatedAt === before?.updatedAt) return;
    const time = new Date().toTimeString().slice(0, 8);
    const lines = news(status, before, output);
    before = status;
    output.tell(lines.map((line, index) => `${index === 0 ? time : ' '.repeat(time.length)}  ${line}`));
    if (!isFinal(status.state)) output.live.show(status.state);
  };
}

function news(status: SigningStatus, before: SigningStatus | undefined, { paint }: Output): string[] {
  const { requestId, state, sessionId, attention } = status;
  const known = new Map(before?.documents.map((document) => [document.name, progressOf(document)]));
  const moved = status.documents
    .map((document) => [document.name, progressOf(document)] as const)
    .filter(([name, progress]) => progress !== (known.get(name) ?? 'not uploaded'));
  return [
    // A question asked a second time is a new one, also where nothing else has changed.
    ...(state === before?.state && attention === null
      ? []
      : [`${paint(STYLES[state] ?? 'bold', state.padEnd(18))}  ${MEANING[state]}`]),
    ...(sessionId === null || sessionId === before?.sessionId ? [] : [`  contract session ${sessionId}`]),
    ...moved.map(([name, progress]) => `  ${visible(name)}: ${visible(progress)}`),
    ...(attention === null ? [] : attentionLines(requestId, attention).map((line) => `  ${line}`)),
  ];
}
