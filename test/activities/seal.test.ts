import { createSecretCipher } from '../../src/activities/index.js';

const URL =
  'https://uploads.example.invalid/api/v1/files/upload?token=eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln';
const seal = createSecretCipher('the-api-key');

describe('An upload URL in the history', () => {
  it('is opened by every worker that has the API key', () => {
    expect(createSecretCipher('the-api-key').decrypt(seal.encrypt(URL))).toBe(URL);
  });

  it('shows nothing of itself, and looks different each time', () => {
    const sealed = seal.encrypt(URL);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toMatch(/uploads|token|eyJ/);
    expect(seal.encrypt(URL)).not.toBe(sealed);
  });

  it('is not opened with another API key, so that a fresh one is requested after a rotation', () => {
    expect(createSecretCipher('the-next-api-key').decrypt(seal.encrypt(URL))).toBeUndefined();
  });

  it('is not opened when any byte was changed, or bytes are missing', () => {
    const whole = Buffer.from(seal.encrypt(URL), 'base64url');
    for (let index = 0; index < whole.length; index += 1) {
      const changed = Buffer.from(whole);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(seal.decrypt(changed.toString('base64url'))).toBeUndefined();
      expect(seal.decrypt(whole.subarray(0, index).toString('base64url'))).toBeUndefined();
    }
  });
});
