/** An HTML element with a class and children; texts stay texts. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** A button as JupyterLab has them; without a text, for an icon. */
export function button(text: string, title: string, act: () => void): HTMLButtonElement {
  const made = element('button', text ? 'jp-mod-styled hf-History-button' : 'hf-History-iconButton', text);
  made.type = 'button';
  made.title = title;
  made.onclick = act;
  return made;
}
