interface ChipsProps {
  title: string;
  questions: readonly string[];
  onPick: (question: string) => void;
}

/** Questions to ask with one press. */
export function Chips({ title, questions, onPick }: ChipsProps) {
  if (questions.length === 0) return null;
  return (
    <div class="chips" role="group" aria-label={title}>
      <span class="chips-title" aria-hidden="true">
        {title}
      </span>
      {questions.map((question) => (
        <button key={question} type="button" class="chip" onClick={() => onPick(question)}>
          {question}
        </button>
      ))}
    </div>
  );
}
