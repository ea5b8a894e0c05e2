/** Events as they happen: one socket that comes back by itself, where it was. */
const NO_CONNECTION = 'The socket could not be opened: the gateway is away, or refuses the token.';
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
const RENEW_BEFORE_MS = 60_000;
const TYPING_MS = 3_000;

/** Events that are known when they come again, by another way. */
const REMEMBERED = 1_000;

/** The gateway stops, or wants a new token. */
const AT_ONCE = new Set([1001, 4401, 4410]);

/** Connects, and stays so until it is closed. */
export function openEventSocket(options) {
  const { url, token, onEvent, onGap, onPresence, onTyping, onError, onOnline } = options;
  const Socket = options.WebSocket ?? WebSocket;
  /** Position of the last message of each room; undefined before the first one. */
  const rooms = new Map();
  const seen = new Set();
  const typedAt = new Map();
  let position;
  let socket;
  let isReady = false;
  let isClosed = false;
  let attempts = 0;
  let timer;
  let renewal;
  const send = (message) => {
    if (isReady && socket?.readyState === Socket.OPEN) socket.send(JSON.stringify(message));
  };
  const joinRoom = (room) => send({ type: 'join', room, after: rooms.get(room) });
  const renew = (expiresAt) => {
    clearTimeout(renewal);
    const wait = Math.max(1_000, Date.parse(expiresAt) - Date.now() - RENEW_BEFORE_MS);
    renewal = setTimeout(
      async () => {
        try {
          send({ type: 'authenticate', token: await token() });
        } catch {
          // The gateway ends the connection with the token; the next one asks again.
        }
      },
      Math.min(wait, 2 ** 31 - 1),
    );
  };
  const isNew = (id) => {
    if (seen.has(id)) return false;
    seen.add(id);
    if (seen.size > REMEMBERED) for (const oldest of [...seen].slice(0, REMEMBERED / 2)) seen.delete(oldest);
    return true;
  };
  const receive = (message) => {
    switch (message.type) {
      case 'event':
        if (message.room === undefined) position = message.position;
        else if (rooms.has(message.room)) rooms.set(message.room, message.position);
        if (isNew(message.id)) onEvent(message);
        break;
      case 'ready':
        position = message.position;
        isReady = true;
        attempts = 0;
        renew(message.expiresAt);
        for (const room of rooms.keys()) joinRoom(room);
        onOnline?.(true);
        break;
      case 'joined':
        if (rooms.has(message.room)) rooms.set(message.room, message.position);
        for (const userId of message.online) onPresence?.(message.room, userId, true);
        break;
      case 'left':
        if (message.code !== undefined && rooms.delete(message.room))
          onError?.(message.code, 'You may not be in this room any more.', message.room);
        break;
      case 'authenticated':
        renew(message.expiresAt);
        break;
      case 'gap':
        onGap?.(message.room);
        break;
      case 'presence':
        onPresence?.(message.room, message.userId, message.online);
        break;
      case 'typing':
        onTyping?.(message.room, message.userId);
        break;
      case 'error':
        if (message.code === 'forbidden' && message.room !== undefined) rooms.delete(message.room);
        onError?.(message.code, message.detail, message.room);
        break;
    }
  };
  const again = (code, reason) => {
    clearTimeout(renewal);
    if (isReady) onOnline?.(false);
    else if (!isClosed) onError?.('no-connection', reason ?? NO_CONNECTION, undefined);
    isReady = false;
    socket = undefined;
    if (isClosed) return;
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 16));
    attempts += 1;
    // Spread out: when a replica stops, all of its clients come at the same moment.
    const most = AT_ONCE.has(code) && attempts === 1 ? FIRST_RETRY_MS : ceiling;
    timer = setTimeout(connect, Math.random() * most);
  };
  const connect = async () => {
    try {
      const bearer = await token();
      if (isClosed) return;
      const resume = position === undefined ? [] : [`resume.${position}`];
      const opened = new Socket(url, ['hometrip.v1', `bearer.${bearer}`, ...resume]);
      socket = opened;
      opened.onmessage = ({ data }) => receive(JSON.parse(String(data)));
      opened.onclose = ({ code }) => again(code);
    } catch (error) {
      again(0, error instanceof Error ? error.message : String(error));
    }
  };
  void connect();
  return {
    join(room) {
      if (rooms.has(room)) return;
      rooms.set(room, undefined);
      joinRoom(room);
    },
    leave(room) {
      if (rooms.delete(room)) send({ type: 'leave', room });
    },
    typing(room) {
      const now = Date.now();
      if (now - (typedAt.get(room) ?? 0) < TYPING_MS) return;
      typedAt.set(room, now);
      send({ type: 'typing', room });
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      clearTimeout(renewal);
      socket?.close(1000);
    },
  };
}
