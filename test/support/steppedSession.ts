// SPDX-License-Identifier: MIT
import type { StepAnatomyBody } from '../../src/dap/index.js';
import type { StepMark, StepPicture } from '../../src/views/index.js';
import { StoppedSession } from './stoppedSession.js';

// What tests of the step anatomy and of the log beside it share.

export const COUNTER = 'samples/counter/counter';

/** English, with its placeholders filled in. */
export const english = {
  t: (message: string, ...args: unknown[]): string => message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
};

/** A session that has stepped by instructions while the log was on. */
export async function stepped(program: string, settings: object = {}, steps = 2): Promise<StoppedSession> {
  const session = await StoppedSession.launch(program, settings);
  await session.ask('steptrap/kvmTrace', { count: 1 });
  for (let count = 0; count < steps; count++) await session.run('stepIn', { granularity: 'instruction' });
  return session;
}

/** The records of the last step, as the adapter's types say; other tests hold it to them. */
export const anatomyOf = async (session: StoppedSession): Promise<StepAnatomyBody> =>
  (await session.ask('steptrap/stepAnatomy', { threadId: 1 })) as unknown as StepAnatomyBody;

export const marksOf = (picture: StepPicture): readonly StepMark[] => picture.phases.flatMap(({ marks }) => marks);
