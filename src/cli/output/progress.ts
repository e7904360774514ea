import { STATE_DESCRIPTIONS } from '../../domain/state-descriptions.js';
import { isFinal, type SigningStatus } from '../../domain/status.js';
import { formatAttention, formatDocumentStatus, STATE_STYLES } from './status-page.js';
import { stripControlCharacters, type Output } from './output.js';

/** Tells what is new in each status it is shown: a line for a state, and one for each document that has moved. */
export function createProgressPrinter(output: Output): (status: SigningStatus) => void {
  let previous: SigningStatus | undefined;
  return (status) => {
    // The session itself has not moved, only its callbacks.
    if (status.updatedAt === previous?.updatedAt) return;
    const time = new Date().toTimeString().slice(0, 8);
    const lines = formatChanges(status, previous, output);
    previous = status;
    output.printProgress(
      lines.map((line, index) => `${index === 0 ? time : ' '.repeat(time.length)}  ${line}`),
    );
    if (!isFinal(status.state)) output.spinner.show(status.state);
  };
}

function formatChanges(
  status: SigningStatus,
  previous: SigningStatus | undefined,
  { color }: Output,
): string[] {
  const { requestId, state, sessionId, attention } = status;
  const previousStatuses = new Map(
    previous?.documents.map((document) => [document.name, formatDocumentStatus(document)]),
  );
  const changed = status.documents
    .map((document) => [document.name, formatDocumentStatus(document)] as const)
    .filter(([name, progress]) => progress !== (previousStatuses.get(name) ?? 'not uploaded'));
  return [
    // A question asked a second time is a new one, also where nothing else has changed.
    ...(state === previous?.state && attention === null
      ? []
      : [`${color(STATE_STYLES[state] ?? 'bold', state.padEnd(18))}  ${STATE_DESCRIPTIONS[state]}`]),
    ...(sessionId === null || sessionId === previous?.sessionId ? [] : [`  contract session ${sessionId}`]),
    ...changed.map(
      ([name, progress]) => `  ${stripControlCharacters(name)}: ${stripControlCharacters(progress)}`,
    ),
    ...(attention === null ? [] : formatAttention(requestId, attention).map((line) => `  ${line}`)),
  ];
}
