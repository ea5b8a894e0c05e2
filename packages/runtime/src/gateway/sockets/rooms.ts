/** Which sockets of this replica are in which rooms. */
import type { User } from '../../auth/user.ts';
import { randomHex } from '../../telemetry/trace-context.ts';
import { isPosition, type PubSub } from '../../pubsub/index.ts';
import type { Logger } from '../../log.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import type { Connection } from './connection.ts';
import type { SocketMetrics } from './metrics.ts';
import type { PresenceTimes } from './presence.ts';
import { pushEvent } from './push.ts';
import { KEEP, topicOf } from './recipients.ts';
import { Room } from './room.ts';

/** Who asks to enter which room. */
export interface RoomRequest<P = any> {
  readonly user: User;
  /** What follows the colon of the room's name. */
  readonly id: string;
  /** The user's Authorization header, for calls on their behalf. */
  readonly authorization: string;
  readonly platform: P;
}

/** Rooms of one kind: `conversation` for `conversation:<id>`. */
export interface RoomKind<P = any> {
  /**
   * Whether this user may be in this room. Asked when they join, and again whenever they bring a new token. When it throws, no
   * user gets in, and none is sent away.
   */
  mayJoin(request: RoomRequest<P>): boolean | Promise<boolean>;
  /** Events for such rooms: the id of the room, from the payload; undefined for none. */
  readonly events?: Readonly<Record<string, (data: any) => string | undefined>> | undefined;
  /** Rooms named after users, who are in theirs as long as they are connected: others join to see whether they are online. */
  readonly ofUsers?: boolean | undefined;
}
/** The kinds of rooms of a gateway, by name. */
export type RoomKinds<P = any> = Readonly<Record<string, RoomKind<P>>>;

export interface RoomsOptions {
  readonly kinds: RoomKinds;
  readonly platform: unknown;
  readonly pubsub: PubSub;
  readonly log: Logger;
  readonly tracer?: Tracer | undefined;
  readonly metrics: SocketMetrics;
  readonly times: PresenceTimes;
}

/** Of one socket. */
const MOST_ROOMS = 50;
/** Milliseconds between two signs of typing that are passed on. */
const TYPING_MS = 1_000;

interface Stay {
  readonly room: Room;
  readonly leave: () => Promise<void>;
  typedAt: number;
}

