import { resolve } from 'node:path';
import { type ActivityDependencies, createUploadUrlCipher } from '../activities/index.js';
import { createCallbackSender } from '../callbacks/sender.js';
import { createRequestChecker } from '../documents/check-request.js';
import { createSources } from '../documents/sources.js';
import type { CallObserver } from '../flexperto/call-observer.js';
import { createFlexpertoClient } from '../flexperto/index.js';
import { createPdfInspector } from '../pdf/inspector.js';
import type { WorkerConfig } from '../shared/config/index.js';
import { parseHostAllowlist } from '../shared/http/host-allowlist.js';
import type { WorkflowLookup } from './workflow-lookup.js';

/** What the activities use, and what closes all its connections. */
export function createDependencies(
  config: WorkerConfig,
  lookup: WorkflowLookup,
  observe: CallObserver,
): { dependencies: ActivityDependencies; close: () => Promise<void> } {
  const { proxies } = config;
  const flexperto = createFlexpertoClient({ ...config, observe });
  const sources = createSources({
    root: resolve(config.documentRoot),
    hosts: config.documentHosts,
    proxies,
  });
  const callbacks = createCallbackSender({
    secrets: config.callbackSecrets,
    hosts: parseHostAllowlist(config.callbackHosts),
    proxies,
  });
  return {
    dependencies: {
      flexperto,
      sources,
      checker: createRequestChecker(sources, createPdfInspector()),
      uploadUrlCipher: createUploadUrlCipher(config.apiKey),
      isHandOverEnabled: config.handover !== undefined,
      pollPauses: { firstMs: config.firstPollMs, maxMs: config.maxPollMs },
      secrets: [config.apiKey],
      callbacks,
      reminderMs: config.reminderMs,
      hasEarlierRun: lookup.hasEarlierRun,
      isContractSessionTaken: lookup.isContractSessionTaken,
      isSigningOpen: lookup.isSigningOpen,
    },
    close: async () => {
      await flexperto.close();
      await sources.close();
      await callbacks.close();
    },
  };
}
