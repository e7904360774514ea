import { writeFile } from 'node:fs/promises';
import { request as askGateway } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../scripts/chromium.js';
import { hashed, type GatewayProcess } from '../support/gateway-process.js';
import { localCertificate, serve, type LocalServer } from '../support/local-server.js';
import { eventually, rejection } from '../support/outcomes.js';
import { freshKey } from '../support/payload-keys.js';
import { PARTICIPANT_VALUES, REQUEST } from '../support/requests.js';
import { temporalCommand, type TemporalCommand } from '../support/temporal-command.js';
import { createGatewayWorld, KEY, type GatewayWorld } from './gateway-world.js';
import { startIdentityProvider, type IdentityProvider } from './identity-provider.js';

const PAYLOAD_KEYS = `k1:${freshKey()}`;
const READER = 'the-key-of-an-operator';

let provider: IdentityProvider;
let world: GatewayWorld;
let requestId: string;
beforeAll(async () => {
  provider = await startIdentityProvider();
  const codec = { SIGNING_CODEC_KEYS: hashed('ops', READER), SIGNING_CODEC_CLAIM: 'roles=signing-auditor' };
  const env = { ...provider.env, ...codec, SIGNING_PAYLOAD_KEYS: PAYLOAD_KEYS };
  world = await createGatewayWorld(env, { ui: true });
  await world.startWorker({ SIGNING_PAYLOAD_KEYS: PAYLOAD_KEYS });
  ({ requestId } = await world.signingIn('awaiting-handover'));
});
afterAll(async () => {
  await world.close();
  await provider.close();
});

/** A short one stands in some ciphertext by chance. */
const LONG_VALUES = PARTICIPANT_VALUES.filter(({ length }) => length > 8);

const shownIn = (text: string): string[] => LONG_VALUES.filter((value) => text.includes(value));

describe('The Temporal CLI', () => {
  let temporal: TemporalCommand;
  beforeAll(async () => {
    temporal = await temporalCommand(world);
  });

  const by = (key: string): string[] => {
    return ['--codec-endpoint', `${world.gateway.url}/codec`, '--codec-auth', `Bearer ${key}`];
  };
  /** All that the CLI prints of a history, with what its payloads hold. */
  const show = async (id: string, ...codec: string[]): Promise<string> => {
    const history = await temporal('workflow', 'show', '--workflow-id', `signing-${id}`, ...codec);
    const text = JSON.stringify(history);
    const data = [...text.matchAll(/"data":"([^"]*)"/g)].map(([, bytes = '']) =>
      Buffer.from(bytes, 'base64'),
    );
    return [text, ...data].join('\n');
  };

  it('shows the history of a session in plain text with a key of the endpoint, and else as ciphertext', async () => {
    expect(shownIn(await show(requestId))).toEqual([]);
    expect(shownIn(await show(requestId, ...by(READER)))).toEqual(LONG_VALUES);
  });

  it('shows it with the token of an auditor too, and to nobody else', async () => {
    const auditor = provider.token({ roles: ['signing-auditor'] });
    expect(shownIn(await show(requestId, ...by(auditor)))).toEqual(LONG_VALUES);
    for (const [key, refused] of [
      [KEY, 'Unauthorized'],
      [provider.token(), 'Forbidden'],
    ] as const) {
      const query = temporal(
        'workflow',
        'query',
        '--workflow-id',
        `signing-${requestId}`,
        ...by(key),
        '--type',
        'status',
      );
      expect(String(await rejection(query))).toContain(refused);
    }
  });

  it('encrypts what it sends, and can read the answer', async () => {
    const started = { ...REQUEST, requestId: 'by-the-cli' };
    const file = join(world.root, 'request.json');
    await writeFile(file, JSON.stringify(started));
    const on = ['--workflow-id', 'signing-by-the-cli', ...by(READER)];
    const type = ['--type', 'signingSession', '--task-queue', world.taskQueue];
    await temporal('workflow', 'start', ...on, ...type, '--input-file', file);
    const query = ['workflow', 'query', ...on, '--type', 'status'];
    await eventually('the session is taken up', async () =>
      JSON.stringify(await temporal(...query)).includes('"awaiting-handover"'),
    );
    expect(shownIn(await show('by-the-cli'))).toEqual([]);
    expect(shownIn(await show('by-the-cli', ...by(READER)))).toEqual(LONG_VALUES);
  });
});

describe('The Temporal UI', () => {
  let gateway: GatewayProcess;
  let front: LocalServer;
  let browser: Browser;
  beforeAll(async () => {
    gateway = await world.startGateway({ SIGNING_CODEC_ORIGINS: world.server.uiUrl });
    front = await tlsInFrontOf(gateway);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await front.close();
  });

  /**
   * The page of the session as a UI shows it whose login has brought this token: told of its settings, and of the user, what
   * a server of the UI with TEMPORAL_AUTH_ENABLED and TEMPORAL_CODEC_PASS_ACCESS_TOKEN would tell.
   */
  const open = async (accessToken: string): Promise<Page> => {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      viewport: { width: 1400, height: 1000 },
    });
    const page = await context.newPage();
    await page.route('**/api/v1/settings*', async (route) => {
      const given = (await (await route.fetch()).json()) as Record<string, unknown>;
      const Codec = { Endpoint: `${front.url}/codec`, PassAccessToken: true, IncludeCredentials: false };
      await route.fulfill({ json: { ...given, Auth: { Enabled: true, Options: null }, Codec } });
    });
    const user = JSON.stringify({ accessToken, idToken: accessToken });
    await page.addInitScript(`localStorage.setItem('AuthUser', ${JSON.stringify(user)})`);
    await page.goto(`${world.server.uiUrl ?? ''}/namespaces/default/workflows/signing-${requestId}`);
    return page;
  };
  const mail = REQUEST.participants[0]?.email ?? '';

  it('shows the input of a session to the owner of a token with the claim', async () => {
    const page = await open(provider.token({ roles: ['signing-auditor'] }));
    await page.getByText(mail).first().waitFor();
    expect(gateway.output()).toContain('"caller":"codec/jwt/45","payloads":1,"msg":"payloads decoded"');
  });

  it('shows ciphertext to any other user, and that the endpoint refuses', async () => {
    const page = await open(provider.token());
    await page.locator('#content').getByText('Codec Server could not connect').waitFor();
    await page.getByText('encryption-key-id').first().waitFor();
    expect(await page.getByText(mail).count()).toBe(0);
  });
});

/** As in production: the UI gives no token to an address without TLS. */
async function tlsInFrontOf({ url }: GatewayProcess): Promise<LocalServer> {
  return serve(
    (request, response) => {
      const { method, headers, url: path = '' } = request;
      const asked = askGateway(`${url}${path}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(asked);
    },
    await localCertificate(),
  );
}
