const sheets = new Map<string, CSSStyleSheet>();

/**
 * Adds a style sheet to a shadow root once. Constructed sheets need no `style-src` from the host's
 * Content Security Policy, and all widgets on a page share them.
 */
export function adoptCss(root: ShadowRoot, css: string): void {
  let sheet = sheets.get(css);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(css, sheet);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}
