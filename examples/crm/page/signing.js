import { cancelSigning, checkSigning, resolveSigning } from './api.js';
import { createAttention } from './attention.js';
import { ask } from './dialog.js';
import { announce, byId, fill, make } from './dom.js';
import { clearProblem, sentencesOf, showProblem } from './problems.js';
import { drawSteps } from './steps.js';
import { watch } from './watch.js';
import { day, documentWords, isFinal, sentenceOf, size } from './words.js';

const TONES = {
  completed: 'good',
  failed: 'bad',
  expired: 'bad',
  'needs-attention': 'bad',
  'awaiting-handover': 'turn',
};

/** One signing that was sent, live. `onChange(status)` is called with each state, `onNew()` when another is wanted. */
export function createSigning({ customer, dashboardUrl }, { onChange, onNew }) {
  const section = byId('signing');
  const name = `${customer.firstname} ${customer.lastname}`;
  let stop = () => undefined;
  let requestId = '';
  let said = '';

  const dashboard = () =>
    dashboardUrl === null
      ? 'flexperto Dashboard'
      : make('a', { href: dashboardUrl, target: '_blank', rel: 'noopener' }, 'flexperto Dashboard');

  /** Does something to the signing; what is said against it stands above. */
  const act = async (call) => {
    clearProblem();
    const asked = requestId;
    try {
      const answer = await call(asked);
      if (asked === requestId && answer.state !== undefined) draw(answer);
    } catch (problem) {
      showProblem(sentencesOf(problem));
    }
  };
  const drawAttention = createAttention(dashboard, (resolution) =>
    act((id) => resolveSigning(id, resolution)),
  );

  function draw(status) {
    const { state } = status;
    const sentence = sentenceOf(status, name);
    byId('signing-title').textContent = status.name;
    byId('signing-facts').textContent = [status.method.toUpperCase(), status.sessionId === null ? null : `contract session ${status.sessionId}`].filter(Boolean).join(' · ');
    drawSteps(byId('steps'), status);
    byId('state').className = `state ${TONES[state] ?? ''}`;
    byId('state').replaceChildren(make('p', {}, sentence), ...more(status));
    drawAttention(status);
    byId('sent-documents').replaceChildren(...status.documents.map(drawDocument));
    byId('deadline-left').hidden = isFinal(state);
    byId('deadline-left').textContent = `Time to sign: until ${day(status.deadline)}.`;
    drawDeeds(state);
    if (said !== '' && said !== sentence) announce(sentence);
    said = sentence;
    onChange(status);
  } // prettier-ignore

  function more({ state, sessionId, attention }) {
    if (state === 'awaiting-handover')
      return [make('p', {}, 'Open contract session ', make('strong', {}, String(sessionId)), ' in the ', dashboard(), '.')];
    if (isFinal(state) && attention !== null) return [make('p', { class: 'quote' }, attention.reason)];
    return [];
  } // prettier-ignore

  function drawDeeds(state) {
    const button = (key, text, style, listener) =>
      make('button', { type: 'button', 'data-key': key, class: style, on: { click: listener } }, text);
    const isWaiting = ['awaiting-handover', 'awaiting-signature'].includes(state);
    fill(byId('deeds'),
      isFinal(state) ? button('new', 'Send something else', 'first', onNew) : null,
      isWaiting ? button('check', 'Look at flexperto now', '', () => act(checkSigning).then(() => announce('flexperto is being asked.'))) : null,
      isFinal(state) ? null : button('cancel', 'Cancel …', 'danger', cancel)); // prettier-ignore
  }

  async function cancel() {
    const question = {
      title: 'Cancel this signing?',
      sentences: [
        'Nothing more is done after what is going on at this moment.',
        'It does not take back what is at flexperto already: those documents stay there, and a customer who has them could still sign. Delete them in the Dashboard.',
      ],
      yes: 'Cancel the signing',
      no: 'Keep it',
      isDanger: true,
    };
    if (await ask(question)) await act(cancelSigning);
  }

  function ended(problem) {
    showProblem(
      sentencesOf(problem),
      make('button', { type: 'button', class: 'first', on: { click: onNew } }, 'Send something else'),
    );
    section.hidden = true;
  }

  return {
    show: (id) => {
      stop();
      requestId = id;
      said = '';
      clearProblem();
      section.hidden = false;
      blank();
      drawAttention({ requestId: id, attention: null });
      stop = watch(id, {
        onStatus: (status) => {
          drawConnection(isFinal(status.state) ? '' : 'live');
          draw(status);
        },
        onLost: () => drawConnection('lost'),
        onProblem: (problem, isTheEnd) => {
          if (isTheEnd) return ended(problem);
          drawConnection('lost', sentencesOf(problem).join(' '));
        },
      });
    },
    hide: () => {
      stop();
      requestId = '';
      section.hidden = true;
    },
  };
}

function drawConnection(how, sentence = '') {
  byId('connection').className = how;
  byId('connection').textContent = { live: 'Live', lost: 'Connecting …' }[how] ?? '';
  byId('connection-problem').hidden = sentence === '';
  byId('connection-problem').textContent = `${sentence} What you see is the state of a moment ago.`;
}

/** Until the first state is there. */
function blank() {
  byId('signing-title').textContent = 'Signing';
  byId('signing-facts').textContent = '';
  byId('state').className = 'state';
  byId('state').replaceChildren(make('p', {}, 'Your documents are on their way.'));
  drawConnection('lost');
  for (const id of ['steps', 'sent-documents', 'deeds', 'deadline-left']) byId(id).replaceChildren();
}

function drawDocument(document) {
  const [words, tone] = documentWords(document);
  const facts = [document.bytes === null ? null : size(document.bytes), document.signatureFields === 'none' ? 'enclosed for information' : null];
  return make('li', {},
    make('div', { class: 'what' },
      make('div', { class: 'name' }, document.name),
      make('div', { class: 'soft' }, facts.filter(Boolean).join(' · ')),
      document.failureReason ? make('p', { class: 'reason' }, document.failureReason) : null),
    make('span', { class: `badge ${tone}` }, words));
} // prettier-ignore
