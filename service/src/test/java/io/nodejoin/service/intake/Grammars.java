package io.nodejoin.service.intake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The grammars of Kubernetes once more, character by character, to compare with. */
final class Grammars {
    private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    private static final String ALPHANUMERIC = LOWER + LOWER.toUpperCase(Locale.ROOT) + "0123456789";
    /** What the admission policy matches, as its own text says it. */
    private static final List<String> GUARD = guard();

    private Grammars() {}

    static boolean isLabel(String text) {
        return consistsOf(text, LOWER + "0123456789-", 1, 63) && !text.startsWith("-") && !text.endsWith("-");
    }

    static boolean isSubdomain(String text) {
        return text.length() <= 253 && Arrays.stream(text.split("\\.", -1)).allMatch(Grammars::isLabel);
    }

    static boolean isQualifiedName(String text) {
        String[] parts = text.split("/", -1);
        return switch (parts.length) {
            case 1 -> isName(parts[0]);
            case 2 -> isSubdomain(parts[0]) && isName(parts[1]);
            default -> false;
        };
    }

    static boolean isDaemonSet(String text) {
        String[] parts = text.split("/", -1);
        return parts.length == 3 && parts[0].equals("DaemonSet") && isLabel(parts[1]) && isSubdomain(parts[2]);
    }

    private static boolean isName(String text) {
        return !text.isEmpty() && isLabelValue(text);
    }

    static boolean isLabelValue(String text) {
        return text.isEmpty()
                || (consistsOf(text, ALPHANUMERIC + "-_.", 1, 63)
                        && ALPHANUMERIC.indexOf(text.charAt(0)) >= 0
                        && ALPHANUMERIC.indexOf(text.charAt(text.length() - 1)) >= 0);
    }

    static boolean isDigest(String text) {
        return consistsOf(text, "0123456789abcdef", 64, 64);
    }

    static boolean isEffect(String text) {
        return Set.of("NoSchedule", "PreferNoSchedule", "NoExecute").contains(text);
    }

    static boolean isProviderId(String text) {
        int colon = text.indexOf("://");
        return colon > 0
                && text.length() <= 512
                && LOWER.indexOf(Character.toLowerCase(text.charAt(0))) >= 0
                && consistsOf(text.substring(0, colon), ALPHANUMERIC + "-+.", 1, 512)
                && consistsOf(text.substring(colon + 3), ALPHANUMERIC + "-._~:/@+%=", 0, 512);
    }

    static boolean isAddress(String text) {
        boolean plain = consistsOf(text, "0123456789abcdefABCDEF:.", 2, 45);
        boolean fourParts = text.contains(":") || text.split("\\.", -1).length == 4;
        boolean leadingZero = text.contains(".")
                && Pattern.compile("(^|[.:])0\\d+(\\.|$)").matcher(text).find();
        try {
            return plain && fourParts && !leadingZero && !isReserved(text, InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** By the first bits, as the registries of IANA have them. */
    private static boolean isReserved(String text, InetAddress address) {
        byte[] bytes = address.getAddress();
        int first = Byte.toUnsignedInt(bytes[0]);
        int second = Byte.toUnsignedInt(bytes[1]);
        if (bytes.length == 4) {
            return text.contains(":")
                    || first == 0
                    || first == 127
                    || (first == 169 && second == 254)
                    || (first >= 224 && first < 240);
        }
        boolean zeros = Arrays.equals(bytes, 0, 15, new byte[15], 0, 15);
        return (zeros && bytes[15] <= 1 && bytes[15] >= 0)
                || first == 0xff
                || (first == 0xfe && (second & 0xc0) == 0x80);
    }

    static boolean isRange(String text) {
        int slash = text.indexOf('/');
        if (slash < 0
                || !isAddress(text.substring(0, slash))
                || !consistsOf(text.substring(slash + 1), "0123456789", 1, 3)) {
            return false;
        }
        String length = text.substring(slash + 1);
        byte[] bytes = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
        int prefix = Integer.parseInt(length);
        if (!length.equals(Integer.toString(prefix)) || prefix < 8 || prefix > bytes.length * 8 - 2) {
            return false;
        }
        for (int bit = prefix; bit < bytes.length * 8; bit++) {
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) {
                return false;
            }
        }
        return true;
    }

    static boolean isInstant(String text) {
        try {
            return text.length() <= 40
                    && Character.isDigit(text.charAt(0))
                    && OffsetDateTime.parse(text).getYear() < 10_000;
        } catch (DateTimeException | StringIndexOutOfBoundsException e) {
            return false;
        }
    }

    /** What guard.yaml says of a label that changes. */
    static boolean isClosedLabel(String key) {
        boolean ofKubernetes = Pattern.compile(GUARD.get(0)).matcher(key).find();
        boolean open = Pattern.compile(GUARD.get(1)).matcher(key).find();
        return (ofKubernetes && !open) || key.equals(GUARD.get(2)) || key.equals(GUARD.get(3));
    }

    private static List<String> guard() {
        try (InputStream stream = Objects.requireNonNull(
                Grammars.class.getResourceAsStream("/io/nodejoin/activities/kubernetes/preparation/guard.yaml"))) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            String rule =
                    text.substring(text.indexOf("variables.changed.filter("), text.indexOf("size(variables.refused)"));
            return Pattern.compile("\"([^\"]+)\"")
                    .matcher(rule)
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean consistsOf(String text, String alphabet, int shortest, int longest) {
        return text.length() >= shortest
                && text.length() <= longest
                && text.chars().allMatch(character -> alphabet.indexOf(character) >= 0);
    }
}
