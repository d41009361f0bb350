package io.nodejoin.agent.plan;

import java.nio.charset.StandardCharsets;

/** systemd's escaping of a path as a unit name. */
final class UnitName {
    private UnitName() {}

    /** Returns the same as {@code systemd-escape --path --suffix=SUFFIX PATH}. */
    static String ofPath(String path, String suffix) {
        StringBuilder name = new StringBuilder();
        for (byte octet : path.replaceAll("^/+|/+$", "").getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (c == '/') {
                name.append('-');
            } else if (isUnescaped(c) || (c == '.' && !name.isEmpty())) {
                name.append(c);
            } else {
                name.append(String.format("\\x%02x", octet & 0xff));
            }
        }
        return name + "." + suffix;
    }

    private static boolean isUnescaped(char c) {
        return (c < 128 && Character.isLetterOrDigit(c)) || c == '_' || c == ':';
    }
}
