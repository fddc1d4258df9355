/** Calls under way, and what events say meanwhile: their answers may be older. */
export interface Calls<News> {
  /** Remembers the last word on something, as long as a call is under way. */
  note(key: number | string, news: News): void;
  /** Makes a call, and has its answer taken with what was said meanwhile. */
  run<Answer>(
    ask: () => Promise<Answer>,
    take: (answer: Answer, news: ReadonlyMap<number | string, News>) => void,
  ): Promise<void>;
}

export function createCalls<News>(): Calls<News> {
  let underWay = 0;
  const news = new Map<number | string, News>();

  return {
    note(key, value) {
      if (underWay > 0) news.set(key, value);
    },
    async run(ask, take) {
      underWay += 1;
      try {
        take(await ask(), news);
      } finally {
        underWay -= 1;
        if (underWay === 0) news.clear();
      }
    },
  };
}
