import { readSettings } from './settings.js';
import { startCrm } from './server.js';

/** Everything from the environment, one line when ready, a clean stop on SIGTERM. */
async function main(): Promise<void> {
  const crm = await startCrm(readSettings(process.env));
  const stop = (): void => void crm.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(`The example CRM is ready: ${crm.url}`);
}

main().catch((error: unknown) => {
  console.error(`The example CRM cannot start. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
