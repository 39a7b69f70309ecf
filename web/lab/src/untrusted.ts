import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISanitizer } from '@jupyterlab/apputils';

/**
 * What a notebook of somebody else shows is not to trigger commands of the page. The default for that is set in build.mjs, but JupyterLab reads its
 * settings after it has shown the first notebook, and until then its sanitizer lets them through.
 */
const untrusted: JupyterFrontEndPlugin<void> = {
  id: 'holdfast:untrusted',
  description: 'No commands in outputs and texts that are not trusted.',
  autoStart: true,
  requires: [ISanitizer],
  activate: (_: JupyterFrontEnd, sanitizer: ISanitizer & { setAllowCommandLinker?(allow: boolean): void }) => sanitizer.setAllowCommandLinker?.(false),
};

export default [untrusted];
