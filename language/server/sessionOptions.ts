/**
 * What a client says when it starts the server, checked: everything is optional, and a client that says
 * nothing gets the defaults. `settings` is the `slimwise` section of its settings.
 */
import { parseSettings, type LanguageSettings } from '../settings.ts';

export interface SessionOptions {
  readonly settings: LanguageSettings;
  /** Commands that the client can run, for code actions: `slimwise.compressWisely`. */
  readonly clientCommands: readonly string[];
  /** Address of the page about findings; null where the client names none. */
  readonly docs: string | null;
}

export function parseSessionOptions(value: unknown): SessionOptions {
  const options = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const commands = options['commands'];
  return {
    settings: parseSettings(options['settings']),
    clientCommands: Array.isArray(commands) ? commands.filter((name) => typeof name === 'string') : [],
    docs: typeof options['docs'] === 'string' ? options['docs'] : null,
  };
}
