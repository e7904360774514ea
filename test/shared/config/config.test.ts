import { readClientConfig, readWorkerConfig } from '../../../src/shared/config/index.js';
import { ConfigError } from '../../../src/shared/errors.js';

const NEEDED = { FLEXPERTO_BASE_URL: 'https://tenant.test.flexperto.com', FLEXPERTO_API_KEY: 'a-secret' };

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

function problemOf(env: NodeJS.ProcessEnv): string {
  try {
    readWorkerConfig({ ...NEEDED, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('The configuration', () => {
  it('needs the address and the key of the tenant, and has a default for the rest', () => {
    expect(readWorkerConfig(NEEDED)).toEqual({
      taskQueue: 'signing',
      documentRoot: 'documents',
      documentHosts: [],
      payloadKeys: [],
      allowPlaintext: false,
      logLevel: 'info',
      baseUrl: 'https://tenant.test.flexperto.com',
      apiKey: 'a-secret',
      attachMethod: 'auto',
      handover: undefined,
      timeoutMs: 30_000,
      uploadTimeoutMs: 600_000,
      firstPollMs: 60_000,
      maxPollMs: 1_800_000,
      callbackSecrets: [],
      callbackHosts: [],
      reminderMs: 7 * 24 * 60 * 60_000,
      metricsAddress: undefined,
    });
  });

  it.each(['http://localhost:4010', 'http://127.0.0.1', 'http://[::1]:4010', 'HTTP://LOCALHOST.', 'https://tenant.example'])(
    'sends the API key over plain http to this machine alone: not refused is %s',
    (url) => {
      expect(problemOf({ FLEXPERTO_BASE_URL: url })).toBe('');
    },
  ); // prettier-ignore

  it.each(['http://tenant.live.flexperto.com', 'http://10.0.0.1', 'http://localhost.bank.example', 'HTTP://fake:4010'])(
    'sends the API key over plain http to this machine alone, unless that is allowed for a trial: %s',
    (url) => {
      expect(problemOf({ FLEXPERTO_BASE_URL: url })).toBe(
        'FLEXPERTO_BASE_URL must be an https: address, since the API key and personal data are sent there; to try things out beyond this machine over plain http, set FLEXPERTO_ALLOW_HTTP=true.',
      );
      expect(problemOf({ FLEXPERTO_BASE_URL: url, FLEXPERTO_ALLOW_HTTP: 'true' })).toBe('');
    },
  ); // prettier-ignore

  it('requires no variable of a client', () => {
    expect(readClientConfig({})).toMatchObject({ taskQueue: 'signing', allowPlaintext: false });
  });

  it('treats an empty variable as unset, and ignores variables of other programs', () => {
    const env = { SIGNING_TASK_QUEUE: '', FLEXPERTO_HANDOVER: '', HOME: '/', TEMPORAL_ADDRESS: 'nonsense' };
    expect(readWorkerConfig({ ...NEEDED, ...env }).taskQueue).toBe('signing');
  });

  it('reads every variable in its own unit', () => {
    const env = {
      FLEXPERTO_HANDOVER: 'PUT /sessions/{sessionId}/handover',
      FLEXPERTO_TIMEOUT_SECONDS: '2.5',
      FLEXPERTO_UPLOAD_TIMEOUT_SECONDS: '100',
      SIGNING_POLL_SECONDS: '0.5',
      SIGNING_POLL_MAX_SECONDS: '7200',
      SIGNING_DOCUMENT_HOSTS:
        ' docs.bank.example , docs.bank.example:8443,10.1.0.0/16,10.1.2.3,[::1]:8443,fd00::/8 ',
      SIGNING_CALLBACK_SECRET: `${SECRET}, whsec_${Buffer.alloc(24).toString('base64')}`,
      SIGNING_CALLBACK_HOSTS: 'crm.example',
      SIGNING_CALLBACK_REMINDER_DAYS: '0.5',
      SIGNING_ALLOW_PLAINTEXT: 'true',
      SIGNING_METRICS_ADDRESS: '[::1]:9464',
    };
    expect(readWorkerConfig({ ...NEEDED, ...env })).toMatchObject({
      handover: { method: 'PUT', path: '/sessions/{sessionId}/handover' },
      timeoutMs: 2_500,
      uploadTimeoutMs: 100_000,
      firstPollMs: 500,
      maxPollMs: 7_200_000,
      documentHosts: [
        'docs.bank.example',
        'docs.bank.example:8443',
        '10.1.0.0/16',
        '10.1.2.3',
        '[::1]:8443',
        'fd00::/8',
      ],
      callbackSecrets: [SECRET, `whsec_${Buffer.alloc(24).toString('base64')}`],
      callbackHosts: ['crm.example'],
      reminderMs: 12 * 60 * 60_000,
      allowPlaintext: true,
      metricsAddress: '[::1]:9464',
    });
  });

  it.each([
    [
      'FLEXPERTO_BASE_URL',
      ['tenant.live.flexperto.com', 'ftp://tenant', 'https://a:b@tenant', 'https://tenant/?a=b'],
    ],
    ['FLEXPERTO_API_KEY', ['two words', 'schlüssel']],
    ['FLEXPERTO_ATTACH_METHOD', ['PUT', 'post']],
    [
      'FLEXPERTO_HANDOVER',
      ['POST', '/sessions/{sessionId}', 'GET /{sessionId}', 'POST /sessions/13/handover'],
    ],
    ['FLEXPERTO_TIMEOUT_SECONDS', ['soon', '0', '241', '-1']],
    ['FLEXPERTO_UPLOAD_TIMEOUT_SECONDS', ['soon', '0', '1741']],
    ['SIGNING_TASK_QUEUE', ['two words', 'M\u00fcnchen', 'a'.repeat(81), "it's"]],
    ['SIGNING_DOCUMENT_HOSTS', ['https://docs.example', 'docs.example/path', '10.1.0.0/99', 'two words']],
    ['SIGNING_PAYLOAD_KEYS', ['key', 'id:too-short']],
    ['SIGNING_CALLBACK_SECRET', ['secret', 'whsec_', 'whsec_c2hvcnQ=', `${SECRET},${SECRET}`, `${SECRET},`]],
    ['SIGNING_CALLBACK_HOSTS', ['https://crm.example', 'crm.example/hooks']],
    ['SIGNING_CALLBACK_REMINDER_DAYS', ['weekly', '0', '366']],
    ['SIGNING_ALLOW_PLAINTEXT', ['yes', '1']],
    ['FLEXPERTO_ALLOW_HTTP', ['yes', '1']],
    ['SIGNING_METRICS_ADDRESS', ['9464', ':9464', 'localhost:9464', '127.0.0.1:99999']],
    ['SIGNING_HEALTH_ADDRESS', ['9465', ':9465', 'localhost:99999']],
    ['SIGNING_POLL_SECONDS', ['often', '0', '86401']],
    ['SIGNING_POLL_MAX_SECONDS', ['rarely', '0', '86401']],
    ['SIGNING_LOG_LEVEL', ['verbose', 'trace']],
    ['SIGNING_STARTS_PER_HOUR', ['many', '0', '2.5', '-1']],
    ['SIGNING_GATEWAY_ADDRESS', ['8080', 'localhost:99999']],
    [
      'SIGNING_GATEWAY_KEYS',
      ['key', 'crm:abc', `crm ${'a'.repeat(64)}`, `a/b:${'a'.repeat(64)}`, `crm:${'g'.repeat(64)}`],
    ],
    ['SIGNING_GATEWAY_JWKS_URL', ['keys', 'http://id.bank.example/keys', 'file:///keys']],
    [
      'SIGNING_GATEWAY_ORIGINS',
      ['*', 'crm.bank.example', 'https://crm.bank.example/', 'https://a.example/b'],
    ],
    ['SIGNING_CODEC_KEYS', ['key', 'ops:abc']],
    ['SIGNING_CODEC_CLAIM', ['roles', 'roles=', '=auditor']],
    ['SIGNING_CODEC_ORIGINS', ['*', 'temporal.bank.example', 'http://localhost:8233/']],
  ])('refuses a wrong %s by its name, in one sentence', (name, values) => {
    for (const value of values) {
      const problem = problemOf({ [name]: value });
      expect(problem).toMatch(new RegExp(`^${name} (must|is) .*\\.$`));
      expect(problem.split(name)).toHaveLength(2);
    }
  });

  it('never repeats a secret', () => {
    expect(problemOf({ FLEXPERTO_API_KEY: 'a secret' })).not.toContain('a secret');
    expect(problemOf({ SIGNING_PAYLOAD_KEYS: 'one:c2VjcmV0' })).not.toContain('c2VjcmV0');
    expect(problemOf({ SIGNING_CALLBACK_SECRET: 'whsec_c2VjcmV0' })).not.toContain('c2VjcmV0');
  });

  it.each([
    ['SIGNING_TASKQUEUE', 'SIGNING_TASK_QUEUE'],
    ['FLEXPERTO_BASEURL', 'FLEXPERTO_BASE_URL'],
    ['SIGNING_PAYLOAD_KEY', 'SIGNING_PAYLOAD_KEYS'],
    ['FLEXPERTO_HAND_OVER', 'FLEXPERTO_HANDOVER'],
  ])('refuses a misspelt %s and names %s', (misspelt, meant) => {
    expect(problemOf({ [misspelt]: 'x' })).toBe(
      `${misspelt} is not a variable of this program; did you mean ${meant}?`,
    );
  });

  it('takes the version of a worker from its build id, in the deployment of its task queue', () => {
    const env = { SIGNING_BUILD_ID: '0.2.0', SIGNING_TASK_QUEUE: 'bank' };
    expect(readWorkerConfig({ ...NEEDED, ...env }).version).toEqual({
      deploymentName: 'bank',
      buildId: '0.2.0',
    });
  });

  it('takes the version of a worker from the variables of the Worker Controller, never from half of them', () => {
    const env = { TEMPORAL_DEPLOYMENT_NAME: 'bank/signing-worker', TEMPORAL_WORKER_BUILD_ID: '0.2.0-6bd4' };
    expect(readWorkerConfig({ ...NEEDED, ...env }).version).toEqual({
      deploymentName: 'bank/signing-worker',
      buildId: '0.2.0-6bd4',
    });
    expect(problemOf({ ...env, SIGNING_BUILD_ID: '0.2.0' })).toMatch(/^SIGNING_BUILD_ID must be unset .*\.$/);
    const together = /^TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID must be set together: .*\.$/;
    expect(problemOf({ ...env, TEMPORAL_DEPLOYMENT_NAME: '' })).toMatch(together);
    expect(problemOf({ ...env, TEMPORAL_WORKER_BUILD_ID: '' })).toMatch(together);
  });

  it('needs a longest pause between polls that is not shorter than the first', () => {
    expect(problemOf({ SIGNING_POLL_SECONDS: '60', SIGNING_POLL_MAX_SECONDS: '30' })).toBe(
      'SIGNING_POLL_MAX_SECONDS must be at least SIGNING_POLL_SECONDS: the longest pause between two polls is 30 s, and the first 60 s.',
    );
    expect(readWorkerConfig({ ...NEEDED, SIGNING_POLL_SECONDS: '3600' }).maxPollMs).toBe(3_600_000);
  });

  it('names everything that is wrong in one message', () => {
    const problem = problemOf({ SIGNING_POLL_SECONDS: 'often', SIGNING_LOG_LEVEL: 'loud', SIGNING_X: '1' });
    for (const name of ['SIGNING_POLL_SECONDS', 'SIGNING_LOG_LEVEL', 'SIGNING_X'])
      expect(problem).toContain(name);
  });
});
