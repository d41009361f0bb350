package io.nodejoin.protocol.event;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides which addresses a request may give a machine: those at which other machines can reach it. Performs no DNS
 * lookup.
 */
public final class AddressPolicy {
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:)[0-9a-fA-F:.]{2,45}");

    private AddressPolicy() {}

    /** Returns the rule that this text violates, as a sentence that does not repeat the text. */
    public static Optional<String> violation(String text) {
        boolean isIpv4 = IPV4.matcher(text).matches();
        if (!isIpv4 && !IPV6.matcher(text).matches()) {
            return notAnIpLiteral();
        }
        try {
            return violation(InetAddress.ofLiteral(text), isIpv4);
        } catch (IllegalArgumentException e) {
            return notAnIpLiteral();
        }
    }

    private static Optional<String> notAnIpLiteral() {
        return Optional.of("is no IPv4 or IPv6 address without port, prefix and zone");
    }

    private static Optional<String> violation(InetAddress address, boolean isIpv4) {
        if (address instanceof Inet4Address && !isIpv4) {
            return Optional.of("is an IPv4 address written as an IPv6 one");
        }
        if (address.isAnyLocalAddress() || (isIpv4 && address.getAddress()[0] == 0)) {
            return Optional.of("is unspecified, which is no machine's address");
        }
        if (address.isLoopbackAddress()) {
            return Optional.of("is a loopback address, at which no other machine reaches this one");
        }
        if (address.isLinkLocalAddress()) {
            return Optional.of("is a link-local address, which means another machine on each link");
        }
        return address.isMulticastAddress()
                ? Optional.of("is a multicast address, which is no single machine's")
                : Optional.empty();
    }
}
