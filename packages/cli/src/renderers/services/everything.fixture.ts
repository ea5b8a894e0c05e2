/** For tests: a stack with every field type, access right and kind of store, and names that collide with code. */
export const everything = `
name: zoo
version: 1
roles: [reader, editor]
components: { postgres: {}, mongodb: {}, elasticsearch: {}, redis: {}, rabbitmq: {} }
events:
  order.created: { orderId: uuid, owner: uuid, label: string(40), total: money, kind: string(20), note: text? }
  order.updated: { orderId: uuid }
  order.deleted: { orderId: uuid }
  story.created: { storyId: uuid, owner: uuid }
  nobody-knows.it-happened: { at: datetime, tags: "string(10)[]", state: "enum(on, off)" }
gateways: {}
services:
  zoo-service:
    port: 4200
    database: postgres
    description: It's got everything, "quoted" too.
    uses: [redis]
    calls: [story-service, find-service, idle-service]
    publishes: [order.created, order.updated, order.deleted]
    subscribes: [story.created, nobody-knows.it-happened]
    entities:
      order:
        $access: { read: public, create: editor, update: owner, delete: admin }
        $unique: [[label, owner]]
        owner: user
        label: { type: string(40), unique: true }
        total: money
        kind: enum(big-one, small_one, A1) = big-one
        note: text?
        flag: boolean
        ref: uuid?
        contact: email
        site: url?
        on: date
        at: datetime = "2026-01-01T00:00:00.000Z"
        currency: currency?
        data: json
        more: json[] = []
        count: int
        ratio: number
        huge: int(0..999999999999999) = 10000
        low: int(..-5)
        percent: number(0..1) = 0.5
        tags: string(20)[]
        days: date[] = []
        ids: uuid[]?
        people: user[]
        levels: enum(one, two)[] = ["one"]
        state: { type: "enum(held, confirmed)", default: held, readOnly: true }
        paidAt: { type: datetime?, readOnly: true }
      order-line:
        orderId: order
        parent: order-line?
        user: string(10)
        select: int(1..2)
      case:
        $access: { read: service, create: service, update: service, delete: service }
        owner: user
        text: string = it's "so"
      tag:
        $access: { read: user, create: admin }
        class: string(2)
      favourite:
        owner: user
      parcel:
        $access: { create: editor, read: user }
        owner: user
        orderId: { type: order, mine: true }
        gift: { type: order?, mine: [people, owner] }
        previous: { type: parcel?, mine: true }
      stamp: { parcelId: parcel, value: money }
      note-pad:
        $access: { create: service }
        owner: { type: user, unique: true }
        body: text
  story-service:
    port: 4201
    database: mongodb
    publishes: [story.created]
    entities:
      story:
        $unique: [[slug, owner]]
        $access: { read: owner, create: user, update: owner, delete: owner }
        owner: user
        slug: { type: string(30), unique: true }
        orderId: order?
        extra: json?
        tags: string(20)[] = []
        cost: money = 0
        editors: uuid[]?
      comment:
        owner: user
        storyId: { type: story, mine: [owner, editors] }
        text: text
      remark:
        $access: { read: admin, create: admin, update: user }
        owner: user
        commentId: { type: comment, mine: true }
  find-service:
    port: 4202
    database: elasticsearch
    entities:
      series: { name: string(20), rank: int? }
  idle-service:
    port: 4203
`;
