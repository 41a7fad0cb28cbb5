/**
 * A disk in memory with the failures of a real one: any call can fail with any code, room can run out in
 * the middle of a write, and power can go, which undoes whatever was not fsynced. It keeps a trace of the
 * calls, so that the order of writes can be checked against what is promised.
 */
import path from 'node:path';
import type { DiskPort } from './diskPort.ts';

export interface MemoryDiskOptions {
  /** The n-th call (from 1) fails with `code`; the calls before and after work. */
  readonly failAt?: number;
  readonly code?: string;
  /** All files together may not grow beyond this. */
  readonly capacityBytes?: number;
  readonly nowMs?: () => number;
}

export interface MemoryDisk extends DiskPort {
  /** `write run.json`, `fsync run.json`, `rename a b` … in order; names are relative to the root. */
  readonly trace: readonly string[];
  readonly nCalls: () => number;
  usedBytes(): number;
  setCapacity(bytes: number): void;
  /** Power is lost. `names`: renames and new names survive although their folders were not fsynced. */
  losePower(survives: 'synced' | 'names'): void;
  /** Every file by its absolute path. */
  files(): ReadonlyMap<string, Uint8Array>;
}

interface FileNode {
  readonly kind: 'file';
  bytes: Uint8Array;
  durable: Uint8Array;
  modifiedMs: number;
}

interface FolderNode {
  readonly kind: 'folder';
  children: Map<string, Node>;
  durable: Map<string, Node>;
}

type Node = FileNode | FolderNode;

