import { setTimeout as sleep } from 'node:timers/promises';
import type { InspectedDocument } from '../../src/documents/check-request.js';
import { createUploader, type Uploader } from './uploader.js';

/**
 * Small uploads before: by then the HTTP parser, which is WebAssembly, has been compiled for speed. That takes 25 MB for a
 * moment, once in the life of a process, and is no matter of what is uploaded.
 */
const UPLOADS_BEFORE = 50;
const SETTLING_MS = 500;

/** Uploads documents and answers by how many bytes the process grew at most meanwhile, looking every millisecond. */
async function growth(uploader: Uploader, small: string, documents: string): Promise<number> {
  for (let done = 0; done < UPLOADS_BEFORE; done += 1) await uploader.upload(read(small));
  await sleep(SETTLING_MS);
  const before = process.memoryUsage.rss();
  let most = before;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const looking = setInterval(look, 1);
  await uploader.upload(read(documents));
  look();
  clearInterval(looking);
  return most - before;
}

const read = (documents: string): InspectedDocument[] => JSON.parse(documents) as InspectedDocument[];

const [root = '', url = '', small = '', documents = ''] = process.argv.slice(2);
const uploader = createUploader(root, url);
void growth(uploader, small, documents).then(async (bytes) => {
  await uploader.close();
  process.send?.(bytes);
});
