/**
 * Runs mocha inside a real extension host; VS Code calls `run`. The result is also written as JSON to
 * the file named by SLIMWISE_HOST_RESULTS, because console lines of a remote host may come late; until the end it is
 * beside that as `.part`, for what has been done where the end does not come.
 * SLIMWISE_HOST_ONLY=name runs the files whose names contain it, for working on one.
 */
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 400_000, color: false });
  const only = process.env['SLIMWISE_HOST_ONLY'] ?? '';
  for (const file of readdirSync(__dirname)) {
    if (file.endsWith('.test.cjs') && file.includes(only)) mocha.addFile(join(__dirname, file));
  }
  const passed: string[] = [];
  const failed: { title: string; error: string }[] = [];
  const results = process.env['SLIMWISE_HOST_RESULTS'];
  const note = (): void => {
    if (results !== undefined) writeFileSync(`${results}.part`, JSON.stringify({ passed, failed }));
  };
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', (test) => {
        passed.push(test.fullTitle());
        note();
      })
      .on('fail', (test, error: unknown) => {
        failed.push({
          title: test.fullTitle(),
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
        note();
      });
  });
  note();
  if (results !== undefined) renameSync(`${results}.part`, results);
  if (failed.length > 0)
    throw new Error(
      `${failed.length} tests failed in the extension host: ${failed.map((test) => test.title).join('; ')}`,
    );
}
