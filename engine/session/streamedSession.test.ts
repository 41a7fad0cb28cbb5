/**
 * A session on images that are read from disk: the same bytes as on images in memory, cancelled, killed, or with
 * single layers trained by processes of their own, and its file let go of in the end.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { callCli } from '../cli/callCli.ts';
import { cacheFiles } from '../data/imageCache.ts';
import { releaseImages, type ImageSet } from '../data/imageSet.ts';
import { openImages } from '../data/openImages.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { killAfter } from './killAfter.ts';
import type { PreparedSession } from './prepareSession.ts';
import { runToy, sampleImages, toyImages, toySession, type ToyRun } from './sessionFixture.ts';
import type { SessionControl } from './sessionControl.ts';
import { toyProject, type ToyProject } from './toyProject.ts';

describe('a session on images that are read from disk', function () {
  this.timeout(480_000);
  let cache = '';
  let whole: ToyRun;
  let images: ImageSet;
  let streamed: PreparedSession;

  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    whole = await runToy();
    cache = mkdtempSync(path.join(tmpdir(), 'slimwise-streamed-session-'));
    images = await open();
    streamed = { ...(await toySession()), images };
  });
  after(() => {
    releaseImages(images);
    rmSync(cache, { recursive: true, force: true });
  });

  const open = async (): Promise<ImageSet> => {
    const request = { path: sampleImages, size: 16, channels: 1, limit: 48 } as const;
    const opened = await openImages(request, cache, { memoryBytes: 0, cacheBytes: 1e9 });
    assert.ok(opened.ok && !(opened.value.pixels instanceof Uint8Array), JSON.stringify(opened));
    return opened.value;
  };

  it('ends with the bytes of one on images in memory', async () => {
    assert.equal(images.fingerprint, (await toyImages()).fingerprint);
    const run = await runToy({ prepared: streamed });
    assert.ok(run.outcome.ok && run.outcome.value.status === 'finished');
    assert.deepEqual(model(run), model(whole));
  });

  it('cancelled and gone on with, in memory or from disk, ends with the same bytes', async () => {
    const cut = await runToy({ prepared: streamed, onEvent: at('layer-fc', 1, (control) => control.cancel()) });
    assert.ok(cut.outcome.ok && cut.outcome.value.status === 'cancelled');
    const rest = await runToy({ prepared: streamed, disk: cut.disk, folder: cut.folder });
    assert.ok(rest.outcome.ok && rest.outcome.value.status === 'finished');
    assert.deepEqual(model(rest), model(whole));
    const other = await runToy({ onEvent: at('repeat-1', 1, (control) => control.cancel()) });
    const switched = await runToy({ prepared: streamed, disk: other.disk, folder: other.folder });
    assert.deepEqual(model(switched), model(whole));
  });

  it('says so when its images are lost in the middle, keeps what was saved, and goes on when they are back', async () => {
    const lost = await open();
    const prepared = { ...streamed, images: lost };
    const [entry = ''] = readdirSync(cache).filter((name) => !name.startsWith('.'));
    const lose = at('repeat-2', 1, () => truncateSync(path.join(cache, entry, cacheFiles.pixels), 0));
    const cut = await runToy({ prepared, onEvent: lose });
    assert.equal(cut.outcome.ok ? '' : cut.outcome.problem.code, 'SWP_IMAGE_CACHE_LOST');
    releaseImages(lost);
    const again = await open();
    const rest = await runToy({ prepared: { ...streamed, images: again }, disk: cut.disk, folder: cut.folder });
    assert.deepEqual(model(rest), model(whole));
    releaseImages(again);
  });
});

describe('a run on images that are read from disk, in processes that are killed', function () {
  this.timeout(480_000);
  const before = process.env['SLIMWISE_IMAGE_MEMORY_MIB'];
  const projects: ToyProject[] = [];
  const project = (): ToyProject => {
    const made = toyProject();
    projects.push(made);
    return made;
  };

  afterEach(() => {
    if (before === undefined) delete process.env['SLIMWISE_IMAGE_MEMORY_MIB'];
    else process.env['SLIMWISE_IMAGE_MEMORY_MIB'] = before;
    for (const made of projects.splice(0)) made.dispose();
  });

  it('loses at most one interval, and ends with the bytes of an undisturbed one in memory, layers in parallel too', async () => {
    const [held, streamed] = [project(), project()];
    assert.equal(await slimwise(held, ['run', 'slimwise.json', '--processes', '1']), 0);
    process.env['SLIMWISE_IMAGE_MEMORY_MIB'] = '0';
    const at = (event: RunEvent) => event.type === 'step' && event.variant === 'full' && event.step === 3;
    await killAfter({ project: streamed, processes: 2, at });
    const [run = ''] = readdirSync(path.join(streamed.folder, '.slimwise', 'runs'));
    const folder = path.join(streamed.folder, '.slimwise', 'runs', run);
    assert.equal(await slimwise(streamed, ['run', '--resume', folder]), 0);
    assert.deepEqual(packed(streamed), packed(held));
    const events = journal(folder);
    const resumedAt = events.findIndex((event) => event.type === 'started' && event.resumedFromStep !== null);
    const resumed = events[resumedAt];
    const nBefore = events.slice(0, resumedAt).filter((event) => event.type === 'step').length;
    const from = resumed?.type === 'started' ? (resumed.resumedFromStep ?? 0) : 0;
    // A checkpoint every 2 steps; the kill may come a little late.
    assert.ok(nBefore >= 3 && 2 <= from && nBefore - 2 <= from && from <= nBefore, `${from} of ${nBefore}`);
    const cached = readdirSync(path.join(streamed.folder, '.slimwise', 'cache', 'images'));
    assert.equal(cached.filter((name) => !name.startsWith('.')).length, 1, 'one cache, used by every process');
  });
});

function packed({ folder }: ToyProject): Buffer {
  const runs = path.join(folder, '.slimwise', 'runs');
  const [run = ''] = readdirSync(runs);
  return readFileSync(path.join(runs, run, 'model.safetensors'));
}

function journal(folder: string): readonly RunEvent[] {
  const lines = readFileSync(path.join(folder, 'journal.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

async function slimwise({ folder }: ToyProject, args: readonly string[]): Promise<number> {
  return (await callCli(folder, [...args, '--backend', 'cpu', '--threads', '1'])).code;
}

/** Does something once, right after a step. */
function at(variant: string, step: number, action: (control: SessionControl) => void) {
  return (event: RunEvent, control: SessionControl): void => {
    if (event.type === 'step' && event.variant === variant && event.step === step) action(control);
  };
}

function model({ disk, folder }: ToyRun): Uint8Array {
  const bytes = disk.files().get(path.join(folder, 'model.safetensors'));
  assert.ok(bytes, 'the run has a model');
  return bytes;
}
