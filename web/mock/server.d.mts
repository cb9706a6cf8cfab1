export function startMock(options?: {
  port?: number;
  pace?: number;
}): Promise<{ url: string; close: () => Promise<void> }>;
