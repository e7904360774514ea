import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SigningFilter, SigningSummary } from '../../client/index.js';
import { FINAL_STATES, OPEN_STATES } from '../../domain/status.js';
import { type CommandContext, addCommand, withSigningClient } from '../command.js';
import { formatMinute, formatTable } from '../output/output.js';

const DEFAULT_LIMIT = 50;

interface ListOptions {
  readonly state?: string;
  readonly employee?: string;
  readonly crmRecord?: string;
  readonly limit: number;
}

export function addList(program: Command, { output, action }: CommandContext): void {
  addCommand(program, 'list', 'list signings: open ones first, then ended ones, the latest first')
    .addOption(
      new Option('--state <state>', 'only signings in this state').choices([...OPEN_STATES, ...FINAL_STATES]),
    )
    .option('--employee <employeeId>', 'only signings of this employee')
    .option('--crm-record <crmRecord>', 'only signings of this CRM record')
    .option('--limit <number>', 'the maximum number of signings', parseLimit, DEFAULT_LIMIT)
    .action(
      action(async ({ state, employee, crmRecord, limit }: ListOptions) => {
        const filter: SigningFilter = { state, employeeId: employee, crmRecord, limit };
        const summaries = await withSigningClient((signings) => signings.list(filter));
        output.printResult(summaries, formatSummaries(summaries));
        if (summaries.length === limit) output.warn(`There may be more than these ${limit}: see --limit.`);
        return 'done';
      }),
    );
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
}

function formatSummaries(summaries: readonly SigningSummary[]): string[] {
  if (summaries.length === 0) return ['No signing was found.'];
  const heading = [
    'Request',
    'State',
    'Method',
    'Contract session',
    'Employee',
    'CRM record',
    'Started',
    'Deadline',
  ];
  return formatTable(
    heading,
    summaries.map((summary) => [
      summary.requestId,
      summary.terminated ? `terminated (${formatState(summary)})` : formatState(summary),
      summary.method ?? '',
      summary.sessionId === null ? '' : String(summary.sessionId),
      summary.employeeId ?? '',
      summary.crmRecord ?? '',
      formatMinute(summary.startedAt),
      summary.deadline === null ? '' : formatMinute(summary.deadline),
    ]),
  );
}

function formatState({ state }: SigningSummary): string {
  return state ?? 'not started yet';
}
