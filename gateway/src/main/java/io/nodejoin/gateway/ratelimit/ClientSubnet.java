package io.nodejoin.gateway.ratelimit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** What one caller has to itself: an IPv4 address, but the whole first half of an IPv6 address. */
public final class ClientSubnet {
    private static final int PREFIX_BYTES = 8;

    private ClientSubnet() {}

    /** The same text for all addresses of one caller; an address that cannot be read stands for itself. */
    public static String of(String address) {
        try {
            return InetAddress.ofLiteral(address) instanceof Inet6Address v6
                    ? HexFormat.of().formatHex(Arrays.copyOf(v6.getAddress(), PREFIX_BYTES)) + "::/64"
                    : address;
        } catch (IllegalArgumentException _) {
            return address;
        }
    }
}
