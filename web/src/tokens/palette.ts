/**
 * Chart series colours. They live here and not in CSS because a canvas cannot read `light-dark()`.
 * Each has at least 3:1 against its surface; neighbours stay apart under colour blindness.
 */
export const series = {
  light: ['#8A4B1E', '#2DA68E', '#BC7E29', '#6374C0', '#98925E', '#7B4E72', '#014B32', '#493580'],
  dark: ['#E3A974', '#92E5E6', '#8E6542', '#456BB5', '#878821', '#C26581', '#B8E4BA', '#B0A4EB'],
} as const;

export type Theme = keyof typeof series;
