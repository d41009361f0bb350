package io.nodejoin.gateway.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The address of a listening socket, as {@code host:port}; port 0 takes a free one. */
public record ListenAddress(String host, int port) {
    private static final int MAX_PORT = 65_535;

    public ListenAddress {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    "the port of a listen address is " + port + "; allowed: 0 to " + MAX_PORT);
        }
    }

    /** Parses {@code host:port}, with an IPv6 host in brackets. */
    @JsonCreator
    public static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' is no listen address; write host:port");
        }
        String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
        try {
            return new ListenAddress(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no listen address; its port is no number", e);
        }
    }

    @JsonValue
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
