import type { ChildProcess } from 'node:child_process';
import { killOnParentExit } from './watchdog.js';

const STOP_TIMEOUT_SECONDS = 15;
const LOG_TAIL_LINES = 10;

/** A server that runs as a child process with piped output. It keeps the last lines of the log, and ends with this process. */
export class ChildServer {
  private readonly child: ChildProcess;
  private readonly name: string;
  private readonly exited: Promise<void>;
  private log: string[] = [];
  private hasExited = false;
  private stopRequested = false;
  private readonly stopSignal: NodeJS.Signals;

  /** `name` is its name in messages; `stopSignal` asks it to end. */
  constructor(child: ChildProcess, name: string, stopSignal: NodeJS.Signals = 'SIGTERM') {
    this.child = child;
    this.name = name;
    this.stopSignal = stopSignal;
    const watchdog = child.pid === undefined ? undefined : killOnParentExit(child.pid);
    // A server that is still starting ignores a request to end.
    const killOnExit = (): void => {
      this.kill();
    };
    process.once('exit', killOnExit);
    this.exited = new Promise((resolve) => {
      const end = (reason?: Error): void => {
        this.hasExited = true;
        watchdog?.release();
        process.off('exit', killOnExit);
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

  /** Polls `isReady`. @throws Error with the last lines of the log if the server exits or is not ready in time */
  async waitUntilReady(isReady: () => Promise<boolean>, timeoutSeconds: number): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    while (!(await isReady())) {
      if (this.hasExited) throw new Error(`${this.name} exited while starting: ${this.logTail()}`);
      if (Date.now() < deadline) continue;
      this.kill();
      throw new Error(`${this.name} did not answer within ${timeoutSeconds} seconds: ${this.logTail()}`);
    }
  }

  /** Whether the last lines of its log contain this text. */
  logIncludes(text: string): boolean {
    return this.log.some((line) => line.includes(text));
  }

  /** Rejects with the last lines of the log when it exits without `stop` or `kill`; never resolves. */
  unexpectedExit(): Promise<never> {
    const exit = new Promise<never>((_, reject) => {
      void this.exited.then(() => {
        if (!this.stopRequested) reject(new Error(`${this.name} exited: ${this.logTail()}`));
      });
    });
    // It may exit before a caller awaits this.
    exit.catch(() => undefined);
    return exit;
  }

  /** Asks it to end and waits until it has exited; after 15 seconds it is killed. */
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
