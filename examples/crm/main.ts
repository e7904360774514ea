import { startCrm } from './server.js';
import { readSettings } from './settings.js';

/** Reads all settings from the environment, prints one line when ready, and stops on SIGTERM. */
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
