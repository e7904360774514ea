// Stands in for the inspection program: answers with the environment it was given.
process.once('message', () => {
  const problem = JSON.stringify(process.env);
  process.send?.({ kind: 'verdict', verdict: { ok: false, problem } }, () => process.exit(0));
});
