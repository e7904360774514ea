import { readClientConfig } from '../../../src/shared/config/index.js';
import { parseHostAllowlist } from '../../../src/shared/http/host-allowlist.js';

/** Whether an address may be asked where the variable has this text. */
const allows = (list: string, url: string): boolean =>
  parseHostAllowlist(readClientConfig({ SIGNING_DOCUMENT_HOSTS: list }).documentHosts).allowsUrl(
    new URL(url),
  );

test.each([
  ['[2001:0DB8::1]', 'https://[2001:db8::1]/a.pdf'],
  ['2001:0db8:0:0:0:0:0:1', 'https://[2001:DB8::1]/a.pdf'],
  ['[2001:DB8:0::1]:8443', 'https://[2001:db8::1]:8443/a.pdf'],
  ['[2001:db8::1]:443', 'https://[2001:db8::1]/a.pdf'],
  ['docs.bank.example.', 'https://docs.bank.example/a.pdf'],
  ['docs.bank.example', 'https://docs.bank.example./a.pdf'],
  ['docs.bank.example.:8443', 'https://docs.bank.example:8443/a.pdf'],
  ['docs.bank.example:0443', 'https://docs.bank.example/a.pdf'],
  ['DOCS.Bank.Example:443', 'https://docs.bank.example/a.pdf'],
  ['bücher.example', 'https://xn--bcher-kva.example/a.pdf'],
  ['BÜCHER.example', 'https://bücher.example/a.pdf'],
  ['xn--bcher-kva.example', 'https://bücher.example/a.pdf'],
  ['XN--BCHER-KVA.example', 'https://bu\u0308cher.example/a.pdf'],
  ['10.1.2.3', 'https://[::ffff:10.1.2.3]/a.pdf'],
  ['[::FFFF:10.1.2.3]', 'https://10.1.2.3/a.pdf'],
  ['::ffff:a01:203', 'https://10.1.2.3/a.pdf'],
  ['10.1.2.3:443', 'https://0x0a.1.515/a.pdf'],
])('the listed host %s is the host of %s', (list, url) => {
  expect(allows(list, url)).toBe(true);
});

test.each([
  ['[2001:db8::1]', 'https://[2001:db8::1]:8443/a.pdf'],
  ['[2001:db8::1]:8443', 'https://[2001:db8::1]/a.pdf'],
  ['docs.bank.example.', 'https://sub.docs.bank.example/a.pdf'],
  ['docs.bank.example:8443', 'https://docs.bank.example./a.pdf'],
  ['10.1.2.3', 'https://[::10.1.2.3]/a.pdf'],
  ['10.1.0.0/16', 'https://10.1.2.3/a.pdf'],
])('the listed host %s is not the host of %s', (list, url) => {
  expect(allows(list, url)).toBe(false);
});

test('a private address is allowed in every spelling of it or of the range around it', () => {
  const hosts = parseHostAllowlist([
    '[FC00:0::1]:8443',
    '::FFFF:10.1.0.0/112',
    '192.168.1.1.',
    '::ffff:172.16.0.1',
  ]);
  const allowed = ['fc00::1', '10.1.2.3', '::ffff:10.1.2.3', '192.168.1.1', '172.16.0.1'];
  expect(allowed.filter((address) => !hosts.allowsAddress(address))).toEqual([]);
  const refused = ['fc00::2', '10.2.0.1', '::ffff:10.2.0.1', '172.16.0.2'];
  expect(refused.filter((address) => hosts.allowsAddress(address))).toEqual([]);
});
