import { uploadDocument } from './api.js';
import { announce, byId, make } from './dom.js';
import { drawDocuments } from './document-list.js';
import * as drafts from './draft.js';
import { clearProblem, sentencesOf, showProblem } from './problems.js';
import { sendOnce } from './send.js';
import { counted, size } from './words.js';

/** The form by which an employee sends documents. `onSent(requestId)` is called once they are on their way. */
export function createCompose(subject, onSent) {
  const form = byId('compose');
  const files = new Map();
  const uploads = new Map();
  let draft = drafts.keptDraft() ?? drafts.newDraft(subject);
  let isSending = false;

  const act = {
    enclose: (document, isEnclosed) => {
      document.isEnclosed = isEnclosed;
      changed();
    },
    move: (document, by) => {
      const from = draft.documents.indexOf(document);
      draft.documents.splice(from, 1);
      draft.documents.splice(from + by, 0, document);
      changed();
      announce(`${document.name} is now number ${from + by + 1} of ${draft.documents.length}.`);
    },
    remove: (document) => {
      uploads.get(document.key)?.abort();
      draft.documents = draft.documents.filter((other) => other !== document);
      changed();
      byId('files').focus();
      announce(`${document.name} was removed.`);
    },
    again: (document) => void look(document),
  };

  function changed() {
    drafts.keepDraft(draft);
    draw();
  }

  function draw() {
    const { documents, method, requestId } = draft;
    drawDocuments(byId('documents'), draft, act);
    byId('total').hidden = documents.length < 2;
    byId('total').textContent =
      `${counted(documents.length, 'document')}, ${size(drafts.totalBytes(documents))} together`;
    for (const radio of form.elements.method) radio.checked = radio.value === method;
    byId('deadline').value = String(draft.deadlineDays);
    const reason = drafts.whyNot(draft);
    // What may have been sent already must not change any more.
    byId('form-parts').disabled = isSending || requestId !== null;
    byId('send').disabled = isSending || reason !== null;
    byId('send').textContent = isSending
      ? 'Sending …'
      : requestId === null
        ? 'Send for signature'
        : 'Try again';
    byId('why-not').textContent = isSending || reason === null ? '' : reason;
  }

  function add(chosen) {
    clearProblem();
    for (const file of chosen) {
      const document = drafts.newDocument(file);
      files.set(document.key, file);
      draft.documents.push(document);
      void look(document);
    }
  }

  /** Uploads a document, and shows what was found in it. */
  async function look(document) {
    const file = files.get(document.key);
    const refusal = drafts.refusalOf(file);
    const upload = new AbortController();
    uploads.set(document.key, upload);
    Object.assign(document, { state: 'looking', failure: null, canBeTriedAgain: false });
    changed();
    try {
      if (refusal !== null) Object.assign(document, { state: 'failed', failure: refusal });
      else drafts.seen(document, await uploadDocument(file, upload.signal));
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      const failure = `${document.name} could not be looked at. ${sentencesOf(problem).join(' ')}`;
      Object.assign(document, { state: 'failed', failure, canBeTriedAgain: true });
    }
    changed();
    announce(saidOf(document));
  }

  function saidOf(document) {
    const obstacle = drafts.obstacleOf(document, draft.method);
    return obstacle === null ? `${document.name} can be sent.` : obstacle.sentence;
  }

  async function send() {
    if (isSending || drafts.whyNot(draft) !== null) return;
    isSending = true;
    draft.requestId ??= drafts.newId();
    clearProblem();
    changed();
    try {
      await sendOnce(drafts.requestOf(draft));
      isSending = false;
      finish();
    } catch (problem) {
      isSending = false;
      refused(problem);
    }
  }

  function finish() {
    const { requestId } = draft;
    drafts.dropDraft();
    draft = drafts.newDraft(subject);
    onSent(requestId);
  }

  function refused(problem) {
    const sentences = sentencesOf(problem, draft.documents.map(({ name }) => name)); // prettier-ignore
    if (problem.kind === 'conflict') {
      showProblem(sentences, make('button', { type: 'button', on: { click: finish } }, 'Show what was sent'));
    } else if (problem.isUnclear) {
      sentences.push(
        'It is not certain whether your documents were sent. Try again: they are never sent twice.',
      );
      showProblem(sentences);
    } else {
      draft.requestId = null;
      showProblem([...sentences, 'Nothing was sent.']);
    }
    changed();
  }

  listen(form, {
    add,
    send,
    set: (field, value) => {
      draft[field] = value;
      changed();
    },
  });

  return {
    show: () => {
      form.hidden = false;
      byId('subject').value = draft.subject;
      draw();
    },
    hide: () => {
      form.hidden = true;
    },
  };
}

function listen(form, { add, send, set }) {
  const drop = byId('drop');
  const files = byId('files');
  files.addEventListener('change', () => {
    add(Array.from(files.files));
    files.value = '';
  });
  for (const event of ['dragenter', 'dragover', 'dragleave', 'drop']) {
    drop.addEventListener(event, (dragged) => {
      dragged.preventDefault();
      drop.classList.toggle('over', event === 'dragenter' || event === 'dragover');
    });
  }
  drop.addEventListener('drop', ({ dataTransfer }) => {
    if (!byId('form-parts').disabled) add(Array.from(dataTransfer.files));
  });
  for (const radio of form.elements.method)
    radio.addEventListener('change', () => set('method', radio.value));
  byId('subject').addEventListener('input', ({ target }) => set('subject', target.value));
  byId('deadline').addEventListener('change', ({ target }) => set('deadlineDays', Number(target.value)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
}
