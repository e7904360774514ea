import { randomBytes } from 'node:crypto';
import { readClientConfig } from '../../src/shared/config/index.js';
import { readTemporalConfig } from '../../src/shared/temporal.js';

const KEYS = { SIGNING_PAYLOAD_KEYS: `one:${randomBytes(32).toString('base64')}` };

/** The Temporal configuration of a process with these variables. */
function readConfigFor(address: string, signing: NodeJS.ProcessEnv = {}) {
  const before = process.env['TEMPORAL_ADDRESS'];
  process.env['TEMPORAL_ADDRESS'] = address;
  try {
    return readTemporalConfig(readClientConfig(signing));
  } finally {
    if (before === undefined) delete process.env['TEMPORAL_ADDRESS'];
    else process.env['TEMPORAL_ADDRESS'] = before;
  }
}

describe('A Temporal server', () => {
  it.each(['127.0.0.1:7233', '127.1.2.3:7233', 'localhost:7233', '[::1]:7233'])(
    'on this machine (%s) is used without encryption',
    (address) => {
      expect(readConfigFor(address)).toMatchObject({ address, namespace: 'default' });
    },
  );

  it.each([
    'temporal.example:7233',
    '10.0.0.7:7233',
    '[fd00::1]:7233',
    'localhost.example:7233',
    '127.0.0.1.example:7233',
  ])('on another machine (%s) is used without encryption only where a variable allows it', (address) => {
    expect(() => readConfigFor(address)).toThrow(
      /would store personal data in plain text: set SIGNING_PAYLOAD_KEYS/,
    );
    expect(readConfigFor(address, { SIGNING_ALLOW_PLAINTEXT: 'true' }).address).toBe(address);
    expect(readConfigFor(address, KEYS).address).toBe(address);
  });

  it('is on this machine if the variables are empty, as .env and compose files leave them', () => {
    const names = [
      'TEMPORAL_ADDRESS',
      'TEMPORAL_NAMESPACE',
      'TEMPORAL_API_KEY',
      'TEMPORAL_TLS_CLIENT_CERT_PATH',
    ];
    const before = process.env;
    process.env = { ...before, ...Object.fromEntries(names.map((name) => [name, ''])) };
    try {
      const { address, namespace, options } = readTemporalConfig(readClientConfig({}));
      expect({ address, namespace, tls: options.tls }).toEqual({
        address: '127.0.0.1:7233',
        namespace: 'default',
        tls: undefined,
      });
    } finally {
      process.env = before;
    }
  });
});
