import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../processes/commands.js';
import { hashGatewayKey } from '../processes/program.js';

export const GATEWAY_KEY = 'compose-test';

const FILE = path.resolve(__dirname, '../../../docker-compose.yml');

/** The same services on free ports, so that they can run beside others. */
const ON_FREE_PORTS = `services:
  temporal: { ports: !reset [] }
  temporal-ui: { ports: !override ['127.0.0.1:0:8080'] }
  gateway: { ports: !override ['127.0.0.1:0:8080'] }
  fake-flexperto: { ports: !override ['127.0.0.1:0:4010'] }
`;

/** docker-compose.yml as a project with its own name, secrets and ports. */
export interface ComposeProject {
  /** Runs `docker compose` with these arguments and returns its stdout. @throws Error with its error line */
  run(args: readonly string[], timeoutSeconds?: number): Promise<string>;
  /** The address at which this machine reaches a port of a service. */
  findUrl(service: string, port: number): Promise<string>;
}

/** Writes the project's secrets and its .env, without a tenant, into an empty folder. */
export function createComposeProject(folder: string): ComposeProject {
  const password = path.join(folder, 'postgres-password');
  const env = path.join(folder, 'env');
  const ports = path.join(folder, 'ports.yml');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The containers read it as another user; the folder is closed to others of this machine.
  writeFileSync(password, randomBytes(24).toString('hex'), { mode: 0o644 });
  writeFileSync(ports, ON_FREE_PORTS);
  const variables = {
    POSTGRES_PASSWORD_FILE: password,
    SIGNING_PAYLOAD_KEYS: `test:${randomBytes(32).toString('base64')}`,
    SIGNING_GATEWAY_KEYS: hashGatewayKey('test', GATEWAY_KEY),
    SIGNING_POLL_SECONDS: '1',
  };
  writeFileSync(env, Object.entries(variables).map((entry) => `${entry.join('=')}\n`).join('')); // prettier-ignore
  const project = ['compose', '--project-name', 'signing-compose-test', '--env-file', env, '--file', FILE, '--file', ports]; // prettier-ignore
  const run = (args: readonly string[], timeoutSeconds = 120): Promise<string> =>
    runCommand('docker', [...project, ...args], { env: withoutProjectVariables(), timeoutSeconds });
  return {
    run,
    findUrl: async (service, port) => {
      const published = await run(['--profile', 'trial', 'port', service, String(port)]);
      return `http://${published.trim()}`;
    },
  };
}

/** This machine's environment would win over the project's .env. */
function withoutProjectVariables(): NodeJS.ProcessEnv {
  const own = /^(COMPOSE|FLEXPERTO|SIGNING|POSTGRES|TEMPORAL)_|^(DOCUMENT|CERTIFICATE)_FOLDER$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}
