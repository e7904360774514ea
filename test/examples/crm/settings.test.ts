import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = resolve('dist/examples/crm/main.js');
const GATEWAY = { CRM_GATEWAY_URL: 'http://127.0.0.1:1', CRM_GATEWAY_KEY: 'key' };

const readStartError = async (env: Readonly<Record<string, string>>): Promise<string> => {
  const ended = promisify(execFile)(process.execPath, [PROGRAM], { env: { ...env } });
  return ended.then(
    () => '',
    (error: unknown) => (error as { stderr: string }).stderr,
  );
};

describe('The program of the example CRM', () => {
  test('serves its page at CRM_ADDRESS, prints that address in one line, and stops on SIGTERM', async () => {
    const child = spawn(process.execPath, [PROGRAM], { env: { ...GATEWAY, CRM_ADDRESS: '127.0.0.1:0' } });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /ready: (\S+)\n$/.exec(line.toString())?.[1] ?? '';
    expect(await (await fetch(url)).text()).toContain('Send for signature');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  test.each([
    [{}, 'CRM_GATEWAY_URL is missing: the address of the signing gateway.'],
    [
      { ...GATEWAY, CRM_GATEWAY_KEY: '' },
      'CRM_GATEWAY_KEY is missing: the key that opens the signing gateway.',
    ],
    [{ ...GATEWAY, CRM_ADDRESS: '8090' }, 'CRM_ADDRESS must be a host and a port, such as 127.0.0.1:8090.'],
  ])('names the invalid setting in one sentence: %j', async (env, sentence) => {
    expect(await readStartError(env)).toBe(`The example CRM cannot start. ${sentence}\n`);
  });
});
