package io.nodejoin.dashboard.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * The users of the dashboard: one line {@code name:bcrypt:role} each, as {@code htpasswd -nB name} prints name and hash.
 * Empty lines and lines with {@code #} in front are skipped. Never prints hashes.
 */
public final class Users {
    private static final Pattern LINE = Pattern.compile(
            "(?<name>[A-Za-z0-9._@-]{1,64}):(?<hash>\\$2[aby]\\$\\d{2}\\$[./A-Za-z0-9]{53}):(?<role>viewer|operator)");

    private final Map<String, User> users;

    private Users(Map<String, User> users) {
        this.users = users;
    }

    /** One of them. */
    record User(String hash, Role role) {
        @Override
        public String toString() {
            return role.text();
        }
    }

    static Users read(Path file) throws IOException {
        return parse(Files.readAllLines(file));
    }

    static Users parse(List<String> lines) {
        Map<String, User> users = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher user = LINE.matcher(line);
            if (!user.matches()) {
                throw new IllegalArgumentException(
                        "line " + (i + 1) + " is no user; write name:bcrypt:role with the role viewer or operator");
            }
            String name = user.group("name");
            Role role = Role.valueOf(user.group("role").toUpperCase(Locale.ROOT));
            if (users.putIfAbsent(name, new User(user.group("hash"), role)) != null) {
                throw new IllegalArgumentException("line " + (i + 1) + " has the user " + name + " a second time");
            }
        }
        if (users.isEmpty()) {
            throw new IllegalArgumentException("has no user");
        }
        return new Users(users);
    }

    /** Returns the user of this name if the password is right. Takes as long if there is no such user. */
    Optional<Principal> verify(String name, char[] password) {
        User user = users.get(name);
        boolean matches = matches(hash(name), password);
        return user == null || !matches ? Optional.empty() : Optional.of(new Principal(name, user.role()));
    }

    Optional<User> find(String name) {
        return Optional.ofNullable(users.get(name));
    }

    /** Returns the hash to compare with: of a name without a user that of some user, always the same one, so that it costs as much. */
    String hash(String name) {
        User user = users.get(name);
        if (user != null) {
            return user.hash();
        }
        int any = Math.floorMod(ByteBuffer.wrap(Digests.hmac(secret(), name)).getInt(), users.size());
        return List.copyOf(users.values()).get(any).hash();
    }

    private static boolean matches(String hash, char[] password) {
        try {
            return OpenBSDBCrypt.checkPassword(hash, password);
        } catch (IllegalArgumentException _) {
            return false;
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /** Returns a digest over all users, which only the owner of the file can compute. */
    byte[] secret() {
        StringBuilder all = new StringBuilder();
        users.forEach((name, user) -> all.append(name).append(user.hash()));
        return Digests.sha256("nodejoin dashboard " + all);
    }
}
