import type { CheckedDocument } from '../../src/domain/request.js';
import { createUploader } from './uploader.js';

/**
 * Uploads documents and answers by how many bytes the process grew at most meanwhile. It has made a small upload before,
 * as a worker that has been running has.
 */
async function growth(root: string, url: string, small: string, documents: string): Promise<number> {
  const uploader = createUploader(root, url);
  await uploader.upload(JSON.parse(small) as CheckedDocument[]);
  const before = process.memoryUsage.rss();
  await uploader.upload(JSON.parse(documents) as CheckedDocument[]);
  const most = process.resourceUsage().maxRSS * 1024;
  await uploader.close();
  return most - before;
}

const [root = '', url = '', small = '', documents = ''] = process.argv.slice(2);
void growth(root, url, small, documents).then((bytes) => process.send?.(bytes));
