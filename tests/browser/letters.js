/* [[pixels on the screen, text, element], …] of every text that can be seen, also in shadow roots and drawings. */
() => {
  const found = [];
  const unread = "style, script, noscript, title, desc, option, [data-testid=stIconMaterial]";
  const range = document.createRange();
  const hidden = (element) => {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      if (getComputedStyle(at).clipPath.includes("inset(50%)")) return true;
    }
    return !element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const visit = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.shadowRoot) visit(node.shadowRoot);
      const element = node.parentElement;
      if (node.nodeType !== Node.TEXT_NODE || !node.data.trim() || element.closest(unread) || hidden(element)) continue;
      range.selectNodeContents(node);
      const { width, height } = range.getBoundingClientRect();
      if (width < 1 || height < 1) continue;
      const matrix = element.getScreenCTM?.();
      const size = parseFloat(getComputedStyle(element).fontSize) * (matrix ? Math.hypot(matrix.a, matrix.b) : 1);
      found.push([Math.round(size * 100) / 100, node.data.trim().slice(0, 40), `${element.tagName} ${element.getAttribute("class")}`]);
    }
  };
  visit(document.body);
  return found;
}
