// Stands for the inspection program: answers for a PDF, and is busy for ever with everything else.
process.on('message', ({ path }: { path: string }) => {
  if (!path.endsWith('.pdf')) for (;;) Math.random();
  process.send?.({ kind: 'verdict', verdict: { ok: false, problem: 'was inspected' } });
});
process.once('disconnect', () => process.exit(0));
