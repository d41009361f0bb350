package io.nodejoin.testbed.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One process of one boot of this machine. A pid alone is reused sooner or later; with its start time and the boot id
 * it identifies the same process for ever, so that no other process is ever signalled.
 *
 * @param startTicks field 22 of {@code /proc/PID/stat}: clock ticks after boot
 */
public record ProcessIdentity(long pid, long startTicks, String bootId) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final int STATE = 0;
    private static final int THREADS = 17;
    private static final int START_TICKS = 19;

    /** Returns the identity of the process that has this pid now; empty if there is none, or it is a zombie. */
    public static Optional<ProcessIdentity> of(long pid) {
        return startOf(pid).map(ticks -> new ProcessIdentity(pid, ticks, currentBoot()));
    }

    /** Parses {@link #line()}; empty if the text is invalid, as after a crash during writing. */
    public static Optional<ProcessIdentity> parse(String line) {
        List<String> fields = SPACES.splitAsStream(line.strip()).toList();
        if (fields.size() != 3) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new ProcessIdentity(Long.parseLong(fields.get(0)), Long.parseLong(fields.get(1)), fields.get(2)));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** Returns whether exactly this process still runs, not a successor with its pid. */
    public boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** The processes that this one has started and not yet waited for. */
    public List<ProcessIdentity> children() {
        if (!isAlive()) {
            return List.of();
        }
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                .flatMap(child -> of(child.pid()).stream())
                .toList();
    }

    public String line() {
        return pid + " " + startTicks + " " + bootId;
    }

    private static Optional<Long> startOf(long pid) {
        try {
            return startIn(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /**
     * Reads {@code /proc/PID/stat}. A process whose first thread has ended still exists, with its files and ports,
     * until its other threads have ended.
     */
    static Optional<Long> startIn(String stat) {
        // The command name is in parentheses and may contain anything: count fields after it.
        List<String> fields =
                SPACES.splitAsStream(stat.substring(stat.lastIndexOf(')') + 2)).toList();
        boolean ended = (fields.get(STATE).equals("Z") || fields.get(STATE).equals("X"))
                && Integer.parseInt(fields.get(THREADS)) <= 1;
        return ended ? Optional.empty() : Optional.of(Long.parseLong(fields.get(START_TICKS)));
    }

    private static String currentBoot() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException unreadable) {
            throw new IllegalStateException("this is no Linux with /proc: cannot read " + BOOT_ID, unreadable);
        }
    }
}
