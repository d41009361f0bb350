package io.nodejoin.gateway.ratelimit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** The subnet by which rate limits count clients: an IPv4 address or an IPv6 /64. */
public final class ClientSubnet {
    private static final int PREFIX_BYTES = 8;

    private ClientSubnet() {}

    /** Returns the same text for all addresses of a subnet; an address that cannot be parsed is returned as it is. */
    public static String of(String address) {
        try {
            InetAddress parsed = InetAddress.ofLiteral(address);
            return parsed instanceof Inet6Address v6
                    ? HexFormat.of().formatHex(Arrays.copyOf(v6.getAddress(), PREFIX_BYTES)) + "::/64"
                    : parsed.getHostAddress();
        } catch (IllegalArgumentException _) {
            return address;
        }
    }
}
