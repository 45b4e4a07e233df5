/**
 * The query page: GraphiQL with example queries in its tabs.
 *
 * The page that loads this file says what to show, in a block of JSON:
 *
 *   <script type="application/json" id="ide-config">
 *     {"endpoint": "/graphql", "tabs": [{"title": "...", "query": "...", "variables": {}}]}
 *   </script>
 *
 * A tab's name is the name of its operation; its title is put above the query as a comment.
 */
import './workers.js';
import './style.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

const NO_CONFIG = { endpoint: '/graphql', tabs: [] };

function readConfig() {
  const block = document.getElementById('ide-config');
  const config = block ? JSON.parse(block.textContent) : window.FILMGRAPH_IDE;
  window.FILMGRAPH_IDE = { ...NO_CONFIG, ...config };
  return window.FILMGRAPH_IDE;
}

function asText(variables) {
  if (variables === undefined || variables === null || variables === '') {
    return null;
  }
  return typeof variables === 'string' ? variables : JSON.stringify(variables, null, 2);
}

function asTab({ title, query, variables }) {
  const titled = title && !query.trimStart().startsWith('#') ? `# ${title}\n${query}` : query;
  return { query: titled, variables: asText(variables), headers: null };
}

// The tab that is shown first: the one that was open at the last visit, else the first example.
function openTab(tabs) {
  try {
    const kept = JSON.parse(window.localStorage.getItem('graphiql:tabState'));
    return kept.tabs[kept.activeTabIndex] ?? tabs[0];
  } catch {
    return tabs[0]; // nothing is kept, or it can't be read
  }
}

function mountPoint() {
  const found = document.getElementById('graphiql');
  if (found) {
    found.replaceChildren();
    return found;
  }
  const made = document.createElement('div');
  made.id = 'graphiql';
  document.body.append(made);
  return made;
}

const config = readConfig();
const tabs = config.tabs.map(asTab);
const props = {
  fetcher: createGraphiQLFetcher({ url: new URL(config.endpoint, window.location.href).href }),
  defaultEditorToolsVisibility: tabs.some((tab) => tab.variables) ? 'variables' : undefined,
  shouldPersistHeaders: false,
};
if (tabs.length > 0) {
  props.defaultTabs = tabs;
  // GraphiQL itself gives the editors neither the variables of its first tab nor what another tab held.
  const tab = openTab(tabs);
  props.initialQuery = tab.query ?? undefined;
  props.initialVariables = tab.variables ?? undefined;
}
createRoot(mountPoint()).render(createElement(GraphiQL, props));
