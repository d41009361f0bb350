package io.nodejoin.gateway.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;

/**
 * How many joins of a cluster one gateway replica lets be under way, the setting {@code gateway.admission}: the maximum of
 * the window, or {@code off}. The other numbers have no setting.
 *
 * @param min the window is never smaller
 * @param initial the window before the first measurement
 * @param max the window is never larger; 0 means that joins never wait
 * @param target the window grows while a join's first command comes within this time
 * @param overload the window shrinks if the first command takes longer than this
 * @param silence a join whose first command has not come within this time counts against its cluster
 * @param failuresToOpen so many of those in a row, and joins only probe the cluster
 * @param probeInterval time between two probes
 * @param maxActive a join counts as under way for this time at most
 * @param startTimeout how long the start of a join may take that has its agent's proof
 * @param reportInterval how often a join learns that its agent waits for its turn; the time that it gives its agent is longer
 * @param placeKept how long an agent keeps its place that does not ask
 * @param maxPlaces agents of one cluster that wait for their turn; more ask again until there is room
 * @param canaries the first joins of a pool: until as many have joined, no more than those are tried at once
 * @param failuresToStop so many machines of a pool fail in a row with one code, and joins only probe the pool
 * @param poolProbeInterval time between two probes of a stopped pool
 * @param verdictTimeout a join that has neither succeeded nor failed within this time no longer counts for its pool
 */
public record AdmissionSettings(
        int min,
        int initial,
        int max,
        Duration target,
        Duration overload,
        Duration silence,
        int failuresToOpen,
        Duration probeInterval,
        Duration maxActive,
        Duration startTimeout,
        Duration reportInterval,
        Duration placeKept,
        int maxPlaces,
        int canaries,
        int failuresToStop,
        Duration poolProbeInterval,
        Duration verdictTimeout) {
    private static final String OFF = "off";
    private static final int DEFAULT_MIN = 4;
    private static final int DEFAULT_INITIAL = 16;
    private static final int DEFAULT_MAX = 32;
    private static final int LARGEST = 10_000;

    /** The defaults: between 4 and 32 joins, 16 at the start. */
    public static AdmissionSettings defaults() {
        return withMax(DEFAULT_MAX);
    }

    /** Joins never wait. */
    public static AdmissionSettings off() {
        return withMax(0);
    }

    /** Takes the maximum of the window. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static AdmissionSettings of(int max) {
        if (max < 1 || max > LARGEST) {
            throw new IllegalArgumentException(
                    "gateway.admission is " + max + "; allowed: 1 to " + LARGEST + ", or " + OFF);
        }
        return withMax(max);
    }

    /** Parses the maximum of the window, or {@code off}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static AdmissionSettings parse(String text) {
        if (OFF.equals(text)) {
            return off();
        }
        try {
            return of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "gateway.admission is '" + text + "'; allowed: 1 to " + LARGEST + ", or " + OFF, e);
        }
    }

    /** Returns whether joins may have to wait. */
    public boolean isLimited() {
        return max > 0;
    }

    @JsonValue
    @Override
    public String toString() {
        return isLimited() ? Integer.toString(max) : OFF;
    }

    private static AdmissionSettings withMax(int max) {
        return new AdmissionSettings(
                Math.min(DEFAULT_MIN, max),
                Math.min(DEFAULT_INITIAL, max),
                max,
                Duration.ofMillis(1500),
                Duration.ofSeconds(3),
                Duration.ofSeconds(30),
                4,
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                Duration.ofMinutes(1),
                20_000,
                4,
                3,
                Duration.ofMinutes(1),
                Duration.ofMinutes(15));
    }
}
