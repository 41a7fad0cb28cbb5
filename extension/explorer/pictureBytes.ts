/**
 * A picture that a webview sent, as bytes. The page could send anything, so it must be what it says it is, by its
 * signature, and no larger than a picture of an explorer can be.
 */
import { failure, success, type Result } from '../../core/result.ts';
import type { PictureKind } from '../../core/session/explorerProtocol.ts';
import { pictureUnsound } from '../problems.ts';

const signatures: Readonly<Record<PictureKind, readonly number[]>> = {
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  gif: [0x47, 0x49, 0x46, 0x38, 0x39, 0x61],
};

const maxBytes = 64 * 1024 * 1024;

export function pictureBytes(kind: unknown, base64: unknown): Result<{ kind: PictureKind; bytes: Uint8Array }> {
  if (kind !== 'png' && kind !== 'gif') return failure(pictureUnsound());
  if (typeof base64 !== 'string' || base64.length > (maxBytes * 4) / 3) return failure(pictureUnsound());
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  const sound = signatures[kind].every((byte, i) => bytes[i] === byte);
  return sound ? success({ kind, bytes }) : failure(pictureUnsound());
}
