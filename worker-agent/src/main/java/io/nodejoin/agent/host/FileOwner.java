package io.nodejoin.agent.host;

/** The user and the group that a file belongs to, by their numbers. */
public record FileOwner(int uid, int gid) {}
