import { useEffect, useState } from 'preact/hooks';

/** A chunk that is fetched on first use: its module, `null` while it loads, or `'failed'`. */
export function useLazy<Module>(load: () => Promise<Module>): Module | null | 'failed' {
  const [state, setState] = useState<{ loaded: Module | null | 'failed' }>({ loaded: null });
  useEffect(() => {
    let isCurrent = true;
    load().then(
      (module) => isCurrent && setState({ loaded: module }),
      () => isCurrent && setState({ loaded: 'failed' }),
    );
    return () => {
      isCurrent = false;
    };
  }, [load]);
  return state.loaded;
}
