import type { ChildProcess } from 'node:child_process';
import { endWithThisProcess } from './watchdog.js';

const STOP_SECONDS = 15;
const LINES_KEPT = 10;

/** A server that runs as a child process with piped output: keeps the last lines of its log and sees to its end. */
export class ChildServer {
  private readonly child: ChildProcess;
  private readonly name: string;
  private readonly ended: Promise<void>;
  private log: string[] = [];
  private hasEnded = false;
  private isToEnd = false;
  private readonly stopSignal: NodeJS.Signals;

  /** `name` is what messages call it, `stopSignal` asks it to end. */
  constructor(child: ChildProcess, name: string, stopSignal: NodeJS.Signals = 'SIGTERM') {
    this.child = child;
    this.name = name;
    this.stopSignal = stopSignal;
    const watchdog = child.pid === undefined ? undefined : endWithThisProcess(child.pid);
    // One that is still starting heeds no request to end, and nobody is left to wait for it.
    const killIt = (): void => {
      this.kill();
    };
    process.once('exit', killIt);
    this.ended = new Promise((resolve) => {
      const end = (reason?: Error): void => {
        this.hasEnded = true;
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
    child.stdout?.on('data', this.keep);
    child.stderr?.on('data', this.keep);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Asks again and again; throws with the last lines of the log when the server ends or stays silent. */
  async waitUntil(answers: () => Promise<boolean>, seconds: number): Promise<void> {
    const giveUp = Date.now() + seconds * 1000;
    while (!(await answers())) {
      if (this.hasEnded) throw new Error(`${this.name} ended while starting: ${this.lastLines()}`);
      if (Date.now() < giveUp) continue;
      this.kill();
      throw new Error(`${this.name} did not answer within ${seconds} seconds: ${this.lastLines()}`);
    }
  }

  /** Whether the last lines of its log hold this text. */
  hasSaid(text: string): boolean {
    return this.log.some((line) => line.includes(text));
  }

  /** Rejects, with the last lines of its log, when it ends without having been told to; never resolves. */
  endsByItself(): Promise<never> {
    const broken = new Promise<never>((_, reject) => {
      void this.ended.then(() => {
        if (!this.isToEnd) reject(new Error(`${this.name} ended: ${this.lastLines()}`));
      });
    });
    // It may end at a moment at which nobody looks.
    broken.catch(() => undefined);
    return broken;
  }

  /** Asks it to end and waits until it has; one that does not obey is ended by force. */
  async stop(): Promise<void> {
    this.isToEnd = true;
    if (!this.hasEnded) this.child.kill(this.stopSignal);
    const force = setTimeout(() => {
      this.kill();
    }, STOP_SECONDS * 1000);
    await this.ended;
    clearTimeout(force);
  }

  kill(): void {
    this.isToEnd = true;
    if (!this.hasEnded) this.child.kill('SIGKILL');
  }

  private readonly keep = (chunk: Buffer): void => {
    const lines = chunk.toString().split('\n');
    this.log = [...this.log, ...lines.filter((line) => line.trim() !== '')].slice(-LINES_KEPT);
  };

  private lastLines(): string {
    return this.log.length === 0 ? 'it wrote no log.' : this.log.join('\n');
  }
}
