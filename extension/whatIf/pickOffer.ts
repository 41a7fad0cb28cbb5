/**
 * The list of what can be done to some layers. It opens at once with what the arithmetic allows; while it is open, each
 * offer is held against the source, and one that the source cannot follow moves down with its reason. What is refused
 * can be read, not chosen.
 */
import { QuickPickItemKind, window, type QuickPickItem } from 'vscode';
import type { OfferReport, OffersReport } from '../../core/report/offersReport.ts';
import { offerWords } from './offerItem.ts';

interface OfferItem extends QuickPickItem {
  /** null: a separator, or one that is refused. */
  readonly offer: OfferReport | null;
}

/** `reasonAgainst`: why the source cannot be edited so; null: it can. The answer is null where nothing was chosen. */
export function pickOffer(
  report: OffersReport,
  reasonAgainst: (offer: OfferReport) => Promise<string | null>,
  title: string,
): Promise<OfferReport | null> {
  const picker = window.createQuickPick<OfferItem>();
  const refusals = new Map<OfferReport, string>();
  for (const offer of report.offers) if (offer.refused !== null) refusals.set(offer, offer.refused);
  let isOpen = true;
  const show = (): void => {
    const [active] = picker.activeItems;
    picker.items = itemsOf(report, refusals);
    const same = picker.items.find(({ label }) => label === active?.label);
    if (same !== undefined) picker.activeItems = [same];
  };
  picker.title = title;
  picker.placeholder = 'What should it be? The diff comes first; nothing is trained or run.';
  picker.matchOnDetail = true;
  picker.keepScrollPosition = true;
  show();
  const check = async (): Promise<void> => {
    picker.busy = true;
    for (const offer of report.offers) {
      if (!isOpen) return;
      if (refusals.has(offer)) continue;
      const reason = await reasonAgainst(offer);
      if (!isOpen || reason === null) continue;
      refusals.set(offer, reason);
      show();
    }
    if (isOpen) picker.busy = false;
  };
  return new Promise((resolve) => {
    let chosen: OfferReport | null = null;
    picker.onDidAccept(() => {
      const offer = picker.activeItems[0]?.offer ?? null;
      if (offer === null) return;
      chosen = offer;
      picker.hide();
    });
    picker.onDidHide(() => {
      isOpen = false;
      picker.dispose();
      resolve(chosen);
    });
    picker.show();
    void check();
  });
}

function itemsOf(report: OffersReport, refusals: ReadonlyMap<OfferReport, string>): OfferItem[] {
  const item = (offer: OfferReport): OfferItem => {
    const refused = refusals.get(offer) ?? null;
    return { ...offerWords(offer, report, refused), offer: refused === null ? offer : null };
  };
  const possible = report.offers.filter((offer) => !refusals.has(offer)).map(item);
  const others = report.offers.filter((offer) => refusals.has(offer)).map(item);
  if (others.length === 0) return possible;
  return [...possible, { label: 'not here', kind: QuickPickItemKind.Separator, offer: null }, ...others];
}
