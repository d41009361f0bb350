package io.nodejoin.agent.kill;

/** Is told of each effect just before it happens, and may end the process instead. */
@FunctionalInterface
interface EffectListener {
    EffectListener UNWATCHED = _ -> {};

    void beforeEffect(String what);
}
