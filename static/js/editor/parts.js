// What a course offers its lessons: figures, charts, recordings, handouts, glossary
// terms, references.

class Shelf {
  constructor(entries = []) {
    this.entries = new Map(entries.map((entry) => [entry.slug, entry]));
  }

  get(slug) {
    return this.entries.get(slug);
  }

  add(entry) {
    this.entries.set(entry.slug, entry);
  }

  name(slug) {
    const entry = this.get(slug);
    return entry?.title || entry?.term || entry?.text || slug;
  }

  // For forms. A slug the course does not have stays choosable, or saving the form would lose it.
  options(...chosen) {
    const known = [...this.entries.keys()];
    const missing = chosen.filter((slug) => slug && !this.entries.has(slug));
    return [
      ...known.map((slug) => ({ value: slug, label: this.name(slug) })),
      ...missing.map((slug) => ({ value: slug, label: `${slug} (not in this course)` })),
    ];
  }
}

export class Parts {
  constructor({ figures, charts, recordings, handouts, glossary, references } = {}) {
    this.figures = new Shelf(figures);
    this.charts = new Shelf(charts);
    this.recordings = new Shelf(recordings);
    this.handouts = new Shelf(handouts);
    this.glossary = new Shelf(glossary);
    this.references = new Shelf(references);
    this.numbers = new Map((references ?? []).map((each, index) => [each.slug, each.number ?? index + 1]));
  }

  number(slug) {
    return this.numbers.get(slug);
  }
}
