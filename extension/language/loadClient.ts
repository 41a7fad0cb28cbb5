/**
 * Loads the client of the language server, which an editor without models never pays for: part by part, with a turn
 * for the rest of the extension host between them, because evaluating all at once would hold it for too long. The
 * parts are what the client itself is made of; they are shared with it as long as there is one version of each.
 */
import type * as Client from 'vscode-languageclient/node';

export async function loadClient(): Promise<typeof Client> {
  await import('vscode-jsonrpc/node');
  await aTurn();
  await import('vscode-languageserver-protocol/node');
  await aTurn();
  await import('vscode-languageclient');
  await aTurn();
  const client = await import('vscode-languageclient/node');
  await aTurn();
  return client;
}

/** Until others of this process had theirs: a timer lets pass what has come in meanwhile. */
export function aTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
