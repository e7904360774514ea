import { readClientConfig } from '../../../src/shared/config/index.js';
import { ConfigError } from '../../../src/shared/errors.js';
import { readProxyConfig } from '../../../src/shared/http/proxy-config.js';

const PROXY = 'http://proxy.bank.example:3128';

/** Whether curl would go directly where NO_PROXY has this text. */
const isDirect = (noProxy: string, url: string): boolean =>
  readProxyConfig({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY: noProxy })?.proxyFor(new URL(url)) ===
  undefined;

const findProxy = (env: NodeJS.ProcessEnv, url: string) => readProxyConfig(env)?.proxyFor(new URL(url));

describe('The proxy of a connection', () => {
  it('comes from the variable of its protocol: lower case first, an empty one ignored', () => {
    const at = (port: number): string => `http://proxy:${port}`;
    const env = { https_proxy: at(1), HTTPS_PROXY: at(2), http_proxy: '', HTTP_PROXY: at(4) };
    expect(findProxy(env, 'https://tenant.example')?.port).toBe(1);
    expect(findProxy(env, 'http://tenant.example')?.port).toBe(4);
    expect(findProxy({ HTTPS_PROXY: at(2) }, 'http://tenant.example')).toBeUndefined();
    expect(readProxyConfig({ https_proxy: '', NO_PROXY: 'x' })).toBeUndefined();
    expect(
      findProxy({ HTTPS_PROXY: at(2), no_proxy: 'a.example', NO_PROXY: '*' }, 'https://b.example')?.port,
    ).toBe(2);
  });

  it.each([
    ['http://proxy.bank.example:3128', { isSecure: false, hostname: 'proxy.bank.example', port: 3128 }],
    ['http://proxy.bank.example:3128/', { isSecure: false, hostname: 'proxy.bank.example', port: 3128 }],
    ['proxy.bank.example:8080', { isSecure: false, hostname: 'proxy.bank.example', port: 8080 }],
    ['proxy.bank.example', { isSecure: false, port: 1080 }],
    ['http://proxy.bank.example:80', { isSecure: false, port: 80 }],
    ['https://proxy.bank.example', { isSecure: true, port: 443 }],
    ['HTTP://[2001:db8::1]:3128', { isSecure: false, hostname: '2001:db8::1', port: 3128 }],
  ])('is read from %s', (text, proxy) => {
    expect(findProxy({ HTTPS_PROXY: text }, 'https://tenant.example')).toMatchObject(proxy);
  });

  it.each([
    ['http://user:pass@proxy:1', 'user:pass'],
    ['user:p%40ss%3A%2F@proxy:1', 'user:p@ss:/'],
    ['http://user@proxy:1', 'user:'],
    ['http://j%C3%B6rg:%E2%82%AC@proxy:1', 'jörg:€'],
  ])('has user name and password: %s', (text, both) => {
    const { authorization } = findProxy({ HTTPS_PROXY: text }, 'https://tenant.example') ?? {};
    expect(authorization).toBe(`Basic ${Buffer.from(both).toString('base64')}`);
  });

  it.each(['http://', 'socks5://proxy:1080', 'http://proxy:99999', 'http://a:s3cret%zz@proxy:1', 'http://proxy/s3cret', 'two words'])(
    'stops the start if it is not an address, with a sentence that repeats nothing of it: %s',
    (text) => {
      for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) {
        const start = () => readClientConfig({ [name]: text });
        expect(start).toThrow(ConfigError);
        expect(start).toThrow(new RegExp(`^${name} must be the address of an HTTP proxy such as http://proxy`));
        expect(start).not.toThrow(/s3cret/);
      }
    },
  ); // prettier-ignore

  it.each([
    ['*', 'https://tenant.example'],
    [' * ', 'https://tenant.example'],
    ['tenant.example', 'https://tenant.example'],
    ['a.example,tenant.example', 'http://tenant.example'],
    ['a.example  tenant.example', 'https://tenant.example'],
    ['tenant.example', 'https://api.tenant.example'],
    ['.tenant.example', 'https://api.tenant.example'],
    ['.tenant.example', 'https://tenant.example'],
    ['TENANT.example.', 'https://tenant.EXAMPLE'],
    ['tenant.example', 'https://tenant.example.'],
    ['bücher.example', 'https://xn--bcher-kva.example'],
    ['example', 'https://tenant.example'],
    ['localhost', 'http://localhost:4010'],
    ['tenant.example:8443', 'https://tenant.example:8443'],
    ['tenant.example:443', 'https://tenant.example'],
    ['tenant.example:80', 'http://tenant.example'],
    ['10.1.2.3', 'https://10.1.2.3'],
    ['10.0.0.0/8', 'https://10.1.2.3:8443'],
    ['10.1.2.3:8443', 'https://10.1.2.3:8443'],
    ['10.0.0.0/8', 'https://[::ffff:10.1.2.3]'],
    ['2001:DB8::1', 'https://[2001:db8::1]'],
    ['[2001:db8::1]', 'https://[2001:db8:0::1]'],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ['2001:db8::/32', 'https://[2001:db8:5::1]'],
  ])('NO_PROXY=%s: no proxy for %s', (noProxy, url) => {
    expect(isDirect(noProxy, url)).toBe(true);
  });

  it.each([
    ['', 'https://localhost'],
    ['tenant.example', 'https://othertenant.example'],
    ['tenant.example', 'https://tenant.example.org'],
    ['api.tenant.example', 'https://tenant.example'],
    ['tenant.example:8443', 'https://tenant.example'],
    ['10.0.0.0/8', 'https://11.1.2.3'],
    ['10.0.0.0/8', 'https://tenant.example'],
    ['10.1.2.3:8443', 'https://10.1.2.3'],
    ['10.1.2', 'https://10.1.2.3'],
    ['2001:db8::/32', 'https://[2001:db9::1]'],
    ['10.0.0.0/99', 'https://10.1.2.3'],
    ['a.example,*', 'https://tenant.example'],
    ['*.example', 'https://tenant.example'],
    ['.', 'https://tenant.example'],
  ])('NO_PROXY=%s: a proxy for %s, as with curl', (noProxy, url) => {
    expect(isDirect(noProxy, url)).toBe(false);
  });
});
