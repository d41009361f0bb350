package io.nodejoin.service.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The address of a listening socket, as {@code host:port}; port 0 takes a free one. */
public record ListenAddress(String host, int port) {

    public ListenAddress {
        Check.range("the port of a listen address", port, 0, 65_535);
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
