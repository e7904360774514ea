const ACTIVITIES_AT_ONCE = 50;

/**
 * What a worker works on and keeps in memory. Sessions in progress stay there, waiting ones make way: they gain nothing by
 * it, since their looks do not reach them, and news is a replay of some fifty events.
 */
export const WORKER_LIMITS = {
  maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE,
  maxCachedWorkflows: 2 * ACTIVITIES_AT_ONCE,
} as const;
