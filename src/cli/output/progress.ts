import { STATE_DESCRIPTIONS } from '../../domain/state-descriptions.js';
import { type SigningStatus, isFinal } from '../../domain/status.js';
import { type Output, stripControlCharacters } from './output.js';
import { STATE_STYLES, formatAttention, formatDocumentStatus } from './status-page.js';

/** Prints what changed in each status: one line for a new state, and one for each document with a new status. */
export function createProgressPrinter(output: Output): (status: SigningStatus) => void {
  let previous: SigningStatus | undefined;
  return (status) => {
    // Only the callbacks have changed.
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
    // Shows a decision that is needed again even if nothing else has changed.
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
