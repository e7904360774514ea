import { make } from './dom.js';

const STEPS = ['Checks', 'Sending', 'Hand-over', 'Signature'];

const UNDER_WAY = {
  'checking-documents': 0, initiating: 1, uploading: 1, attaching: 1, 'handing-over': 2, 'awaiting-handover': 2,
  'awaiting-signature': 3, completed: 4,
}; // prettier-ignore

/** The way of a signing: what is done, what is under way. */
export function drawSteps(list, status) {
  const current = UNDER_WAY[status.state] ?? reached(status);
  list.replaceChildren(
    ...STEPS.map((name, index) => {
      const progress = index < current ? 'done' : index === current ? 'current' : 'open';
      const words = { done: 'done', current: 'under way', open: 'not yet' }[progress];
      return make('li', { class: progress, 'aria-current': progress === 'current' ? 'step' : false },
        make('span', {}, name), make('span', { class: 'unseen' }, `, ${words}`)); // prettier-ignore
    }),
  );
}

/** How far one came that was stopped, or that waits for a decision. */
function reached({ documents }) {
  if (documents.some(({ sha256 }) => sha256 === null)) return 0;
  if (documents.some(({ status }) => status === null)) return 1;
  return documents.some(({ status }) => status === 'ATTACHED') ? 2 : 3;
}
