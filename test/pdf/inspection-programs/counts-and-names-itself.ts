// Replaces the inspection program: answers with the number of files so far, and its process id.
let files = 0;

process.on('message', ({ path }: { path: string }) => {
  files += 1;
  if (files > 1 && path === 'exit-unless-fresh') process.exit(3);
  if (files > 1 && path === 'abort-unless-fresh') process.abort();
  if (files > 1 && path === 'beyond-memory-unless-fresh') {
    process.send?.({ kind: 'beyond-limit', limit: 'memoryBytes', isLast: true });
    return;
  }
  const problem = `${files} of ${process.pid}`;
  process.send?.({ kind: 'verdict', verdict: { ok: false, problem }, isLast: path === 'last' }, () => {
    if (path === 'last') process.exit(0);
  });
});
process.once('disconnect', () => process.exit(0));
