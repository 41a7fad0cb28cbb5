import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

describe('the parts that the client is loaded in', () => {
  const here = createRequire(import.meta.url);
  const client = createRequire(here.resolve('vscode-languageclient/node'));

  for (const part of ['vscode-jsonrpc/node', 'vscode-languageserver-protocol/node']) {
    it(`are its own: ${part}`, () => assert.equal(here.resolve(part), client.resolve(part)));
  }
});
