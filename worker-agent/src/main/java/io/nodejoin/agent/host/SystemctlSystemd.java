package io.nodejoin.agent.host;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Redaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The systemd of this host, through {@code systemctl} and {@code journalctl}. */
public final class SystemctlSystemd implements Systemd {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    /** In characters, since an outcome contains the log. */
    private static final int LOG_LIMIT = 64 * 1024;

    private static final String PROPERTIES = "Id,LoadState,ActiveState,SubState,Result,UnitFileState,NRestarts";

    private static final int ATTEMPTS = 3;
    private static final int FAILURE_LOG_LINES = 20;
    private static final String UNIT_DIRECTORY = "/etc/systemd/system/";

    private final CommandRunner commands;
    private final HostFiles files;

    public SystemctlSystemd(CommandRunner commands, HostFiles files) {
        this.commands = commands;
        this.files = files;
    }

    @Override
    public boolean isRunning() {
        return files.metadata("/run/systemd/system").isPresent();
    }

    @Override
    public Map<String, UnitState> unitStates(Collection<String> units) {
        List<String> command = new ArrayList<>(List.of("systemctl", "show", "--no-pager", "-p", PROPERTIES, "--"));
        command.addAll(units);
        Map<String, UnitState> states = new HashMap<>();
        String[] blocks = runOrFail(command).split("\n\n", -1);
        int index = 0;
        for (String unit : units) {
            states.put(unit, parseState(unit, index < blocks.length ? blocks[index] : ""));
            index++;
        }
        return Map.copyOf(states);
    }

    private static Map<String, String> parseProperties(String block) {
        Map<String, String> values = new HashMap<>();
        block.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return values;
    }

    /** systemd reports a unit that it does not know as not found. */
    private static UnitState parseState(String unit, String block) {
        Map<String, String> values = parseProperties(block);
        String loadState = values.get("LoadState");
        if (loadState == null) {
            throw new HostException(ErrorCode.HOST_COMMAND_FAILED, "'systemctl show' says nothing about " + unit);
        }
        return new UnitState(
                loadState,
                values.getOrDefault("ActiveState", UnitState.NOT_FOUND.activeState()),
                values.getOrDefault("SubState", UnitState.NOT_FOUND.subState()),
                values.getOrDefault("Result", UnitState.NOT_FOUND.result()),
                values.getOrDefault("UnitFileState", ""),
                parseNumber(values.getOrDefault("NRestarts", "0")));
    }

    private static int parseNumber(String text) {
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    @Override
    public void daemonReload() {
        runOrFail(List.of("systemctl", "daemon-reload"));
    }

    @Override
    public void enableAndStart(String unit) {
        reloadIfNeeded(unit);
        startOrRestart("start", unit);
        runOrFail(List.of("systemctl", "enable", "--no-reload", "--quiet", "--", unit));
    }

    /**
     * Reloads only if needed, since reading all unit files takes longer than a start; systemd finds an unloaded unit
     * without a reload. The systemd of Debian 12 does not report that a unit got its first drop-in, or a file that
     * takes precedence over its own.
     */
    private void reloadIfNeeded(String unit) {
        Map<String, String> loaded = parseProperties(
                runOrFail(List.of("systemctl", "show", "-p", "NeedDaemonReload,FragmentPath,DropInPaths", "--", unit)));
        String own = UNIT_DIRECTORY + unit;
        String fragment = loaded.getOrDefault("FragmentPath", own);
        boolean shadowed = !fragment.equals(own) && files.metadata(own).isPresent();
        String dropIns = own + ".d/";
        Set<String> read = Stream.of(loaded.getOrDefault("DropInPaths", "").split(" ", -1))
                .filter(path -> path.startsWith(dropIns))
                .collect(Collectors.toSet());
        Set<String> present = files.list(own + ".d").stream()
                .filter(name -> name.endsWith(".conf"))
                .map(dropIns::concat)
                .collect(Collectors.toSet());
        if (loaded.getOrDefault("NeedDaemonReload", "no").equals("yes") || shadowed || !read.equals(present)) {
            daemonReload();
        }
    }

    @Override
    public void start(String unit) {
        startOrRestart("start", unit);
    }

    @Override
    public void stop(String unit) {
        if (exists(unit)) {
            runOrFail(List.of("systemctl", "stop", "--quiet", "--", unit));
        }
    }

    @Override
    public void disable(String unit) {
        runOrFail(List.of("systemctl", "disable", "--no-reload", "--quiet", "--", unit));
    }

    private boolean exists(String unit) {
        return !unitStates(List.of(unit))
                .getOrDefault(unit, UnitState.NOT_FOUND)
                .equals(UnitState.NOT_FOUND);
    }

    @Override
    public void restart(String unit) {
        reloadIfNeeded(unit);
        startOrRestart("restart", unit);
    }

    /** The unit's log says why it does not start. */
    private void startOrRestart(String verb, String unit) {
        for (int attempt = 1; ; attempt++) {
            try {
                runOrFail(List.of("systemctl", verb, "--", unit));
                return;
            } catch (HostException e) {
                if (attempt == ATTEMPTS || !failedForResources(unit)) {
                    throw new HostException(
                            e.problem().code(),
                            e.problem().detail(),
                            Redaction.redact(journal(unit, FAILURE_LOG_LINES)));
                }
            }
        }
    }

    /**
     * Returns whether the unit's process could not be created, as while systemd still removes the cgroup of the
     * previous one.
     */
    private boolean failedForResources(String unit) {
        return unitStates(List.of(unit))
                .getOrDefault(unit, UnitState.NOT_FOUND)
                .result()
                .equals("resources");
    }

    @Override
    public void disableAndStop(String unit) {
        // A call that was killed after it had deleted the unit's file is repeated; systemd still knows the unit, and
        // does not disable it.
        reloadIfNeeded(unit);
        if (exists(unit)) {
            runOrFail(List.of("systemctl", "stop", "--quiet", "--", unit));
            disable(unit);
            commands.run(List.of("systemctl", "reset-failed", "--quiet", "--", unit), TIMEOUT);
        }
    }

    @Override
    public void mask(String unit) {
        runOrFail(List.of("systemctl", "mask", "--now", "--quiet", "--", unit));
    }

    @Override
    public void unmask(String unit) {
        runOrFail(List.of("systemctl", "unmask", "--quiet", "--", unit));
    }

    @Override
    public List<String> journal(String unit, int lines) {
        CommandResult result = commands.run(
                List.of("journalctl", "--no-pager", "-q", "-o", "cat", "-n", Integer.toString(lines), "-u", unit),
                TIMEOUT);
        String written = result.output();
        return written.substring(Math.max(0, written.length() - LOG_LIMIT))
                .lines()
                .toList();
    }

    private String runOrFail(List<String> command) {
        return commands.runOrFail(command, TIMEOUT, ErrorCode.HOST_COMMAND_FAILED);
    }
}
