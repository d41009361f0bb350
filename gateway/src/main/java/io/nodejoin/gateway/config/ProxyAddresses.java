package io.nodejoin.gateway.config;

import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.InetAddressSet;

/** The addresses that {@code gateway.proxyProtocol} lists. */
public final class ProxyAddresses {
    /** No name, which would be looked up. */
    private static final Pattern ADDRESS_OR_RANGE =
            Pattern.compile("(\\d+(\\.\\d+){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*)(/\\d{1,3})?");

    private ProxyAddresses() {}

    /** Parses addresses and ranges. Throws {@link IllegalArgumentException} for anything else. */
    public static InetAddressSet parse(List<String> addresses) {
        InetAddressSet all = new InetAddressSet();
        for (String address : addresses) {
            try {
                if (!ADDRESS_OR_RANGE.matcher(address).matches()) {
                    throw new IllegalArgumentException(address);
                }
                all.add(address);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "gateway.proxyProtocol has '" + address
                                + "'; allowed: an IP address or a range such as 10.0.3.0/24",
                        e);
            }
        }
        return all;
    }
}
