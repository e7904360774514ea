import { startSigning, uploadDocument } from './api.js';
import { announce, byId, createElement } from './dom.js';
import { renderDocuments } from './document-list.js';
import * as drafts from './draft.js';
import { clearProblem, describeProblem, showProblem } from './problems.js';
import { formatBytes, pluralize } from './texts.js';

/** The form in which an employee chooses and sends documents. Calls `onSent(requestId)` after the start. */
export function createSigningForm(subject, onSent) {
  const form = byId('signing-form');
  const files = new Map();
  const uploads = new Map();
  let draft = drafts.loadDraft() ?? drafts.newDraft(subject);
  let isSending = false;

  const actions = {
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
    retry: (document) => void inspect(document),
  };

  function changed() {
    drafts.saveDraft(draft);
    render();
  }

  function render() {
    const { documents, method, requestId } = draft;
    renderDocuments(byId('documents'), draft, actions);
    byId('total').hidden = documents.length < 2;
    byId('total').textContent =
      `${pluralize(documents.length, 'document')}, ${formatBytes(drafts.totalBytes(documents))} together`;
    for (const radio of form.elements.method) radio.checked = radio.value === method;
    byId('deadline').value = String(draft.deadlineDays);
    const reason = drafts.findDraftProblem(draft);
    // The request may have been sent already: it must not change now.
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
      void inspect(document);
    }
  }

  /** Uploads a document, and shows the gateway's findings. */
  async function inspect(document) {
    const file = files.get(document.key);
    const refusal = drafts.validateFile(file);
    const upload = new AbortController();
    uploads.set(document.key, upload);
    Object.assign(document, { state: 'inspecting', failure: null, canRetry: false });
    changed();
    try {
      if (refusal !== null) Object.assign(document, { state: 'failed', failure: refusal });
      else drafts.setInspection(document, await uploadDocument(file, upload.signal));
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      const failure = `${document.name} could not be checked. ${describeProblem(problem).join(' ')}`;
      Object.assign(document, { state: 'failed', failure, canRetry: true });
    }
    changed();
    announce(announcementFor(document));
  }

  function announcementFor(document) {
    const obstacle = drafts.findObstacle(document, draft.method);
    if (obstacle !== null) return obstacle.sentence;
    return [`${document.name} can be sent.`, ...drafts.listWarnings(document)].join(' ');
  }

  async function send() {
    if (isSending || drafts.findDraftProblem(draft) !== null) return;
    isSending = true;
    draft.requestId ??= drafts.newId();
    clearProblem();
    changed();
    try {
      await startSigning(drafts.buildRequest(draft));
      isSending = false;
      finish();
    } catch (problem) {
      isSending = false;
      showFailure(problem);
    }
  }

  function finish() {
    const { requestId } = draft;
    drafts.deleteDraft();
    draft = drafts.newDraft(subject);
    onSent(requestId);
  }

  function showFailure(problem) {
    const sentences = describeProblem(problem, draft.documents.map(({ name }) => name)); // prettier-ignore
    if (problem.kind === 'conflict') {
      showProblem(
        sentences,
        createElement('button', { type: 'button', on: { click: finish } }, 'Show what was sent'),
      );
    } else if (problem.hasUnknownOutcome) {
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
      render();
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
