import { timed, inTurn, type Row } from '../row.js';
import { makeDocument } from '../support/documents.js';
import { countActivities, eventsOfSession } from '../support/events.js';
import { bringToSignature, runBare } from '../support/sessions.js';
import { startStage } from '../support/stage.js';

const AT_ONCE = 50;
const ROUNDS = 5;

export const lifecycle: Row = {
  name: 'lifecycle',
  about: `sessions a second from start to awaiting signature, 1 document, ${AT_ONCE} at once, against a bare workflow with as many activities that do nothing`,
  run: async (folder) => {
    const stage = await startStage(folder);
    try {
      const document = await makeDocument(stage.documents, 'document.pdf', 20_000);
      const [first = ''] = await bringToSignature(stage, 1, [document]);
      const activities = countActivities(await eventsOfSession(stage, first));
      const perSecond = async (work: () => Promise<unknown>): Promise<number> =>
        AT_ONCE / ((await timed(work)) / 1000);
      const { sessions, bare } = await inTurn(ROUNDS, {
        sessions: () => perSecond(() => bringToSignature(stage, AT_ONCE, [document])),
        bare: () => perSecond(() => runBare(stage, AT_ONCE, activities)),
      });
      const target = { of: 'ratio', atLeast: 0.8 } as const;
      return [
        {
          name: `lifecycle, ${activities} activities`,
          unit: '/s',
          measured: sessions,
          reference: bare,
          target,
        },
      ];
    } finally {
      await stage.stop();
    }
  },
};