export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #stays = new Map<Connection, Map<string, Stay>>();
  readonly #replica = randomHex(8);
  readonly #beat: NodeJS.Timeout;

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#beat = setInterval(() => {
      for (const room of this.#rooms.values()) void room.beat(this.#kindOf(room.name)?.ofUsers === true);
    }, options.times.beat).unref();
  }

  get size(): number {
    return this.#rooms.size;
  }

  close(): void {
    clearInterval(this.#beat);
  }

  /** They are online, for whoever asks. @throws what the pub/sub throws when it is away. */
  async connect(connection: Connection): Promise<void> {
    this.#stays.set(connection, new Map());
    const rooms = this.#ownRooms(connection).map((name) => this.#roomOf(name));
    for (const room of rooms) room.appear(connection.user, false);
    await Promise.all(rooms.map((room) => room.open()));
  }

  async disconnect(connection: Connection): Promise<void> {
    const stays = this.#stays.get(connection);
    if (stays === undefined) return;
    this.#stays.delete(connection);
    await Promise.all([...stays.values()].map((stay) => stay.leave()));
    for (const name of this.#ownRooms(connection)) {
      const room = this.#rooms.get(name);
      room?.disappear(connection.user);
      await this.#closeIfEmpty(room);
    }
  }

  /** Answers `joined`, or an error. */
  async join(connection: Connection, name: string, after: string | undefined): Promise<void> {
    const { metrics, log } = this.#options;
    const stays = this.#stays.get(connection);
    if (stays === undefined) return;
    if (stays.has(name)) return this.#refuse(connection, name, 'already-joined', 'You are in this room.');
    if (stays.size >= MOST_ROOMS)
      return this.#refuse(connection, name, 'too-many-rooms', `Leave one of your ${MOST_ROOMS} rooms first.`);
    try {
      if (!(await this.#mayJoin(connection, name)))
        return this.#refuse(connection, name, 'forbidden', 'There is no such room for you.');
      await this.#enter(connection, name, after);
    } catch (error) {
      metrics.joined('failed');
      log.warn({ err: error, room: name }, 'a room could not be joined');
      connection.tell({
        type: 'error',
        code: 'unavailable',
        detail: 'The room cannot be joined at the moment.',
        room: name,
      });
    }
  }

  async leave(connection: Connection, name: string, code?: string): Promise<void> {
    const stay = this.#stays.get(connection)?.get(name);
    if (stay !== undefined) {
      this.#stays.get(connection)?.delete(name);
      await stay.leave();
    }
    connection.tell({ type: 'left', room: name, ...(code !== undefined && { code }) });
  }

  /** More often than once in a second is not passed on. */
  async type(connection: Connection, name: string): Promise<void> {
    const stay = this.#stays.get(connection)?.get(name);
    if (stay === undefined)
      return connection.tell({
        type: 'error',
        code: 'not-joined',
        detail: 'Join the room first.',
        room: name,
      });
    const now = performance.now();
    if (now - stay.typedAt < TYPING_MS) return;
    stay.typedAt = now;
    // Nobody waits for it: when the pub/sub is away, it is not said.
    await stay.room.type(connection.user).catch(() => undefined);
  }

  /** With their new token. */
  async checkAgain(connection: Connection): Promise<void> {
    for (const name of [...(this.#stays.get(connection)?.keys() ?? [])]) {
      const may = await this.#mayJoin(connection, name).catch(() => true);
      if (!may) await this.leave(connection, name, 'forbidden');
    }
  }

  async #enter(connection: Connection, name: string, after: string | undefined): Promise<void> {
    const { pubsub, metrics, tracer } = this.#options;
    const room = this.#roomOf(name);
    const isPresent = this.#kindOf(name)?.ofUsers !== true;
    let gap = false;
    room.enter(connection);
    try {
      await room.open();
      const following = await pubsub.follow(topicOf(name), {
        keep: KEEP,
        after,
        receive(message, position) {
          if (position !== undefined) pushEvent(connection, message as object, position, tracer);
        },
        gap() {
          gap = true;
          connection.tell({ type: 'gap', room: name });
        },
        pace: () => connection.pace(),
      });
      const stays = this.#stays.get(connection);
      const leave = async () => {
        room.leave(connection);
        if (isPresent) room.disappear(connection.user);
        await following.end();
        await this.#closeIfEmpty(room);
      };
      if (isPresent) room.appear(connection.user, true);
      else room.presence.announce(true);
      // It was closed meanwhile.
      if (stays === undefined) return await leave();
      stays.set(name, { room, leave, typedAt: -Infinity });
      const resumed = after !== undefined && isPosition(after) && !gap;
      metrics.joined(resumed ? 'resumed' : gap ? 'gap' : 'joined');
      const { position } = following;
      connection.tell({ type: 'joined', room: name, position, resumed, online: room.presence.online });
    } catch (error) {
      room.leave(connection);
      await this.#closeIfEmpty(room);
      throw error;
    }
  }

  async #mayJoin({ session, user }: Connection, name: string): Promise<boolean> {
    const kind = this.#kindOf(name);
    const id = name.slice(name.indexOf(':') + 1);
    if (kind === undefined || user === '') return false;
    const { platform } = this.#options;
    return kind.mayJoin({ user: session.user, id, authorization: session.authorization, platform });
  }

  #refuse(connection: Connection, room: string, code: string, detail: string): void {
    this.#options.metrics.joined('refused');
    connection.tell({ type: 'error', code, detail, room });
  }

  #kindOf(name: string): RoomKind | undefined {
    const kind = name.slice(0, name.indexOf(':'));
    return Object.hasOwn(this.#options.kinds, kind) ? this.#options.kinds[kind] : undefined;
  }

  #ownRooms({ user }: Connection): readonly string[] {
    return Object.entries(this.#options.kinds).flatMap(([kind, { ofUsers }]) =>
      ofUsers === true ? [`${kind}:${user}`] : [],
    );
  }

  #roomOf(name: string): Room {
    const { pubsub, times } = this.#options;
    const room = this.#rooms.get(name) ?? new Room({ name, replica: this.#replica, times, pubsub });
    this.#rooms.set(name, room);
    return room;
  }

  async #closeIfEmpty(room: Room | undefined): Promise<void> {
    if (room === undefined || !room.isEmpty || this.#rooms.get(room.name) !== room) return;
    this.#rooms.delete(room.name);
    await room.close();
  }
}
