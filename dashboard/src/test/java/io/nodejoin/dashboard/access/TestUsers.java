package io.nodejoin.dashboard.access;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** Users with quick hashes. */
public final class TestUsers {
    private static final int QUICK = 4;
    private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private TestUsers() {}

    /** Returns a viewer named vera and an operator named otto, each with the name as password. */
    public static Access.Basic both() {
        Users both = Users.parse(List.of(line("vera", "vera", Role.VIEWER), line("otto", "otto", Role.OPERATOR)));
        return new Access.Basic(() -> both);
    }

    /** Returns the line of a user. */
    public static String line(String name, String password, Role role) {
        return name + ":"
                + OpenBSDBCrypt.generate("2y", password.toCharArray(), Arrays.copyOf(SALT, SALT.length), QUICK) + ":"
                + role.text();
    }

    /** Returns the header of a user. */
    public static String authorization(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
