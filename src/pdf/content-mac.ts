import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;

/** The same for all, since a key is random and makes one MAC only. */
const NONCE = new Uint8Array(12);

/**
 * The GMAC of a document's bytes (AES-256-GCM with nothing to encrypt, NIST SP 800-38D) behind its key, in base64url. It
 * tells in a small part of SHA-256's time whether bytes are still the same. To be kept secret: whoever knows the key can
 * make other bytes with the same MAC.
 */
export function computeContentMac(bytes: Uint8Array): string {
  const key = randomBytes(KEY_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, NONCE).setAAD(bytes);
  cipher.final();
  return Buffer.concat([key, cipher.getAuthTag()]).toString('base64url');
}

/** Takes bytes as they come, and tells at the end whether they are those that the MAC was made of. */
export interface ContentCheck {
  update(chunk: Uint8Array): void;
  matches(): boolean;
}

export function createMacCheck(mac: string): ContentCheck {
  const bytes = Buffer.from(mac, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', bytes.subarray(0, KEY_BYTES), NONCE);
  decipher.setAuthTag(bytes.subarray(KEY_BYTES));
  return {
    update: (chunk) => {
      decipher.setAAD(chunk);
    },
    matches: () => {
      try {
        decipher.final();
        return true;
      } catch {
        return false;
      }
    },
  };
}
