/**
 * The explorer's side of the conversation with the host. Bytes of models are loaded from the URIs that the host
 * names; pictures go back as text, which every transport carries unchanged.
 */
import { createRpcClient, type RpcPort } from '../../core/rpc/rpc.ts';
import type { Result } from '../../core/result.ts';
import type { ExplorerInit, ExplorerRequests, PictureKind } from '../../core/session/explorerProtocol.ts';

export interface ExplorerHost {
  ready(): Promise<Result<ExplorerInit>>;
  save(kind: PictureKind, bytes: Uint8Array): Promise<Result<{ readonly saved: boolean }>>;
  exportModel(): Promise<Result<null>>;
  begin(choice: 'run' | 'sample'): Promise<Result<null>>;
  /** null: there is nothing at this URI. */
  load(uri: string): Promise<Uint8Array | null>;
  /** Give everything that arrives from the host to this. */
  receive(message: unknown): void;
}

export function createExplorerHost(port: RpcPort): ExplorerHost {
  const client = createRpcClient<ExplorerRequests>(port);
  return {
    ready: () => client.call('ready', {}),
    save: (kind, bytes) => client.call('save', { kind, base64: toBase64(bytes) }),
    exportModel: () => client.call('exportModel', {}),
    begin: (choice) => client.call('begin', { with: choice }),
    async load(uri) {
      try {
        const response = await fetch(uri);
        return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
      } catch {
        return null;
      }
    },
    receive: (message) => void client.receive(message),
  };
}

const chunk = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += chunk) text += String.fromCharCode(...bytes.subarray(i, i + chunk));
  return btoa(text);
}
