import type { Command } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SigningAudit } from '../../client/index.js';
import { type CommandContext, REQUEST_ID, addCommand, withSigningClient } from '../command.js';
import { UnwritableError } from '../failures.js';
import { formatAuditReport } from '../output/audit-report.js';

export function addAudit(program: Command, { output, action }: CommandContext): void {
  addCommand(program, 'audit', 'show the evidence of a signing; it names the participant')
    .argument(...REQUEST_ID)
    .option('--output <folder>', 'write it to this folder instead, as JSON and as a report')
    .action(
      action(async (requestId: string, { output: folder }: { readonly output?: string }) => {
        const audit = await withSigningClient((signings) => signings.audit(requestId));
        if (folder === undefined) output.printResult(audit, formatAuditReport(audit));
        else {
          const files = await writeFiles(folder, audit);
          output.printResult({ requestId, files }, [`Wrote ${files.join(' and ')}.`]);
        }
        for (const runId of audit.forgottenRuns)
          output.warn(
            `The Temporal server has deleted the run ${runId}: events of that run alone are missing here.`,
          );
        return 'done';
      }),
    );
}

/** Only the owner can read the files. @throws UnwritableError */
async function writeFiles(folder: string, audit: SigningAudit): Promise<string[]> {
  // Anyone who can start workflows may have chosen the id.
  const name = encodeURIComponent(audit.workflowId);
  const contents = {
    [join(folder, `${name}.json`)]: `${JSON.stringify(audit, undefined, 2)}\n`,
    [join(folder, `${name}.txt`)]: `${formatAuditReport(audit).join('\n')}\n`,
  };
  try {
    await mkdir(folder, { recursive: true });
    for (const [file, content] of Object.entries(contents)) await writeFile(file, content, { mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UnwritableError(`The evidence cannot be written to ${resolve(folder)} (${code}).`);
  }
  return Object.keys(contents);
}
