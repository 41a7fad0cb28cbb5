/**
 * A process that a benchmark measures: it reads one command per line and answers each with one line of JSON, what
 * else it prints is passed over. Where it ends before it has answered, the error holds the end of what it
 * complained of. What the commands mean and what the answers hold is the benchmark's own affair.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Peer<Name extends string, Command extends string, Reply> {
  readonly name: Name;
  /** Rejects where the process has ended. */
  ask(command: Command): Promise<Reply>;
  end(): void;
}

export function talkTo<Name extends string, Command extends string, Reply>(
  name: Name,
  child: ChildProcessWithoutNullStreams,
): Peer<Name, Command, Reply> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4000)));
  child.stdin.on('error', () => undefined); // It has ended; the question says so.
  return {
    name,
    async ask(command) {
      child.stdin.write(`${command}\n`);
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`${name} ended: ${complaints.trim().split('\n').slice(-6).join(' ')}`);
        if (value.startsWith('{')) return JSON.parse(value) as Reply;
      }
    },
    end() {
      child.stdin.end('end\n');
    },
  };
}
