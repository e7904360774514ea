import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer } from './child-server.js';
import { findFreePort } from './ports.js';

/** The fake flexperto in a separate process. */
export interface FakeFlexpertoProcess {
  readonly url: string;
  /** The variables with which a worker uses it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Rejects when it exits unexpectedly; never resolves. */
  readonly unexpectedExit: Promise<never>;
  stop(): Promise<void>;
}

const API_KEY = 'the-api-key-of-the-fake';
const HAND_OVER = 'POST /api/v2/collaboration/contracts/contracts/sessions/{sessionId}/handover';
const MAIN = path.resolve(__dirname, '../../fake-flexperto/main.js');
const READY_TIMEOUT_SECONDS = 30;

/** Starts it, with the hand-over call, and waits until it answers. @throws Error with one sentence if it does not */
export async function startFakeFlexpertoProcess(): Promise<FakeFlexpertoProcess> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [MAIN], {
    cwd: path.dirname(MAIN),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      FAKE_FLEXPERTO_PORT: String(port),
      FAKE_FLEXPERTO_UPLOAD_PORT: '0',
      FAKE_FLEXPERTO_API_KEY: API_KEY,
      FAKE_FLEXPERTO_HANDOVER: HAND_OVER,
    },
  });
  const server = new ChildServer(child, 'The fake flexperto');
  await server.waitUntilReady(() => isListening(url), READY_TIMEOUT_SECONDS);
  return {
    url,
    variables: { FLEXPERTO_BASE_URL: url, FLEXPERTO_API_KEY: API_KEY, FLEXPERTO_HANDOVER: HAND_OVER },
    unexpectedExit: server.unexpectedExit(),
    stop: () => server.stop(),
  };
}

async function isListening(url: string): Promise<boolean> {
  const succeeded = await fetch(url).then(
    () => true,
    () => false,
  );
  if (!succeeded) await sleep(50);
  return succeeded;
}
