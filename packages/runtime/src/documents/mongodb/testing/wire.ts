/** MongoDB's wire protocol, as much as its drivers use: OP_MSG, and OP_QUERY for the first handshake. */
import { createServer, type Server } from 'node:net';
import { BSON } from 'mongodb';

export type Command = Record<string, unknown>;
/** As a document, or as the bytes of one. */
export type Answer = Record<string, unknown> | Buffer;

const OP_MSG = 2013;
const OP_QUERY = 2004;
const CHECKSUM = 1;
const MORE_TO_COME = 2;

/** Answers the commands of each connection in their order. `handle` never rejects. */
export function serveCommands(handle: (command: Command) => Promise<Answer>): Server {
  return createServer((socket) => {
    let received = Buffer.alloc(0);
    let turn: Promise<unknown> = Promise.resolve();
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      while (received.length >= 4 && received.length >= received.readInt32LE(0)) {
        const message = received.subarray(0, received.readInt32LE(0));
        received = received.subarray(message.length);
        turn = turn.then(async () => {
          const answer = await respond(message, handle);
          if (answer !== undefined && socket.writable) socket.write(answer);
        });
      }
    });
  });
}

async function respond(
  message: Buffer,
  handle: (command: Command) => Promise<Answer>,
): Promise<Buffer | undefined> {
  const id = message.readInt32LE(4);
  if (message.readInt32LE(12) === OP_QUERY) {
    const end = message.indexOf(0, 20);
    const answer = await handle({ ...read(message.subarray(end + 9)), $db: 'admin' });
    const head = Buffer.alloc(20);
    head.writeInt32LE(1, 16);
    return frame(id, 1, head, answer);
  }
  const flags = message.readUInt32LE(16);
  const answer = await handle(sections(message.subarray(20, (flags & CHECKSUM) === 0 ? undefined : -4)));
  return (flags & MORE_TO_COME) === 0 ? frame(id, OP_MSG, Buffer.alloc(5), answer) : undefined;
}

/** One body, and sequences of documents that belong into arrays of it. */
function sections(data: Buffer): Command {
  let command: Command = {};
  for (let at = 0; at < data.length; ) {
    const isBody = data[at] === 0;
    const section = data.subarray(at + 1, at + 1 + data.readInt32LE(at + 1));
    at += 1 + section.length;
    if (isBody) {
      command = { ...read(section), ...command };
      continue;
    }
    const end = section.indexOf(0, 4);
    const documents: unknown[] = [];
    for (let next = end + 1; next < section.length; next += section.readInt32LE(next))
      documents.push(read(section.subarray(next, next + section.readInt32LE(next))));
    command = { ...command, [section.toString('utf8', 4, end)]: documents };
  }
  return command;
}

const read = (data: Uint8Array): Command =>
  BSON.deserialize(data, { promoteValues: true, promoteLongs: false, bsonRegExp: true });

function frame(responseTo: number, opcode: number, head: Buffer, answer: Answer): Buffer {
  const body = Buffer.isBuffer(answer) ? answer : BSON.serialize(answer, { ignoreUndefined: true });
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + head.length + body.length, 0);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(opcode, 12);
  return Buffer.concat([header, head, body]);
}
