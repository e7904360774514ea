// Stands in for the inspection program: ends as a failing one does, or as the engine does without memory.
process.once('message', (job: { path: string }) => {
  if (job.path === 'abort') process.abort();
  process.exit(3);
});
