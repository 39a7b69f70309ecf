// Asks the project's own news feed at every start; a lab speaks to nobody but its server.
const never = ['@jupyterlab/apputils-extension:announcements'];

/** Sorts plugins into those to register, the disabled and the deferred, by the lists of the page's configuration. */
export function chooser(lists) {
  const all = [];
  const disabled = [];
  const deferred = [];
  const isDisabled = id => never.includes(id) || lists.isDisabled(id);

  function take({ name, module }) {
    const exported = '__esModule' in module ? module.default : module;
    return [exported].flat().filter(plugin => {
      const off = isDisabled(plugin.id);
      all.push({
        id: plugin.id,
        description: plugin.description,
        requires: plugin.requires ?? [],
        optional: plugin.optional ?? [],
        provides: plugin.provides ?? null,
        autoStart: plugin.autoStart,
        enabled: !off,
        extension: name,
      });
      if (off) disabled.push(plugin.id);
      else if (lists.isDeferred(plugin.id)) deferred.push(plugin.id);
      return !off;
    });
  }

  return { all, disabled, deferred, active: modules => modules.flatMap(take) };
}
