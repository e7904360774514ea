import { writeFile } from 'node:fs/promises';
import { request as askGateway } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { hashGatewayKey } from '../../../scripts/processes/program.js';
import { launchChromium } from '../../../scripts/tools/chromium.js';
import { captureRejection, waitUntil } from '../../support/async-helpers.js';
import { generatePayloadKey } from '../../support/encrypted-client.js';
import { type LocalServer, createLocalCertificate, startLocalServer } from '../../support/local-server.js';
import type { GatewayProcess } from '../../support/program-process.js';
import { PARTICIPANT_VALUES, REQUEST } from '../../support/requests.js';
import { type TemporalCommand, createTemporalCommand } from '../../support/temporal-command.js';
import { type IdentityProvider, startIdentityProvider } from '../auth/identity-provider.js';
import { type GatewayEnvironment, KEY, createGatewayEnvironment } from '../gateway-environment.js';

const PAYLOAD_KEYS = `k1:${generatePayloadKey()}`;
const CODEC_KEY = 'the-key-of-an-operator';

let provider: IdentityProvider;
let environment: GatewayEnvironment;
let requestId: string;
beforeAll(async () => {
  provider = await startIdentityProvider();
  const codec = {
    SIGNING_CODEC_KEYS: hashGatewayKey('ops', CODEC_KEY),
    SIGNING_CODEC_CLAIM: 'roles=signing-auditor',
  };
  const env = { ...provider.env, ...codec, SIGNING_PAYLOAD_KEYS: PAYLOAD_KEYS };
  environment = await createGatewayEnvironment(env, { ui: true });
  await environment.startWorker({ SIGNING_PAYLOAD_KEYS: PAYLOAD_KEYS });
  ({ requestId } = await environment.startSigningUntil('awaiting-handover'));
});
afterAll(async () => {
  await environment.close();
  await provider.close();
});

/** A shorter one could be in ciphertext by chance. */
const LONG_VALUES = PARTICIPANT_VALUES.filter(({ length }) => length > 8);

const findPlainValues = (text: string): string[] => LONG_VALUES.filter((value) => text.includes(value));

describe('The Temporal CLI', () => {
  let temporal: TemporalCommand;
  beforeAll(async () => {
    temporal = await createTemporalCommand(environment);
  });

  const by = (key: string): string[] => {
    return ['--codec-endpoint', `${environment.gateway.url}/codec`, '--codec-auth', `Bearer ${key}`];
  };
  /** The CLI's output for a history, with its payloads. */
  const show = async (id: string, ...codec: string[]): Promise<string> => {
    const history = await temporal('workflow', 'show', '--workflow-id', `signing-${id}`, ...codec);
    const text = JSON.stringify(history);
    const data = [...text.matchAll(/"data":"([^"]*)"/g)].map(([, bytes = '']) =>
      Buffer.from(bytes, 'base64'),
    );
    return [text, ...data].join('\n');
  };

  it('shows a history in plain text with a key of the endpoint, and as ciphertext without', async () => {
    expect(findPlainValues(await show(requestId))).toEqual([]);
    expect(findPlainValues(await show(requestId, ...by(CODEC_KEY)))).toEqual(LONG_VALUES);
  });

  it('shows it with the token of an auditor, and with no other token', async () => {
    const auditor = provider.token({ roles: ['signing-auditor'] });
    expect(findPlainValues(await show(requestId, ...by(auditor)))).toEqual(LONG_VALUES);
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
      expect(String(await captureRejection(query))).toContain(refused);
    }
  });

  it('encrypts what it sends, and can read the response', async () => {
    const started = { ...REQUEST, requestId: 'by-the-cli' };
    const file = join(environment.root, 'request.json');
    await writeFile(file, JSON.stringify(started));
    const on = ['--workflow-id', 'signing-by-the-cli', ...by(CODEC_KEY)];
    const type = ['--type', 'signingSession', '--task-queue', environment.taskQueue];
    await temporal('workflow', 'start', ...on, ...type, '--input-file', file);
    const query = ['workflow', 'query', ...on, '--type', 'status'];
    await waitUntil('a worker has started the signing', async () =>
      JSON.stringify(await temporal(...query)).includes('"awaiting-handover"'),
    );
    expect(findPlainValues(await show('by-the-cli'))).toEqual([]);
    expect(findPlainValues(await show('by-the-cli', ...by(CODEC_KEY)))).toEqual(LONG_VALUES);
  });
});

describe('The Temporal UI', () => {
  let gateway: GatewayProcess;
  let front: LocalServer;
  let browser: Browser;
  beforeAll(async () => {
    gateway = await environment.startGateway({ SIGNING_CODEC_ORIGINS: environment.server.uiUrl });
    front = await startTlsProxy(gateway);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await front.close();
  });

  /**
   * The UI's page of the workflow after a login with this token. The settings and the user are those of a UI server with
   * TEMPORAL_AUTH_ENABLED and TEMPORAL_CODEC_PASS_ACCESS_TOKEN.
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
    await page.goto(`${environment.server.uiUrl ?? ''}/namespaces/default/workflows/signing-${requestId}`);
    return page;
  };
  const mail = REQUEST.participants[0]?.email ?? '';

  it('shows the input of a signing to the owner of a token with the claim', async () => {
    const page = await open(provider.token({ roles: ['signing-auditor'] }));
    await page.getByText(mail).first().waitFor();
    expect(gateway.output()).toContain('"caller":"codec/jwt/45","payloads":1,"msg":"payloads decoded"');
  });

  it('shows ciphertext and the error of the endpoint to any other user', async () => {
    const page = await open(provider.token());
    await page.locator('#content').getByText('Codec Server could not connect').waitFor();
    await page.getByText('encryption-key-id').first().waitFor();
    expect(await page.getByText(mail).count()).toBe(0);
  });
});

/** As in production: the UI sends no token to an address without TLS. */
async function startTlsProxy({ url }: GatewayProcess): Promise<LocalServer> {
  return startLocalServer(
    (request, response) => {
      const { method, headers, url: path = '' } = request;
      const asked = askGateway(`${url}${path}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(asked);
    },
    await createLocalCertificate(),
  );
}
