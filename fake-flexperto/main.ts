import { existsSync } from 'node:fs';
import { startFakeFlexperto } from './index.js';
import { readOptions } from './options.js';

/** `npm run fake`: reads the environment, prints one line when ready, and stops cleanly on SIGTERM. */
async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const fake = await startFakeFlexperto(readOptions(process.env));
  const stop = (): void => void fake.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(`Fake flexperto is ready. Dashboard: ${fake.url}/ · upload host: ${fake.uploadUrl}`);
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port ?? '?'} is in use; set FAKE_FLEXPERTO_PORT or FAKE_FLEXPERTO_UPLOAD_PORT.`;
  return error.message;
}

main().catch((error: unknown) => {
  console.error(`Fake flexperto cannot start. ${describeError(error)}`);
  process.exitCode = 1;
});
