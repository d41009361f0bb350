package io.nodejoin.agent.kill;

/** Is told of each effect just before it happens, and may end the process instead. */
@FunctionalInterface
interface Effects {
    Effects UNWATCHED = _ -> {};

    void next(String what);
}
