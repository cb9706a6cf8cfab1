import {
  ArcElement,
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  DoughnutController,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
  type ChartOptions,
} from 'chart.js';
import { series as palettes, type Theme } from '../tokens/palette';
import type { ChartData } from './data';
import { formatTick } from './ticks';

Chart.register(
  ArcElement,
  BarController,
  BarElement,
  CategoryScale,
  DoughnutController,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
);

type Kind = 'bar' | 'line' | 'doughnut' | 'scatter';
type Dataset = ChartDataset<Kind, (number | null)[] | { x: number; y: number }[]>;

/** Colour is never the only sign: lines differ in dash and point as well. */
const dashes = [[], [6, 3], [2, 3], [8, 3, 2, 3]];
const points = ['circle', 'rect', 'triangle', 'rectRot'] as const;

const kindOf = {
  kpi: 'bar',
  bar: 'bar',
  hbar: 'bar',
  line: 'line',
  area: 'line',
  pie: 'doughnut',
  scatter: 'scatter',
} as const;

/** Draws on the canvas; the returned function takes the chart away. */
export function drawChart(canvas: HTMLCanvasElement, data: ChartData, theme: Theme): () => void {
  const style = getComputedStyle(canvas);
  const kind = kindOf[data.type];
  const chart = new Chart(canvas, {
    type: kind,
    data: {
      labels: data.labels,
      datasets: data.series.map((_, at) => datasetOf(data, at, palettes[theme])),
    },
    options: optionsOf(data, {
      text: style.color,
      grid: style.getPropertyValue('border-block-end-color'),
      font: style.fontFamily,
    }),
  } as ChartConfiguration);
  return () => chart.destroy();
}

function datasetOf(data: ChartData, at: number, colours: readonly string[]): Dataset {
  const { name, values } = data.series[at]!;
  const colour = colours[at % colours.length]!;
  const base = { label: name, borderColor: colour, backgroundColor: colour };
  switch (data.type) {
    case 'pie':
      return {
        ...base,
        data: values,
        backgroundColor: values.map((_, slice) => colours[slice % colours.length]!),
        borderColor: 'transparent',
        borderWidth: 2,
      } as Dataset;
    case 'scatter': {
      const places = values.flatMap((y, point) => {
        const x = data.xValues[point] ?? null;
        return x === null || y === null ? [] : [{ x, y }];
      });
      return {
        ...base,
        data: places,
        pointStyle: points[at % points.length],
        pointRadius: 4,
      } as Dataset;
    }
    case 'line':
    case 'area':
      return {
        ...base,
        data: values,
        borderWidth: 2,
        borderDash: dashes[at % dashes.length],
        pointStyle: points[at % points.length],
        pointRadius: values.length > 60 ? 0 : 3,
        pointHitRadius: 8,
        fill: data.type === 'area',
        backgroundColor: data.type === 'area' ? `${colour}40` : colour,
      } as Dataset;
    default:
      return { ...base, data: values, borderRadius: 3, maxBarThickness: 56 } as Dataset;
  }
}

interface Chrome {
  text: string;
  grid: string;
  font: string;
}

function optionsOf(data: ChartData, chrome: Chrome): ChartOptions {
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const isPie = data.type === 'pie';
  const isFlat = data.type === 'hbar';
  const font = { family: chrome.font, size: 12 };
  const value = {
    stacked: data.isStacked,
    beginAtZero: data.type !== 'line' && data.type !== 'scatter',
    grid: { color: chrome.grid },
    border: { display: false },
    ticks: { color: chrome.text, font, maxTicksLimit: 7, callback: tickLabel },
  };
  const category = {
    stacked: data.isStacked,
    grid: { display: data.type === 'scatter', color: chrome.grid },
    border: { color: chrome.grid },
    ticks: {
      color: chrome.text,
      font,
      autoSkip: true,
      maxRotation: 40,
      ...(data.type === 'scatter' ? { callback: tickLabel } : { callback: shortLabel }),
    },
  };
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: isStill ? false : { duration: 200 },
    indexAxis: isFlat ? 'y' : 'x',
    interaction: { mode: data.type === 'scatter' || isPie ? 'nearest' : 'index', intersect: false },
    ...(isPie ? {} : { scales: isFlat ? { x: value, y: category } : { x: category, y: value } }),
    plugins: {
      legend: {
        display: isPie || data.series.length > 1,
        position: isPie ? 'right' : 'bottom',
        labels: { color: chrome.text, font, usePointStyle: true, boxHeight: 8 },
      },
      tooltip: {
        callbacks: {
          label: (item) => {
            const { format } = data.series[item.datasetIndex]!;
            const name = isPie ? item.label : item.dataset.label;
            return ` ${name}: ${format(valueOf(item.parsed, isFlat))}`;
          },
        },
      },
    },
  } as ChartOptions;
}

function valueOf(parsed: unknown, isFlat: boolean): number {
  if (typeof parsed === 'number') return parsed;
  const { x, y } = parsed as { x: number; y: number };
  return isFlat ? x : y;
}

function tickLabel(value: string | number, _at: number, ticks: { value: number }[]): string {
  return formatTick(
    Number(value),
    ticks.map((tick) => tick.value),
  );
}

function shortLabel(
  this: { getLabelForValue(value: number): string },
  value: string | number,
): string {
  const label = this.getLabelForValue(Number(value));
  return label.length > 22 ? `${label.slice(0, 21)}…` : label;
}
