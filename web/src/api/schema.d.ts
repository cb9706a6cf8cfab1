/**
 * The server's types, in the shape `openapi-typescript` writes them, so that a generated file can
 * take this one's place without a change elsewhere.
 */
export interface components {
  schemas: {
    Cell: string | number | boolean | null | unknown[] | { [key: string]: unknown };
    ColumnType:
      | 'integer'
      | 'decimal'
      | 'float'
      | 'boolean'
      | 'text'
      | 'date'
      | 'time'
      | 'timestamp'
      | 'timestamptz'
      | 'interval'
      | 'json'
      | 'array'
      | 'bytes'
      | 'uuid'
      | 'unknown';
    StageName: 'understanding' | 'tables' | 'writing_sql' | 'checking' | 'running' | 'insights';
    Reading: {
      phrase: string;
      meaning: string;
      kind: components['schemas']['ReadingKind'];
      assumed: boolean;
    };
    ReadingKind:
      'date_range' | 'metric' | 'filter' | 'grouping' | 'ranking' | 'table' | 'column' | 'other';
    Insight: { type: string; severity: string; message: string };
    ChartSpec: {
      type: 'kpi' | 'bar' | 'hbar' | 'line' | 'area' | 'pie' | 'scatter';
      x: string;
      y: string[];
      series?: string;
      stacked?: boolean;
      title?: string;
    };
    Timing: { total: number; llm?: number; database?: number };
    SqlAnswer: {
      response_type: 'sql';
      sql: string;
      explanation?: string;
      dialect?: string;
      readings?: components['schemas']['Reading'][];
      confidence?: number | null;
      tables?: string[];
      tables_considered?: string[];
      tables_left_out?: number;
      columns_left_out?: number;
      columns: string[];
      column_types: components['schemas']['ColumnType'][];
      row_count: number;
      truncated: boolean;
      insights: components['schemas']['Insight'][];
      chart: components['schemas']['ChartSpec'] | null;
      suggestions: string[];
      session_id: string;
      query_id: string;
      cached?: boolean;
      cached_at?: string | null;
      timing_ms: components['schemas']['Timing'];
    };
    ChatAnswer: {
      response_type: 'chat';
      message: string;
      clarification?: { options: string[] } | null;
      unanswerable?: { reason: string } | null;
      tables_considered?: string[];
      tables_left_out?: number;
      columns_left_out?: number;
      suggestions?: string[];
      session_id: string;
      query_id: string;
      cached?: boolean;
      timing_ms: components['schemas']['Timing'];
    };
    Problem: {
      type?: string;
      title: string;
      status: number;
      detail?: string;
      code?: string;
      request_id?: string;
      sql?: string;
      position?: { line: number; column: number };
      retry_after?: number;
    };
    QueryRequest: {
      question: string;
      tables?: string[];
      limit?: number;
      insights?: boolean;
      fresh?: boolean;
    };
    SessionEvent: { session_id: string; query_id: string };
    StageEvent: {
      stage: components['schemas']['StageName'];
      status: 'running' | 'done' | 'failed';
      elapsed_ms?: number | null;
    };
    SqlDeltaEvent: { part: 'sql' | 'explanation'; offset: number; text: string };
    SqlEvent: {
      sql: string;
      dialect?: string;
      explanation?: string;
      readings?: components['schemas']['Reading'][];
      confidence?: number | null;
      tables?: string[];
      attempt?: number;
    };
    ColumnsEvent: { columns: string[]; column_types: components['schemas']['ColumnType'][] };
    RowsEvent: { offset: number; rows: components['schemas']['Cell'][][] };
    HistoryItem: {
      query_id: string;
      question: string | null;
      sql: string | null;
      response_type?: string;
      status: string;
      row_count: number | null;
      created_at: string;
      duration_ms: number | null;
      favorite?: boolean;
    };
    Favorite: {
      id: string;
      name: string;
      question: string | null;
      sql: string;
      created_at: string;
    };
    FavoriteRequest: { query_id?: string; name?: string; question?: string; sql?: string };
    FeedbackRequest: { rating: 'up' | 'down'; comment?: string };
    Message: {
      role: 'user' | 'assistant';
      text: string;
      sql?: string;
      query_id?: string;
      created_at: string;
    };
    Health: {
      status: string;
      version?: string;
      /** Only told to those whom the server lets ask. */
      components?: {
        database?: { status: string; kind?: string; target?: string };
        llm?: { status: string; kind?: string; target?: string };
        store?: { status: string };
      };
    };
  };
}
