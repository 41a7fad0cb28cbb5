/**
 * Both ends of the RPC over a real in-memory transport: answers, expected problems, bugs, messages of
 * others, and that every request is answered exactly once, whatever happens.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Problem } from '../problem.ts';
import { createRpcClient, createRpcServer, ProblemError, type RpcClient } from './rpc.ts';

interface Methods {
  add(args: { readonly a: number; readonly b: number }): number;
  later(args: { readonly ms: number }): string;
  refuse(args: Record<string, never>): null;
  bug(args: Record<string, never>): null;
}

const problem: Problem = { code: 'SWP_TEST', message: 'Not today.', hint: 'Try tomorrow.' };

describe('the RPC', () => {
  it('answers a request with the value of its method', async () => {
    const { client } = connect();
    assert.deepEqual(await client.call('add', { a: 2, b: 3 }), { ok: true, value: 5 });
  });

  it('matches answers to requests, in whatever order they come', async () => {
    const { client } = connect();
    const slow = client.call('later', { ms: 15 });
    const fast = client.call('later', { ms: 1 });
    const first = await Promise.race([slow, fast]);
    assert.deepEqual(first, { ok: true, value: 'after 1' });
    assert.deepEqual(await slow, { ok: true, value: 'after 15' });
  });

  it('answers with the problem that a method expects', async () => {
    const { client, bugs } = connect();
    assert.deepEqual(await client.call('refuse', {}), { ok: false, problem });
    assert.deepEqual(bugs, []);
  });

  it('answers with a defect where a method throws, and tells of the bug', async () => {
    const { client, bugs } = connect();
    const result = await client.call('bug', {});
    assert.ok(!result.ok && result.problem.code === 'SWP_INTERNAL' && result.problem.message === 'oops');
    assert.equal(bugs.length, 1);
  });

  it('answers a method that there is not, names of Object included', async () => {
    const { client } = connect();
    for (const method of ['subtract', 'toString', '__proto__'] as const) {
      const result = await (client as unknown as RpcClient<Record<string, (args: object) => null>>).call(method, {});
      assert.ok(!result.ok && result.problem.code === 'SWP_UNKNOWN_METHOD', method);
    }
  });

  it('fails what is pending when it is disposed, and what is called after that', async () => {
    const { client } = connect();
    const pending = client.call('later', { ms: 5 });
    client.dispose();
    const codes = [await pending, await client.call('add', { a: 1, b: 1 })].map(
      (result) => !result.ok && result.problem.code,
    );
    assert.deepEqual(codes, ['SWP_CONNECTION_CLOSED', 'SWP_CONNECTION_CLOSED']);
  });

  it('answers a request that could not be sent', async () => {
    const client = createRpcClient<Methods>({
      post() {
        throw new Error('The channel is closed.');
      },
    });
    const result = await client.call('add', { a: 1, b: 1 });
    assert.ok(!result.ok && result.problem.code === 'SWP_CONNECTION_CLOSED');
  });

  it('does not take a malformed answer for one, and leaves the request open for its real answer', async () => {
    const sent: unknown[] = [];
    const client = createRpcClient<Methods>({ post: (message) => sent.push(message) });
    const result = client.call('add', { a: 1, b: 1 });
    const { id } = sent[0] as { readonly id: number };
    assert.equal(client.receive({ rpc: 'answer', id, result: 7 }), false);
    assert.equal(client.receive({ rpc: 'answer', id, result: { ok: 'yes' } }), false);
    assert.equal(client.receive({ rpc: 'answer', id, result: { ok: true, value: 2 } }), true);
    assert.equal(client.receive({ rpc: 'answer', id, result: { ok: true, value: 3 } }), true);
    assert.deepEqual(await result, { ok: true, value: 2 });
  });

  it('leaves messages of others alone', () => {
    const { client, server } = connect();
    for (const message of [null, undefined, 1, 'answer', [], {}, { rpc: 'event' }, { type: 'push' }]) {
      assert.equal(client.receive(message), false);
      assert.equal(server.receive(message), false);
    }
  });

  it('answers a value that cannot be sent with a defect', async () => {
    const answers: unknown[] = [];
    const server = createRpcServer<{ get(args: object): unknown }>(
      {
        post(message) {
          answers.push(structuredClone(message));
        },
      },
      { get: () => () => 'a function' },
      () => undefined,
    );
    server.receive({ rpc: 'request', id: 1, method: 'get', args: {} });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const [answer] = answers as readonly { readonly id: number; readonly result: { readonly ok: boolean } }[];
    assert.equal(answers.length, 1);
    assert.deepEqual([answer?.id, answer?.result.ok], [1, false]);
  });
});

/** A client and a server whose messages are copied on the way, as between processes. */
function connect() {
  const bugs: unknown[] = [];
  const client = createRpcClient<Methods>({
    post: (message) => queueMicrotask(() => server.receive(structuredClone(message))),
  });
  const server = createRpcServer<Methods>(
    { post: (message) => queueMicrotask(() => client.receive(structuredClone(message))) },
    {
      add: ({ a, b }) => a + b,
      later: ({ ms }) => new Promise((resolve) => setTimeout(() => resolve(`after ${ms}`), ms)),
      refuse: () => {
        throw new ProblemError(problem);
      },
      bug: () => {
        throw new Error('oops');
      },
    },
    (error) => bugs.push(error),
  );
  return { client, server, bugs };
}
