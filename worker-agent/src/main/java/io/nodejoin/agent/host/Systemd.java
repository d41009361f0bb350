package io.nodejoin.agent.host;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The service manager of the host. Each method that changes something is idempotent; if the manager refuses it throws a
 * {@link HostException}.
 */
public interface Systemd {
    /** Whether the host is run by systemd at all. */
    boolean isRunning();

    /** The state of these units, by name, in one call. An unknown unit has the load state {@code not-found}. */
    Map<String, UnitState> unitStates(Collection<String> units);

    /** Reads the unit files again. */
    void daemonReload();

    /** Starts the unit as its file now says, and makes it start at boot. */
    void enableAndStart(String unit);

    /** Starts the unit for now, with what it wants. */
    void start(String unit);

    /** Stops the unit for now. A unit that does not exist counts as done. */
    void stop(String unit);

    /** Keeps the unit from starting at boot, and lets it run. */
    void disable(String unit);

    /** Stops the unit, if it runs, and starts it as its file now says. */
    void restart(String unit);

    /** Stops the unit and keeps it from starting at boot. A unit that does not exist counts as done. */
    void disableAndStop(String unit);

    /** Keeps the unit from being started by anything, and stops it. */
    void mask(String unit);

    /** Takes {@link #mask} back. */
    void unmask(String unit);

    /** The last lines of the unit's log, oldest first, as they were written. */
    List<String> journal(String unit, int lines);
}
