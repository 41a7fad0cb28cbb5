/**
 * What a text is searched for beside being followed. An edit of a comment may change these answers, so that
 * language/incremental asks them again.
 */

export function makesKerasModel(text: string): boolean {
  return /\b(Sequential|Model)\s*\(/.test(text);
}

/** A text of PyTorch alone: what is called Sequential or Model there is no Keras model. */
export function isPlainTorch(text: string): boolean {
  return /\btorch\b/.test(text) && !/keras|tensorflow|\btf\b/i.test(text);
}

/** A script that is started with options of its own. */
export function takesOptions(text: string): boolean {
  return /add_argument\s*\(|argparse|\b(from|import)\b.*(options?|parser|config)\b/i.test(text);
}

export function hasChoices(text: string): boolean {
  return /\bchoices\s*=|\.\w+\s*==\s*['"]/.test(text);
}