export function memoryDisk(options: MemoryDiskOptions = {}): MemoryDisk {
  const root: FolderNode = newFolder();
  const handles = new Map<number, { file: FileNode; name: string }>();
  const trace: string[] = [];
  let capacityBytes = options.capacityBytes ?? Infinity;
  let nCalls = 0;
  let nextHandle = 3;
  const nowMs = options.nowMs ?? (() => 0);

  const call = (what: string): void => {
    nCalls++;
    trace.push(what);
    if (nCalls === options.failAt) throw diskError(options.code ?? 'EIO', what);
  };
  const find = (target: string): Node | undefined => {
    let node: Node | undefined = root;
    for (const part of parts(target)) node = node?.kind === 'folder' ? node.children.get(part) : undefined;
    return node;
  };
  const folderAt = (target: string): FolderNode => {
    const node = find(target);
    if (node === undefined) throw diskError('ENOENT', target);
    if (node.kind !== 'folder') throw diskError('ENOTDIR', target);
    return node;
  };
  const fileAt = (target: string): FileNode => {
    const node = find(target);
    if (node === undefined) throw diskError('ENOENT', target);
    if (node.kind !== 'file') throw diskError('EISDIR', target);
    return node;
  };
  const usedBytes = (): number => [...allFiles(root, '/')].reduce((sum, [, file]) => sum + file.bytes.length, 0);

  return {
    trace,
    nCalls: () => nCalls,
    usedBytes,
    setCapacity: (bytes) => void (capacityBytes = bytes),
    files: () => new Map([...allFiles(root, '/')].map(([name, file]) => [name, file.bytes])),
    losePower(survives) {
      handles.clear();
      undo(root, survives);
    },
    open(name, mode) {
      call(`open ${mode} ${path.basename(name)}`);
      const folder = folderAt(path.dirname(name));
      let node = folder.children.get(path.basename(name));
      if (node?.kind === 'folder') throw diskError('EISDIR', name);
      if (node !== undefined && mode === 'exclusive') throw diskError('EEXIST', name);
      if (node === undefined) {
        if (mode === 'read') throw diskError('ENOENT', name);
        node = { kind: 'file', bytes: new Uint8Array(), durable: new Uint8Array(), modifiedMs: nowMs() };
        folder.children.set(path.basename(name), node);
      }
      if (mode === 'replace') node.bytes = new Uint8Array();
      handles.set(nextHandle, { file: node, name: path.basename(name) });
      return nextHandle++;
    },
    write(handle, bytes) {
      const { file, name } = open(handles, handle);
      call(`write ${name}`);
      const room = Math.max(0, capacityBytes - usedBytes());
      if (room === 0 && bytes.length > 0) throw diskError('ENOSPC', name);
      // A disk that runs full takes what fits first; the next call is refused.
      const taken = bytes.subarray(0, room);
      const grown = new Uint8Array(file.bytes.length + taken.length);
      grown.set(file.bytes);
      grown.set(taken, file.bytes.length);
      file.bytes = grown;
      file.modifiedMs = nowMs();
      return taken.length;
    },
    readAt(handle, position, into) {
      const { file, name } = open(handles, handle);
      call(`readAt ${name}`);
      const found = file.bytes.subarray(position, position + into.length);
      into.set(found);
      return found.length;
    },
    fsync(handle) {
      const { file, name } = open(handles, handle);
      call(`fsync ${name}`);
      file.durable = file.bytes;
    },
    close(handle) {
      handles.delete(handle);
    },
    touch(name) {
      call(`touch ${path.basename(name)}`);
      fileAt(name).modifiedMs = nowMs();
    },
    read(name) {
      call(`read ${path.basename(name)}`);
      return fileAt(name).bytes.slice();
    },
    truncate(name, length) {
      call(`truncate ${path.basename(name)}`);
      const file = fileAt(name);
      file.bytes = file.bytes.slice(0, length);
    },
    rename(from, to) {
      call(`rename ${path.basename(from)} ${path.basename(to)}`);
      const node = find(from);
      if (node === undefined) throw diskError('ENOENT', from);
      const there = find(to);
      if (there?.kind === 'folder' && (node.kind === 'file' || there.children.size > 0))
        throw diskError('ENOTEMPTY', to);
      folderAt(path.dirname(from)).children.delete(path.basename(from));
      folderAt(path.dirname(to)).children.set(path.basename(to), node);
    },
    remove(target) {
      call(`remove ${path.basename(target)}`);
      const folder = find(path.dirname(target));
      if (folder?.kind === 'folder') folder.children.delete(path.basename(target));
    },
    makeFolder(target) {
      call(`makeFolder ${path.basename(target)}`);
      let folder = root;
      for (const part of parts(target)) {
        const next = folder.children.get(part) ?? newFolder();
        if (next.kind !== 'folder') throw diskError('ENOTDIR', target);
        folder.children.set(part, next);
        folder = next;
      }
    },
    makeNewFolder(target) {
      call(`makeNewFolder ${path.basename(target)}`);
      const parent = folderAt(path.dirname(target));
      if (parent.children.has(path.basename(target))) throw diskError('EEXIST', target);
      parent.children.set(path.basename(target), newFolder());
    },
    list(folder) {
      call(`list ${path.basename(folder)}`);
      return [...folderAt(folder).children].map(([name, { kind }]) => ({ name, kind }));
    },
    stat(target) {
      call(`stat ${path.basename(target)}`);
      const node = find(target);
      if (node === undefined) return null;
      return node.kind === 'file'
        ? { kind: 'file', bytes: node.bytes.length, modifiedMs: node.modifiedMs }
        : { kind: 'folder', bytes: 0, modifiedMs: 0 };
    },
    freeBytes: () => (capacityBytes === Infinity ? null : Math.max(0, capacityBytes - usedBytes())),
    syncFolder(target) {
      call(`syncFolder ${path.basename(target)}`);
      const folder = folderAt(target);
      folder.durable = new Map(folder.children);
    },
  };
}

export function diskError(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}

function newFolder(): FolderNode {
  return { kind: 'folder', children: new Map(), durable: new Map() };
}

function undo(folder: FolderNode, survives: 'synced' | 'names'): void {
  if (survives === 'synced') folder.children = new Map(folder.durable);
  for (const node of folder.children.values()) {
    if (node.kind === 'folder') undo(node, survives);
    else node.bytes = node.durable;
  }
}

function* allFiles(folder: FolderNode, at: string): Generator<[string, FileNode]> {
  for (const [name, node] of folder.children) {
    if (node.kind === 'file') yield [at + name, node];
    else yield* allFiles(node, `${at}${name}/`);
  }
}

function open(handles: ReadonlyMap<number, { file: FileNode; name: string }>, handle: number) {
  const found = handles.get(handle);
  if (found === undefined) throw diskError('EBADF', String(handle));
  return found;
}

function parts(target: string): readonly string[] {
  return path.posix
    .normalize(target)
    .split('/')
    .filter((part) => part !== '');
}
