package io.nodejoin.agent.journal;

/** A change of the host by a named step, and the way back. */
public record Change(String step, Undo undo) {}
