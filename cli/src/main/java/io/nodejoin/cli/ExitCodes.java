package io.nodejoin.cli;

/** The exit codes of every command. */
public final class ExitCodes {
    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int UNREACHABLE = 3;
    public static final int NOT_FOUND = 4;
    public static final int STILL_RUNNING = 5;
    public static final int REJECTED = 6;

    private ExitCodes() {}
}
