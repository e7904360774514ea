import { readClientConfig } from '../src/config.js';
import { temporalTarget } from '../src/temporal.js';

describe('Where Temporal is', () => {
  const environment = process.env;
  afterEach(() => {
    process.env = environment;
  });
  const targetWith = (variables: Record<string, string>) => {
    process.env = { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', ...variables };
    return temporalTarget(readClientConfig({}));
  };

  it('an empty variable counts as none, as in .env and compose files: without an address, it is this machine', () => {
    const { address, namespace, options } = targetWith({
      TEMPORAL_ADDRESS: '',
      TEMPORAL_NAMESPACE: '',
      TEMPORAL_API_KEY: '',
      TEMPORAL_TLS: '',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '',
    });
    expect({ address, namespace, tls: options.tls, apiKey: options.apiKey }).toEqual({
      address: '127.0.0.1:7233',
      namespace: 'default',
    });
  });

  it.each(['127.0.0.1:7233', 'localhost:7233', '[::1]:7233', 'http://127.0.0.1:7233'])(
    '%s is this machine, where data may lie in plain text',
    (address) => {
      expect(targetWith({ TEMPORAL_ADDRESS: address }).address).toBe(address);
    },
  );

  it.each([
    'temporal:7233',
    '10.0.0.7:7233',
    '127.0.0.1.example.invalid:7233',
    'localhost.example.invalid:7233',
  ])('%s is another machine, where it may not without the word of whoever operates it', (address) => {
    expect(() => targetWith({ TEMPORAL_ADDRESS: address })).toThrow(
      /set SIGNING_PAYLOAD_KEYS, or SIGNING_ALLOW_PLAINTEXT=true/,
    );
  });
});
