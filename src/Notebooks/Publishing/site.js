(() => {
  const box = document.getElementById('site-search'), found = document.getElementById('site-found'), root = document.body.dataset.root;
  let pages = null;
  const show = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(word => word);
    found.replaceChildren();
    found.hidden = words.length === 0;
    if (!pages || words.length === 0) return;
    const hits = pages.map(page => {
      let score = 0;
      for (const word of words) {
        const one = (page.lowTitle.includes(word) ? 20 : 0) + (page.lowHeadings.includes(word) ? 5 : 0) + (page.lowText.includes(word) ? 1 : 0);
        if (one === 0) return null;
        score += one;
      }
      return { page, score };
    }).filter(hit => hit).sort((a, b) => b.score - a.score).slice(0, 12);
    for (const { page } of hits) {
      const link = document.createElement('a'), title = document.createElement('b'), text = document.createElement('span');
      link.href = root + page.url;
      title.textContent = page.title;
      const at = Math.max(0, page.lowText.indexOf(words[0]) - 40);
      text.textContent = (at > 0 ? '… ' : '') + page.text.slice(at, at + 140);
      link.append(title, text);
      found.append(link);
    }
    if (hits.length === 0) found.textContent = 'Nothing found.';
  };
  globalThis.siteSearch = all => {
    pages = all.map(page => ({ ...page, lowTitle: page.title.toLowerCase(), lowHeadings: page.headings.toLowerCase(), lowText: page.text.toLowerCase() }));
    show();
  };
  box.addEventListener('focus', () => {
    const script = document.createElement('script');
    script.src = root + 'assets/search.js';
    document.head.append(script);
  }, { once: true });
  box.addEventListener('input', show);
  addEventListener('keydown', e => {
    if (e.key === '/' && !/^(INPUT|TEXTAREA)$/.test(e.target.tagName)) { e.preventDefault(); box.focus(); }
    if (e.key === 'Escape' && e.target === box) { box.value = ''; show(); box.blur(); }
    if (e.key === 'Enter' && e.target === box) found.querySelector('a')?.click();
  });
  addEventListener('click', e => { if (!e.target.closest('.site-search')) found.hidden = true; });
})();
