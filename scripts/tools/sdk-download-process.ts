/**
 * `node dist/scripts/tools/sdk-download-process.js cli|time-skipping VERSION FOLDER`: lets the Temporal SDK download a server
 * into the folder. The SDK downloads only when it starts a server, so this starts and stops one. It is a separate process,
 * so that a download that hangs can be killed.
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
