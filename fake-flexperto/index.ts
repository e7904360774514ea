import { createApiHandler } from './api.js';
import { createControlHandler } from './control.js';
import { closeServer, createHttpServer, listen } from './server.js';
import type { FakeFlexperto, FakeFlexpertoOptions } from './types.js';
import { createUploadHandler } from './upload-host.js';
import { Vendor } from './vendor.js';

export type { Participant, Session, SessionDocument, UploadedFile } from './entities.js';
export { MAX_DOCUMENTS, MAX_TOTAL_BYTES } from './entities.js';
export type {
  Call,
  Effect,
  FakeFlexperto,
  FakeFlexpertoOptions,
  Fault,
  LedgerEntry,
  Settings,
} from './types.js';

/**
 * Starts a stateful fake of the vendor on two ports: the API with a dashboard, and the upload host.
 * Rejects when a port is taken, and then listens on neither.
 */
export async function startFakeFlexperto(options: FakeFlexpertoOptions = {}): Promise<FakeFlexperto> {
  const host = options.host ?? '127.0.0.1';
  const vendor = new Vendor(options);
  const api = createHttpServer(createControlHandler(vendor, createApiHandler(vendor)));
  const uploads = createHttpServer(createUploadHandler(vendor));
  const close = async (): Promise<void> => {
    vendor.cancelPauses();
    await Promise.all([closeServer(api), closeServer(uploads)]);
  };
  try {
    const url = toUrl(host, await listen(api, options.port ?? 0, host));
    const uploadUrl = toUrl(host, await listen(uploads, options.uploadPort ?? 0, host));
    vendor.uploadUrl = options.publicUploadUrl?.replace(/\/+$/, '') ?? uploadUrl;
    return createPublicInterface(vendor, url, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** The address of a server; loopback for one that listens on all interfaces. */
function toUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`;
}

function createPublicInterface(vendor: Vendor, url: string, close: () => Promise<void>): FakeFlexperto {
  const { apiKey, settings, clock, faults, ledger, lifecycle, store, uploadUrl } = vendor;
  return {
    url,
    uploadUrl,
    apiKey,
    settings,
    clock,
    faults,
    ledger,
    sessions: () => structuredClone(store.listSessions()),
    handOver: (id) => {
      lifecycle.handOver(id);
    },
    sign: (id, documentId) => {
      lifecycle.act('sign', id, documentId);
    },
    update: (id, documentId) => {
      lifecycle.act('update', id, documentId);
    },
    failIdentification: (id, documentId, reason) => {
      lifecycle.act('fail-identification', id, documentId, reason);
    },
    remove: (id, documentId) => {
      lifecycle.act('remove', id, documentId);
    },
    setStatus: (id, documentId, status) => {
      lifecycle.setStatus(id, documentId, status);
    },
    reset: () => {
      vendor.reset();
    },
    close,
  };
}
