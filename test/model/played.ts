import type { Recording } from './recording.js';
import type { Schedule } from './schedule.js';
import type { Vendor } from './vendor.js';

/** What came of a schedule: all that was recorded, and what there is at the vendor. */
export interface Played {
  readonly schedule: Schedule;
  readonly recording: Recording;
  readonly vendor: Vendor;
}
