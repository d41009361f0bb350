package io.nodejoin.agent.preflight;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A network, written as {@code address/bits}, or a single address. Performs no DNS lookup. */
final class AddressRange {
    private static final Pattern FORM = Pattern.compile("([^/]*)(?:/(\\d{1,3}))?");

    private final byte[] base;
    private final int bits;

    private AddressRange(byte[] base, int bits) {
        this.base = base;
        this.bits = bits;
    }

    /** Parses the range; empty if the text is not one. */
    static Optional<AddressRange> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? octets(form.group(1))
                        .map(base -> new AddressRange(base, bits(form.group(2), base)))
                        .filter(range -> range.bits <= range.base.length * Byte.SIZE)
                : Optional.empty();
    }

    private static int bits(@Nullable String written, byte[] base) {
        return written == null ? base.length * Byte.SIZE : Integer.parseInt(written);
    }

    /** An IPv6 address may be in brackets, as in a URL. */
    private static Optional<byte[]> octets(String address) {
        try {
            return Optional.of(InetAddress.ofLiteral(address).getAddress());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns whether the text is an address in this range; false for a host name. */
    boolean contains(String address) {
        return octets(address)
                .filter(other -> other.length == base.length && Arrays.equals(network(other), network(base)))
                .isPresent();
    }

    private byte[] network(byte[] address) {
        byte[] network = address.clone();
        for (int bit = bits; bit < network.length * Byte.SIZE; bit++) {
            network[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
        }
        return network;
    }
}
