import type { ChildProcess } from 'node:child_process';
import { killOnParentExit } from './watchdog.js';

const STOP_TIMEOUT_SECONDS = 15;
const LOG_TAIL_LINES = 10;

/** A server that runs as a child process with piped output: keeps the last lines of its log and sees to its end. */
export class ChildServer {
  private readonly child: ChildProcess;
  private readonly name: string;
  private readonly exited: Promise<void>;
  private log: string[] = [];
  private hasExited = false;
  private stopRequested = false;
  private readonly stopSignal: NodeJS.Signals;

  /** `name` is what messages call it, `stopSignal` asks it to end. */
  constructor(child: ChildProcess, name: string, stopSignal: NodeJS.Signals = 'SIGTERM') {
    this.child = child;
    this.name = name;
    this.stopSignal = stopSignal;
    const watchdog = child.pid === undefined ? undefined : killOnParentExit(child.pid);
    // One that is still starting heeds no request to end, and nobody is left to wait for it.
    const killIt = (): void => {
      this.kill();
    };
    process.once('exit', killIt);
    this.exited = new Promise((resolve) => {
      const end = (reason?: Error): void => {
        this.hasExited = true;
        watchdog?.release();
        process.off('exit', killIt);
        if (reason !== undefined) this.log.push(reason.message);
        resolve();
      };
      child.once('close', () => {
        end();
      });
      child.once('error', end);
    });
    child.stdout?.on('data', this.appendLog);
    child.stderr?.on('data', this.appendLog);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Asks again and again; throws with the last lines of the log when the server ends or stays silent. */
  async waitUntilReady(isReady: () => Promise<boolean>, timeoutSeconds: number): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    while (!(await isReady())) {
      if (this.hasExited) throw new Error(`${this.name} ended while starting: ${this.logTail()}`);
      if (Date.now() < deadline) continue;
      this.kill();
      throw new Error(`${this.name} did not answer within ${timeoutSeconds} seconds: ${this.logTail()}`);
    }
  }

  /** Whether the last lines of its log hold this text. */
  logIncludes(text: string): boolean {
    return this.log.some((line) => line.includes(text));
  }

  /** Rejects, with the last lines of its log, when it ends without having been told to; never resolves. */
  unexpectedExit(): Promise<never> {
    const broken = new Promise<never>((_, reject) => {
      void this.exited.then(() => {
        if (!this.stopRequested) reject(new Error(`${this.name} ended: ${this.logTail()}`));
      });
    });
    // It may end at a moment at which nobody looks.
    broken.catch(() => undefined);
    return broken;
  }

  /** Asks it to end and waits until it has; one that does not obey is ended by force. */
  async stop(): Promise<void> {
    this.stopRequested = true;
    if (!this.hasExited) this.child.kill(this.stopSignal);
    const force = setTimeout(() => {
      this.kill();
    }, STOP_TIMEOUT_SECONDS * 1000);
    await this.exited;
    clearTimeout(force);
  }

  kill(): void {
    this.stopRequested = true;
    if (!this.hasExited) this.child.kill('SIGKILL');
  }

  private readonly appendLog = (chunk: Buffer): void => {
    const lines = chunk.toString().split('\n');
    this.log = [...this.log, ...lines.filter((line) => line.trim() !== '')].slice(-LOG_TAIL_LINES);
  };

  private logTail(): string {
    return this.log.length === 0 ? 'it wrote no log.' : this.log.join('\n');
  }
}
