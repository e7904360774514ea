// Replaces the inspection program: answers for a PDF, and never answers for any other file.
process.on('message', ({ path }: { path: string }) => {
  if (!path.endsWith('.pdf')) for (;;) Math.random();
  process.send?.({ kind: 'verdict', verdict: { ok: false, problem: 'was inspected' } });
});
process.once('disconnect', () => process.exit(0));
