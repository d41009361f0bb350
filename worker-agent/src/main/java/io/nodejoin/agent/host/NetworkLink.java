package io.nodejoin.agent.host;

/**
 * A network interface of this host.
 *
 * @param mac in lower-case hex with colons, empty if it has none
 */
public record NetworkLink(String name, String mac, int mtu, boolean loopback) {}
