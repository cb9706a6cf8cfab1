interface BadgeOptions {
  title: string;
  theme: string;
  side: 'start' | 'end';
  /** Hover or focus: a press is likely, so the chat can be fetched. */
  onWanted: () => void;
  onPress: () => void;
}

export type Badge = ReturnType<typeof createBadge>;

const SVG = 'http://www.w3.org/2000/svg';
const strokes = [
  'M15 17v-5M21.5 17V8M28 17v-7',
  'M9 21h25v9a9 9 0 0 1-9 9h-7a9 9 0 0 1-9-9zM34 23h2a5 5 0 0 1 0 10h-2M8 43h27',
];

function cup(): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 48 48');
  svg.setAttribute('aria-hidden', 'true');
  for (const stroke of strokes) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', stroke);
    svg.append(path);
  }
  return svg;
}

/** The round button in the corner. A manual popover: the top layer is above any host `z-index`. */
export function createBadge({ title, theme, side, onWanted, onPress }: BadgeOptions) {
  const element = document.createElement('button');
  element.id = 'b';
  element.part = 'badge';
  element.type = 'button';
  element.className = side;
  element.popover = 'manual';
  element.title = title;
  element.setAttribute('aria-label', `${title}: ask your data`);
  element.setAttribute('aria-haspopup', 'dialog');
  element.append(cup());
  element.addEventListener('pointerenter', onWanted);
  element.addEventListener('focus', onWanted);
  element.addEventListener('click', onPress);

  let isOpen = false;
  const setOpen = (value: boolean) => {
    isOpen = value;
    element.setAttribute('aria-expanded', String(value));
  };
  const setTheme = (value: string) => {
    element.style.colorScheme = value === 'auto' ? 'light dark' : value;
  };
  setOpen(false);
  setTheme(theme);
  return {
    element,
    get isOpen() {
      return isOpen;
    },
    setOpen,
    setTheme,
    /** Without popovers it is an ordinary fixed button. */
    show: () => element.showPopover?.(),
    fail() {
      element.title = `${title} cannot be reached. Press to try again.`;
      element.classList.add('failed');
    },
  };
}
