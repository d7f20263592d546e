"""What does not fit on a page: it scrolls sideways, breaks a word or lets text stick out of its panel."""

from __future__ import annotations

from playwright.sync_api import Page

SIDEWAYS = """() => {
  const root = document.documentElement;
  const found = ["ltr", "rtl"].filter(direction => {
    root.dir = direction;
    return root.scrollWidth > innerWidth;
  });
  root.dir = "ltr";
  return found.map(direction => `scrolls sideways, ${direction}`);
}"""

# A word has no place to break inside it, and is no code, address or host. Names without a space are too long.
WORDS = """() => {
  const OTHERS = "code, pre, output, .mono, .host, .code-text, .breaks, textarea, .visually-hidden, .tabs";
  const found = new Set(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const isClipped = one => one && (getComputedStyle(one).clipPath !== "none" || isClipped(one.parentElement));
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!parent.checkVisibility({ visibilityProperty: true })) continue;
    if (parent.closest(OTHERS) || isClipped(parent)) continue;
    const frame = parent.closest(".panel, .card, .button, .badge")?.getBoundingClientRect();
    for (const { 0: word, index } of text.data.matchAll(/[^\\s\\u2010-]+/gu)) {
      if (word.length > 16) continue;
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const lines = new Set([...range.getClientRects()].map(one => Math.round(one.top)));
      if (lines.size > 1) found.add(`breaks ${word}`);
      if (frame && range.getBoundingClientRect().right > frame.right + 1) found.add(`${word} sticks out`);
    }
  }
  return [...found];
}"""


def put_on(page: Page, width: int, letters: int) -> None:
    """Have the page on a screen of a width, for somebody who has set the size of letters."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("size => { document.documentElement.style.fontSize = `${size}px`; }", letters)
