// What changed on the hub is shown without a reload: the page is asked for again and its main part taken over where it differs.
(() => {
  const main = document.querySelector('main');
  let asking = false, again = false, waiting = 0;
  async function refresh() {
    if (document.hidden) { again = true; return; }
    if (asking) { again = true; return; }
    asking = true; again = false;
    try {
      const answer = await fetch(location.href, { headers: { 'X-Live': '1' }, credentials: 'same-origin' });
      // Who is not logged in any more is asked for the password.
      if (answer.status === 401) { location.reload(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const next = page.querySelector('main');
      if (next && !isTyped()) {
        document.title = page.title;
        Idiomorph.morph(main, next.innerHTML, {
          morphStyle: 'innerHTML',
          ignoreActiveValue: true,
          callbacks: { beforeAttributeUpdated: (name, node) => !(name === 'open' && node.tagName === 'DETAILS') }
        });
      }
    } catch { /* The hub is away for a moment; the event source comes back, and asks again. */ }
    finally {
      asking = false;
      if (again && !document.hidden) soon();
    }
  }
  // Nobody's half-written form is taken from under them.
  function isTyped() {
    return [...main.querySelectorAll('input:not([type=hidden]),textarea')].some(field =>
      field.type === 'checkbox' || field.type === 'radio' ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
  }
  function soon() { clearTimeout(waiting); waiting = setTimeout(refresh, 150); }
  document.addEventListener('visibilitychange', () => { if (!document.hidden && again) soon(); });
  let opened = false;
  // What grows by the second says how often it is worth another look.
  const often = main.querySelector('[data-live]');
  const source = new EventSource(often ? `/live?every=${often.dataset.live}` : '/live');
  source.onmessage = soon;
  source.onopen = () => { if (opened) soon(); opened = true; };
})();
