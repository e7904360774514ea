/**
 * `node dist/scripts/sdk-download.js cli|time-skipping VERSION FOLDER`: lets the Temporal SDK download a server into
 * the folder. The SDK offers that only as a part of starting one, so one is started and stopped again. A process of
 * its own, because a download that hangs can be ended no other way.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, version, downloadDir] = process.argv.slice(2);

async function main(): Promise<void> {
  if (version === undefined || downloadDir === undefined)
    throw new Error('Name a kind, a version and a folder.');
  const server = { executable: { type: 'cached-download', version, downloadDir } } as const;
  const environment =
    kind === 'cli'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await environment.teardown();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
