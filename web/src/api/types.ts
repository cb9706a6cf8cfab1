import type { components } from './schema';

type Schemas = components['schemas'];

export type Cell = Schemas['Cell'];
export type ColumnType = Schemas['ColumnType'];
export type StageName = Schemas['StageName'];
export type Reading = Schemas['Reading'];
export type Insight = Schemas['Insight'];
export type ChartSpec = Schemas['ChartSpec'];
export type SqlAnswer = Schemas['SqlAnswer'];
export type ChatAnswer = Schemas['ChatAnswer'];
export type Answer = SqlAnswer | ChatAnswer;
export type Problem = Schemas['Problem'];
export type SqlDelta = Schemas['SqlDeltaEvent'];
export type SqlEvent = Schemas['SqlEvent'];
export type HistoryItem = Schemas['HistoryItem'];
export type Favorite = Schemas['Favorite'];
export type FavoriteRequest = Schemas['FavoriteRequest'];
export type FeedbackRequest = Schemas['FeedbackRequest'];
export type QueryRequest = Schemas['QueryRequest'];
export type Message = Schemas['Message'];
export type Health = Schemas['Health'];

/** What one question's stream says, in the order of arrival. */
export type QueryEvent =
  | { event: 'session'; data: Schemas['SessionEvent'] }
  | { event: 'stage'; data: Schemas['StageEvent'] }
  | { event: 'sql_delta'; data: SqlDelta }
  | { event: 'sql'; data: SqlEvent }
  | { event: 'columns'; data: Schemas['ColumnsEvent'] }
  | { event: 'rows'; data: Schemas['RowsEvent'] }
  | { event: 'insights'; data: { insights: Insight[] } }
  | { event: 'chart'; data: { chart: ChartSpec | null } }
  | { event: 'done'; data: Answer }
  | { event: 'error'; data: Problem }
  | { event: 'ping'; data: object };
