/**
 * Where the editor finds its background workers: beside the bundle, on the same address.
 * This module comes first in main.js, since the editor looks for the setting as it loads.
 */
const FILES = { graphql: 'graphql.worker.js', json: 'json.worker.js' };

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    return new Worker(new URL(FILES[label] ?? 'editor.worker.js', import.meta.url));
  },
};
