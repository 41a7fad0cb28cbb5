import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { toyProject, type ToyProject } from '../session/toyProject.ts';
import { callCli, type CliAnswer } from './callCli.ts';

describe('slimwise run', function () {
  this.timeout(240_000);
  let project: ToyProject;

  before(() => {
    project = toyProject();
  });
  after(() => project.dispose());

  it('is stopped cleanly by a signal, goes on with --resume, and draws with generate', async () => {
    // SIGTERM and SIGINT (Ctrl-C) have one handler; the test runner keeps SIGINT for itself.
    let signalled = false;
    const stopped = await slimwise(['run', 'slimwise.json', '--backend', 'cpu'], project, (text) => {
      if (signalled || !text.includes('Full precision: SWD')) return;
      signalled = true;
      process.emit('SIGTERM');
      process.emit('SIGTERM'); // npm passes on what the terminal has sent already
    });
    assert.equal(stopped.code, 1, stopped.err);
    const folder = /--resume (\S+)/.exec(stopped.err)?.[1];
    assert.ok(folder, stopped.err);

    const listed = await slimwise(['runs'], project);
    assert.match(listed.out, /cancelled/);

    const finished = await slimwise(['run', '--resume', folder], project);
    assert.equal(finished.code, 0, finished.err);
    assert.match(finished.out, /Whole file: .* times smaller\./);
    assert.match(finished.out, /project\s+Linear\s+\+5\s+accepted/);
    const report = /Report {2}(\S+)/.exec(finished.out)?.[1] ?? '';
    assert.ok(existsSync(path.join(project.folder, report)), finished.out);

    const model = path.join(folder, 'model.safetensors');
    const drawn = await slimwise(['generate', model, '--out', 'grid.png', '--count', '9', '--backend', 'cpu'], project);
    assert.equal(drawn.code, 0, drawn.err);
    assert.equal(readFileSync(path.join(project.folder, 'grid.png')).toString('latin1', 1, 4), 'PNG');

    const again = await slimwise(['run', '--resume', folder], project);
    assert.equal(again.code, 2);
    assert.match(again.err, /SWP_RUN_FINISHED/);
  });

  it('prints its events as JSON lines, and fails when the result is over the budget', async () => {
    project.write('small.json', JSON.stringify({ ...planOf(project), budget: { bytes: 100 } }));
    const run = await slimwise(['run', 'small.json', '--short', '--backend', 'cpu', '--json'], project);
    assert.equal(run.code, 1, run.err);
    assert.match(run.err, /over the plan's budget of 100 bytes/);
    const events = run.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, i) => i + 1),
    );
    assert.equal(events.at(-1)?.type, 'finished');
    assert.ok(events.some((event) => event.type === 'note' && event.text.startsWith('A short run')));
  });

  it('says what is wrong with its options and its plan, and exits with 2', async () => {
    project.write('broken.json', '{ "schema": 1');
    for (const [args, code] of [
      [['run'], 'SWP_CLI_USAGE'],
      [['run', 'slimwise.json', '--threads', 'many'], 'SWP_CLI_USAGE'],
      [['run', 'slimwise.json', '--backend', 'abacus'], 'SWP_CLI_USAGE'],
      [['run', 'nothing.json'], 'SWP_PLAN_NOT_FOUND'],
      [['run', 'broken.json'], 'SWP_PLAN_NOT_JSON'],
      [['run', '--resume', 'nowhere'], 'SWP_RUN_NOT_FOUND'],
      [['generate', 'nothing.safetensors', '--out', 'x.png'], 'SWP_CLI_MODEL_NOT_FOUND'],
      [['generate', 'toy.py', '--out', 'x.png', '--backend', 'cpu'], 'SWP_SAFETENSORS_UNREADABLE'],
    ] as const) {
      const { code: exit, err } = await slimwise(args, project);
      assert.equal(exit, 2, `${args.join(' ')}: ${err}`);
      assert.match(err, new RegExp(code), args.join(' '));
    }
  });
});

function planOf(project: ToyProject): Record<string, unknown> {
  return JSON.parse(readFileSync(project.planPath, 'utf8')) as Record<string, unknown>;
}

/** Runs the command in the project's folder; `watch` sees everything printed so far. */
function slimwise(args: readonly string[], { folder }: ToyProject, watch?: (out: string) => void): Promise<CliAnswer> {
  return callCli(folder, args, watch === undefined ? {} : { watch });
}
