/** The little of jasmine-core that the conformance runner uses; the package ships no types. */
declare module 'jasmine-core/lib/jasmine-core/jasmine.js' {
  interface Env {
    configure(options: Readonly<Record<string, unknown>>): void;
    addReporter(reporter: object): void;
    execute(): Promise<unknown>;
  }
  interface Core {
    DEFAULT_TIMEOUT_INTERVAL: number;
    getEnv(): Env;
  }
  const jasmineRequire: {
    core(self: unknown): Core;
    interface(jasmine: Core, env: Env): Readonly<Record<string, unknown>>;
  };
  export default jasmineRequire;
}
