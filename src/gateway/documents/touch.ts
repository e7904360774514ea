import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../network/error-code.js';
import { readRequest } from '../../domain/read-request.js';
import { uploadFolder, uploadOf, type UploadArea } from './upload-folder.js';

/**
 * Keeps the uploads that a request names for another day, whatever else is wrong with it. To be called before a session is
 * started, which the list of sessions shows only later. What is not there is for the session's own check to report.
 */
export async function touchUploads(area: UploadArea, input: unknown): Promise<void> {
  const now = new Date();
  for (const { source } of readRequest(input).request.documents) {
    const upload = uploadOf(source, area);
    if (upload === undefined) continue;
    await utimes(join(uploadFolder(area), upload), now, now).catch((error: unknown) => {
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error, ''))) throw error;
    });
  }
}
