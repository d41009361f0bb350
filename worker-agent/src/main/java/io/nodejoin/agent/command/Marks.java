package io.nodejoin.agent.command;

import io.nodejoin.protocol.agent.HostMark;

/** Where a command says how far it is. */
@FunctionalInterface
public interface Marks {
    /** A point has been reached; returns at once. */
    void reached(HostMark mark, String step);
}
