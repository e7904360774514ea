import { ConfigError, getErrorMessage } from './errors.js';
import { NoAccessError, NoServerError } from './temporal-errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Errors whose message needs no introduction. */
const SELF_EXPLANATORY_ERRORS = [ConfigError, NoServerError, NoAccessError];

/** Runs a program and exits: with 0 at its end, with 1 and the error's message on stderr if it fails. */
export function runProgram(name: string, main: () => Promise<void>): void {
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      const message = getErrorMessage(error);
      const isClear = SELF_EXPLANATORY_ERRORS.some((kind) => error instanceof kind);
      process.stderr.write(`${isClear ? message : `The ${name} stopped: ${message}`}\n`);
      process.exit(1);
    },
  );
}

/** Exits at a signal, while there is nothing to end in order. Returns what ends this. */
export function exitOnSignal(): () => void {
  const exit = (): void => process.exit(0);
  for (const signal of SIGNALS) process.on(signal, exit);
  return () => {
    for (const signal of SIGNALS) process.off(signal, exit);
  };
}

export async function waitForSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of SIGNALS)
      process.once(signal, () => {
        resolve();
      });
  });
}
