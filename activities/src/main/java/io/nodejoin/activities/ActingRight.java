package io.nodejoin.activities;

/** The right to act on a cluster: of an activity while it may run, or of the janitor while it leads. */
@FunctionalInterface
public interface ActingRight {

    /** Called right before each effect, with its name; throws if its holder may not act any more. */
    void beforeEffect(String effect);
}
