/** NestJS on Express as its documentation has it: ValidationPipe, ClassSerializerInterceptor, guards, throttler, nestjs-pino. */
import {
  ClassSerializerInterceptor,
  Controller,
  Get,
  HttpException,
  Module,
  Query,
  SerializeOptions,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory, Reflector } from '@nestjs/core';
import { Expose, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import helmet from 'helmet';
import {
  authGuard,
  contextMiddleware,
  imports,
  MetricsInterceptor,
  ProblemFilter,
  ThrottlerGuard,
} from './nest-common.mjs';
import { decorateClass, decorateMethod, decorateParameter, decorateProperties } from './nest-decorate.mjs';
import { found, ORDERS } from './shared.mjs';

class ListQuery {
  limit = 20;
  cursor;
  sort = '-createdAt';
  title;
}
decorateProperties(ListQuery, {
  limit: [IsOptional(), Type(() => Number), IsInt(), Min(1), Max(100)],
  cursor: [IsOptional(), IsString(), Length(1, 1024)],
  sort: [IsOptional(), IsIn(ORDERS)],
  title: [IsOptional(), IsString()],
});

class Wishlist {}
decorateProperties(Wishlist, {
  id: [Expose()],
  title: [Expose()],
  owner: [Expose()],
  revision: [Expose()],
  createdAt: [Expose()],
  updatedAt: [Expose()],
});

class WishlistPage {}
decorateProperties(WishlistPage, { items: [Expose(), Type(() => Wishlist)], nextCursor: [Expose()] });

class WishlistController {
  list(query) {
    return found(query);
  }
}
decorateMethod(
  WishlistController,
  'list',
  [ListQuery],
  Get('wishlists'),
  SerializeOptions({ type: WishlistPage, strategy: 'excludeAll' }),
);
decorateParameter(WishlistController, 'list', 0, Query());
decorateClass(WishlistController, Controller('api/v1'));

const refuse = (errors) => new HttpException(errors.map(String).join('; '), 422);

export async function start(identity) {
  class AppModule {}
  decorateClass(
    AppModule,
    Module({
      imports: imports(),
      controllers: [WishlistController],
      providers: [
        { provide: APP_GUARD, useClass: ThrottlerGuard },
        { provide: APP_GUARD, useClass: authGuard(identity) },
        {
          provide: APP_PIPE,
          useValue: new ValidationPipe({
            transform: true,
            whitelist: true,
            forbidNonWhitelisted: true,
            exceptionFactory: refuse,
          }),
        },
        { provide: APP_INTERCEPTOR, useClass: MetricsInterceptor },
        {
          provide: APP_INTERCEPTOR,
          useFactory: (reflector) => new ClassSerializerInterceptor(reflector),
          inject: [Reflector],
        },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    }),
  );
  const app = await NestFactory.create(AppModule, { logger: false });
  app.use(contextMiddleware);
  app.use(helmet());
  await app.listen(0, '127.0.0.1');
  return await app.getUrl();
}
