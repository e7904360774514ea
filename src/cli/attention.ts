import { adviceOn, meaningOf } from '../domain/explanations.js';
import type { Action, Attention } from '../domain/status.js';
import { commandLine } from './command-line.js';
import { visible } from './output.js';

/** Why a session waits for a human, and the exact commands that answer it. */
export function attentionLines(requestId: string, attention: Attention): string[] {
  const why = `Why: ${visible(attention.reason)}`;
  if (attention.actions.length === 0) return [why];
  const choices = attention.actions.flatMap((action) => [
    `  ${meaningOf(action, attention)}:`,
    `    ${commandLine('resolve', requestId, ...argumentsOf(action, attention))}`,
  ]);
  return [why, `What to do: ${adviceOn(attention)}`, ...choices];
}

/** The number is left open on purpose: an example that is copied as it stands must not adopt another's session. */
function argumentsOf(action: Action, { id, step }: Attention): string[] {
  const question = [action, '--attention-id', id];
  if (action === 'abort') return [...question, '--reason', '"…"'];
  return action === 'adopt' && step === 'initiate' ? [...question, '--session-id', 'NUMBER'] : question;
}
