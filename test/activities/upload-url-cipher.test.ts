import { createUploadUrlCipher } from '../../src/activities/index.js';

const URL =
  'https://uploads.example.invalid/api/v1/files/upload?token=eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln';
const cipher = createUploadUrlCipher('the-api-key');

describe('An upload URL in the history', () => {
  it('is decrypted by every worker that has the API key', () => {
    expect(createUploadUrlCipher('the-api-key').decrypt(cipher.encrypt(URL))).toBe(URL);
  });

  it('reveals nothing, and differs each time', () => {
    const ciphertext = cipher.encrypt(URL);
    expect(Buffer.from(ciphertext, 'base64url').toString('latin1')).not.toMatch(/uploads|token|eyJ/);
    expect(cipher.encrypt(URL)).not.toBe(ciphertext);
  });

  it('is not decrypted with another API key, so that a fresh one is requested after a rotation', () => {
    expect(createUploadUrlCipher('the-next-api-key').decrypt(cipher.encrypt(URL))).toBeUndefined();
  });

  it('is not decrypted when any byte was changed, or bytes are missing', () => {
    const whole = Buffer.from(cipher.encrypt(URL), 'base64url');
    for (let index = 0; index < whole.length; index += 1) {
      const changed = Buffer.from(whole);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(cipher.decrypt(changed.toString('base64url'))).toBeUndefined();
      expect(cipher.decrypt(whole.subarray(0, index).toString('base64url'))).toBeUndefined();
    }
  });
});
