/** The mark: a cup with a bar chart for steam. */
export function Cup() {
  return (
    <svg class="cup" viewBox="0 0 48 48" aria-hidden="true">
      <path class="cup-bars" d="M15 17v-5M21.5 17V8M28 17v-7" />
      <path class="cup-body" d="M9 21h25v9a9 9 0 0 1-9 9h-7a9 9 0 0 1-9-9z" />
      <path class="cup-line" d="M34 23h2a5 5 0 0 1 0 10h-2M8 43h27" />
    </svg>
  );
}
