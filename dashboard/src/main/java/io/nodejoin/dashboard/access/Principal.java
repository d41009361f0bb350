package io.nodejoin.dashboard.access;

import org.jspecify.annotations.Nullable;

/**
 * The one who sends a request.
 *
 * @param name what people know the user by
 * @param subject what the issuer knows the user by, which no user can choose; null for those of the users file
 */
public record Principal(String name, Role role, @Nullable String subject) {
    /** Anybody on this machine, where no users are configured. */
    public static final Principal LOCAL = new Principal("local", Role.VIEWER);

    /** Somebody of whom it is not known who it is. */
    public static final Principal NOBODY = new Principal("nobody", Role.VIEWER);

    /** One without an issuer. */
    public Principal(String name, Role role) {
        this(name, role, null);
    }

    /** Returns what tells this user from all others. */
    public String id() {
        return subject == null ? name : subject;
    }

    /** Returns the user as the audit log and events name one. */
    public String text() {
        return "dashboard user " + name + (subject == null ? "" : ", subject " + subject);
    }

    /** Returns whether the user has signed in, and so can sign out. */
    public boolean hasSession() {
        return subject != null;
    }
}
