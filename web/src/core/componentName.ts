interface Component {
  kind?: string;
  target?: string;
}

/** What people call a database or a model: the last part of where it is, without the way there. */
export function componentName(component: Component | undefined): string {
  const { target, kind } = component ?? {};
  return target?.split(/[\\/]/).findLast(Boolean) ?? kind ?? '';
}
