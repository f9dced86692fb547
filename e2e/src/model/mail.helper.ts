import { type Comparison, nameOf } from './comparison.helper';
import type { Post } from './world/courier.helper';
import type { Diary } from './diary';
import { interleavings } from './interleavings';
import { type Letter, type Model, receiverOf, type Side } from './model';
import type { World } from './world/world.helper';

/** The events of one history between their owner and their receiver, in the model and really. */
export class Mail {
  private readonly posts = new Map<Letter, Post>();
  private readonly delivered: Letter[] = [];
  private readonly lost: Letter[] = [];

  constructor(
    private readonly world: World,
    private readonly model: Model,
    private readonly comparison: Comparison,
    private readonly diary: Diary,
  ) {}

  /** Published and not delivered, oldest first. */
  waitingFor(side: Side): Letter[] {
    return this.model.pending.filter((letter) => receiverOf(letter) === side);
  }

  /** What this side had, in the order of its first arrival, with every repetition. */
  deliveredTo(side: Side): Letter[] {
    return this.delivered.filter((letter) => receiverOf(letter) === side);
  }

  lose(letter: Letter): void {
    this.take(letter);
    this.lost.push(letter);
    this.diary.note('lost', `${nameOf(letter)} is lost`);
  }

  /** What was lost about these, oldest first. */
  lostAbout(about: Letter['about']): Letter[] {
    return this.lost.filter((letter) => letter.about === about);
  }

  /** The event of the newest letter, which no service here publishes. */
  put(post: Post): void {
    const letter = this.model.pending.at(-1);
    if (letter) this.posts.set(letter, post);
  }

  /** Sends letters, all at once, waits until the receiver is done with them, and compares what it has then. */
  async deliver(how: string, letters: readonly Letter[]): Promise<void> {
    await Promise.all(letters.map((letter) => this.send(letter)));
    await this.arrive(how, letters);
  }

  /** Takes the letter out of what waits, and puts it on the receiver's channel. */
  async send(letter: Letter): Promise<void> {
    this.take(letter);
    await this.world.courier.forward(this.postOf(letter));
  }

  /** The second half of `deliver`, for what was sent. */
  async arrive(how: string, letters: readonly Letter[]): Promise<void> {
    await this.handled(letters);
    for (const letter of letters) this.arrived(how, letter);
    await this.compare(letters);
  }

  /** Resolves when the receiver is done with what was sent. */
  async handled(letters: readonly Letter[]): Promise<void> {
    const subjects = new Set(letters.map((letter) => this.postOf(letter).subject));
    await Promise.all([...subjects].map((subject) => this.world.courier.handled(subject)));
  }

  /** The same in the model. */
  arrived(how: string, letter: Letter): void {
    for (const what of interleavings(this.model, letter, this.delivered)) this.diary.count(what);
    const outcome = this.model.deliver(letter);
    this.delivered.push(letter);
    this.diary.note(outcome, `${nameOf(letter)} reaches ${receiverOf(letter)} ${how}(${outcome})`);
  }

  /** Compares what the receivers of these letters have now, and takes in what they published. */
  async compare(letters: readonly Letter[]): Promise<void> {
    for (const letter of letters) await this.comparison.received(letter);
    await this.collect();
  }

  /** Takes in what the services must have published by now. */
  async collect(): Promise<void> {
    for (const letter of this.model.pending) {
      if (this.posts.has(letter)) continue;
      const id = this.comparison.idOf(letter.about, letter.index);
      const post = await this.world.courier.collect({ ...letter, id });
      this.comparison.published(letter, post);
      this.posts.set(letter, post);
    }
  }

  private take(letter: Letter): void {
    const at = this.model.pending.indexOf(letter);
    if (at >= 0) this.model.pending.splice(at, 1);
  }

  private postOf(letter: Letter): Post {
    const post = this.posts.get(letter);
    if (!post) throw new Error(`${nameOf(letter)} was not collected`);
    return post;
  }
}
