package io.nodejoin.agent.host;

/** The user and group ids of a file. */
public record FileOwner(int uid, int gid) {}
