package io.nodejoin.protocol.event;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decides which pod address range a request may give a node. Performs no DNS lookup. */
public final class PodCidrPolicy {
    private static final Pattern CIDR = Pattern.compile("([0-9a-fA-F.:]{2,45})/(0|[1-9][0-9]{0,2})");
    private static final int MIN_PREFIX_LENGTH = 8;
    private static final int MIN_HOST_BITS = 2;

    private PodCidrPolicy() {}

    /** Returns the rule that this text violates, as a sentence that does not repeat the text. */
    public static Optional<String> violation(String text) {
        Matcher form = CIDR.matcher(text);
        if (!form.matches()) {
            return Optional.of(
                    "is no range of addresses, written as the first one, a slash and the length of the prefix");
        }
        return AddressPolicy.violation(form.group(1))
                .or(() -> violation(InetAddress.ofLiteral(form.group(1)), Integer.parseInt(form.group(2))));
    }

    private static Optional<String> violation(InetAddress address, int prefix) {
        byte[] bytes = address.getAddress();
        int longest = bytes.length * Byte.SIZE - MIN_HOST_BITS;
        if (prefix < MIN_PREFIX_LENGTH || prefix > longest) {
            return Optional.of("has a prefix length that is not of " + MIN_PREFIX_LENGTH + " to " + longest);
        }
        for (int bit = prefix; bit < bytes.length * Byte.SIZE; bit++) {
            if ((bytes[bit / Byte.SIZE] >> (Byte.SIZE - 1 - bit % Byte.SIZE) & 1) == 1) {
                return Optional.of("has bits of a single address behind its prefix");
            }
        }
        return Optional.empty();
    }
}
