/**
 * Wraps an asynchronous function so that calls never overlap and only the newest waits.
 *
 * A slider gives more values than a large generator can draw; those in between are left
 * out. What goes wrong is handed to `onError`.
 */
export function latestOnly(run, onError) {
  let isRunning = false;
  let waiting = null;
  return async function call(...values) {
    waiting = values;
    if (isRunning) return;
    isRunning = true;
    while (waiting !== null) {
      const newest = waiting;
      waiting = null;
      await run(...newest).catch(onError);
    }
    isRunning = false;
  };
}
