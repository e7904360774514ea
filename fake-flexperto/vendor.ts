import { setTimeout as wait } from 'node:timers/promises';
import { Clock } from './clock.js';
import { Faults } from './faults.js';
import { Ledger } from './ledger.js';
import { Lifecycle } from './lifecycle.js';
import { Store } from './store.js';
import { Tokens } from './tokens.js';
import type { FakeFlexpertoOptions, Settings } from './types.js';

/** The page's token names a date 31 days after its own end. */
const FILE_TTL_SECONDS = 31 * 86_400;

/** The state behind both ports. */
export class Vendor {
  readonly apiKey: string;
  readonly settings: Settings;
  readonly handOver: string | undefined;
  readonly clock = new Clock();
  readonly faults = new Faults();
  readonly tokens = new Tokens(this.clock);
  readonly store = new Store(this.clock);
  readonly lifecycle = new Lifecycle(this.store, this.clock);
  readonly ledger: Ledger;
  /** The start of upload URLs; known once the upload host listens. */
  uploadUrl = '';
  private readonly initialSettings: Settings;
  private pauseController = new AbortController();

  constructor(options: FakeFlexpertoOptions) {
    this.apiKey = options.apiKey ?? 'fake-api-key';
    this.handOver = options.handOver;
    this.ledger = new Ledger(this.clock, this.apiKey);
    this.initialSettings = {
      uploadUrlSeconds: options.uploadUrlSeconds ?? 3600,
      attach: options.attach ?? 'POST',
      attachAnswer: options.attachAnswer ?? 'document',
      list: options.list ?? true,
      listShape: options.listShape ?? 'array',
      listFileIds: options.listFileIds ?? true,
      fileSeconds: options.fileSeconds ?? FILE_TTL_SECONDS,
      tellsFileLife: options.tellsFileLife ?? true,
    };
    this.settings = { ...this.initialSettings };
  }

  /** Waits in real time, independent of the fake's clock. Rejects when the fake is reset or closed. */
  async pause(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { signal: this.pauseController.signal });
  }

  /** Ends every delayed call, so that none takes effect after a reset. */
  cancelPauses(): void {
    this.pauseController.abort();
    this.pauseController = new AbortController();
  }

  reset(): void {
    this.cancelPauses();
    this.store.reset();
    this.faults.clear();
    this.ledger.clear();
    this.clock.reset();
    Object.assign(this.settings, this.initialSettings);
  }
}
