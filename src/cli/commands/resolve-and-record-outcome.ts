import { Argument, type Command, InvalidArgumentError } from 'commander';
import { OUTCOMES, type Outcome } from '../../domain/outcome.js';
import type { Resolution } from '../../domain/resolution.js';
import { ACTIONS, type Action, type SigningStatus } from '../../domain/status.js';
import { type CommandContext, REQUEST_ID, addCommand, formatCommand, withSigningClient } from '../command.js';
import { UsageError } from '../failures.js';

interface ResolveOptions {
  readonly attentionId?: string;
  readonly sessionId?: number;
  readonly reason?: string;
}

export function addResolve(program: Command, { output, action }: CommandContext): void {
  addCommand(program, 'resolve', 'decide how a signing that needs attention continues')
    .argument(...REQUEST_ID)
    .addArgument(
      new Argument('<action>', 'retry: do it again; adopt: it did happen; abort: give up').choices(ACTIONS),
    )
    .option('--attention-id <id>', 'the decision that is needed, as status shows it')
    .option(
      '--session-id <number>',
      'with adopt, after an initiate with unknown outcome: the contract session',
      parseSessionId,
    )
    .option('--reason <text>', 'with abort: why')
    .action(
      action(async (requestId: string, decision: Action, options: ResolveOptions) => {
        const resolution = parseResolution(requestId, decision, options);
        const status = await withSigningClient((signings) => signings.resolve(requestId, resolution));
        output.printResult(status, [formatResolved(decision, status)]);
        return 'done';
      }),
    );
}

export function addRecordOutcome(program: Command, { output, action }: CommandContext): void {
  addCommand(
    program,
    'record-outcome',
    'record how a signing ended, if the API of flexperto does not report it',
  )
    .argument(...REQUEST_ID)
    .addArgument(new Argument('<outcome>', 'what the flexperto Dashboard shows').choices(OUTCOMES))
    .option('--reason <text>', 'why it failed or was withdrawn')
    .action(
      action(async (requestId: string, outcome: Outcome, { reason }: { readonly reason?: string }) => {
        const recorded = { outcome, ...(reason === undefined ? {} : { reason }) };
        const status = await withSigningClient((signings) => signings.recordOutcome(requestId, recorded));
        output.printResult(status, [`Recorded that the signing ${requestId} ended as ${outcome}.`]);
        return 'done';
      }),
    );
}

function parseSessionId(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of the contract session that the Dashboard shows.');
}

/** @throws UsageError if an option is missing, or cannot be used with this action */
function parseResolution(requestId: string, action: Action, options: ResolveOptions): Resolution {
  const { attentionId, sessionId: id, reason } = options;
  if (id !== undefined && action !== 'adopt')
    throw new UsageError(`--session-id cannot be used with ${action}.`);
  if (reason !== undefined && action !== 'abort')
    throw new UsageError(`--reason cannot be used with ${action}.`);
  if (action === 'abort' && reason === undefined)
    throw new UsageError('abort needs a --reason "…", for later questions.');
  // Never looked up here: another decision may be needed by now than the one that was shown.
  if (attentionId === undefined)
    throw new UsageError(
      `${action} needs --attention-id, the decision that is needed; this shows it with the whole command: ` +
        formatCommand('status', requestId),
    );
  if (action === 'adopt') return { attentionId, action, ...(id === undefined ? {} : { sessionId: id }) };
  return action === 'retry' ? { attentionId, action } : { attentionId, action, reason: reason ?? '' };
}

function formatResolved(action: Action, { requestId, state }: SigningStatus): string {
  return action === 'abort'
    ? `The signing ${requestId} was aborted; what exists at flexperto stays there.`
    : `The signing ${requestId} continues: ${state}.`;
}
