/** A bare handler of NestJS, on Express (its default). */
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { decorateClass, decorateMethod } from './nest-decorate.mjs';
import { page } from './shared.mjs';

class WishlistController {
  list() {
    return page;
  }
}
decorateMethod(WishlistController, 'list', [], Get('wishlists'));
decorateClass(WishlistController, Controller('api/v1'));

class AppModule {}
decorateClass(AppModule, Module({ controllers: [WishlistController] }));

export async function start() {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  return await app.getUrl();
}
