/** The fastest NestJS: on Fastify, with zod by way of the Standard Schema support of NestJS 12. */
import helmet from '@fastify/helmet';
import {
  Controller,
  Get,
  HttpException,
  Module,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  StandardSchemaValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  authGuard,
  contextMiddleware,
  imports,
  MetricsInterceptor,
  ProblemFilter,
  ThrottlerGuard,
} from './nest-common.mjs';
import { decorateClass, decorateMethod, decorateParameter } from './nest-decorate.mjs';
import { found, ListQuery, WishlistPage } from './shared.mjs';

class WishlistController {
  list(query) {
    return found(query);
  }
}
decorateMethod(
  WishlistController,
  'list',
  [Object],
  Get('wishlists'),
  SerializeOptions({ schema: WishlistPage }),
);
decorateParameter(WishlistController, 'list', 0, Query({ schema: ListQuery }));
decorateClass(WishlistController, Controller('api/v1'));

const refuse = (issues) => new HttpException(issues.map(({ message }) => message).join('; '), 422);

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
        { provide: APP_PIPE, useValue: new StandardSchemaValidationPipe({ exceptionFactory: refuse }) },
        { provide: APP_INTERCEPTOR, useClass: MetricsInterceptor },
        {
          provide: APP_INTERCEPTOR,
          useFactory: (reflector) => new StandardSchemaSerializerInterceptor(reflector),
          inject: [Reflector],
        },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    }),
  );
  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
  app.use(contextMiddleware);
  await app.register(helmet);
  await app.listen(0, '127.0.0.1');
  return await app.getUrl();
}
