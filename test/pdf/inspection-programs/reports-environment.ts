// Replaces the inspection program: answers with its environment.
process.once('message', () => {
  const problem = JSON.stringify(process.env);
  process.send?.({ kind: 'verdict', verdict: { ok: false, problem } }, () => process.exit(0));
});
