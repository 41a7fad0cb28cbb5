/** A memory budget as the extension shows it: where it comes from is settled in `settings.ts`. */
export interface Budget {
  readonly bytes: number;
  /** As shown after the slash: a device's label, or `budget`. */
  readonly label: string;
}
