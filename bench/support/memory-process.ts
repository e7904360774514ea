import { setTimeout as sleep } from 'node:timers/promises';
import type { InspectedDocument } from '../../src/documents/check-request.js';
import { type Uploader, createUploader } from './uploader.js';

/**
 * Small uploads before the measurement: by then V8 has optimized the HTTP parser, which is WebAssembly. That takes 25 MB for
 * a moment, once in a process and for any upload.
 */
const WARM_UP_UPLOADS = 50;
const SETTLING_MS = 500;

/** Uploads documents and returns the peak growth of the process in bytes, sampled every millisecond. */
async function measureGrowth(uploader: Uploader, small: string, documents: string): Promise<number> {
  for (let done = 0; done < WARM_UP_UPLOADS; done += 1) await uploader.upload(read(small));
  await sleep(SETTLING_MS);
  const before = process.memoryUsage.rss();
  let peak = before;
  const sample = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const interval = setInterval(sample, 1);
  await uploader.upload(read(documents));
  sample();
  clearInterval(interval);
  return peak - before;
}

const read = (documents: string): InspectedDocument[] => JSON.parse(documents) as InspectedDocument[];

const [root = '', url = '', small = '', documents = ''] = process.argv.slice(2);
const uploader = createUploader(root, url);
void measureGrowth(uploader, small, documents).then(async (bytes) => {
  await uploader.close();
  process.send?.(bytes);
});
