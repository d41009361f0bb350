package io.nodejoin.agent.host;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The service manager of the host. Each method with an effect is idempotent, and throws a {@link HostException} if
 * systemd refuses it.
 */
public interface Systemd {
    /** Returns whether the host runs systemd. */
    boolean isRunning();

    /** Returns the state of these units, by name, in one call. An unknown unit has the load state {@code not-found}. */
    Map<String, UnitState> unitStates(Collection<String> units);

    /** Reloads the unit files. */
    void daemonReload();

    /** Starts the unit with its current unit files, and enables it. */
    void enableAndStart(String unit);

    /** Starts the unit, with the units that it wants, without enabling it. */
    void start(String unit);

    /** Stops the unit without disabling it. Succeeds if the unit does not exist. */
    void stop(String unit);

    /** Disables the unit without stopping it. */
    void disable(String unit);

    /** Stops the unit, if it runs, and starts it with its current unit files. */
    void restart(String unit);

    /** Stops and disables the unit. Succeeds if the unit does not exist. */
    void disableAndStop(String unit);

    /** Stops the unit and masks it, so that nothing can start it. */
    void mask(String unit);

    /** Undoes {@link #mask}. */
    void unmask(String unit);

    /** Returns the last lines of the unit's log, oldest first, not redacted. */
    List<String> journal(String unit, int lines);
}
