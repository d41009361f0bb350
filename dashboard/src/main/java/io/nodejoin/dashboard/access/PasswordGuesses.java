package io.nodejoin.dashboard.access;

/** Bounds how often the password of a user is guessed from one part of the network, and tells of it. Thread-safe. */
public interface PasswordGuesses {
    /**
     * A password that somebody sends.
     *
     * @param subnet see {@link #subnet}
     * @param known whether there is such a user; the name of another one may be a password
     */
    record Guess(String user, String subnet, boolean known) {}

    /** What became of it. */
    enum Result {
        RIGHT,
        WRONG,
        /** It was not looked at. */
        THROTTLED
    }

    /** Returns the same text for all addresses that one client may have. */
    String subnet(String address);

    /** Returns whether the password may be looked at. */
    boolean isAllowed(Guess guess);

    /** Notes the result. */
    void counted(Guess guess, Result result);
}
