package io.nodejoin.agent.step;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.journal.Change;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.journal.Undo;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Undoes every journaled change in reverse order, and continues after a failure. */
public final class UndoExecutor {
    private final HostPorts host;
    private final HostFiles files;
    private final Journal journal;
    private final ChangedDirectories changedDirectories;
    private final FileRestorer restored;
    private final ClaimedDirectories claimed;
    private final SwapDevices swaps;

    public UndoExecutor(HostPorts host, Journal journal) {
        this.host = host;
        this.files = host.files();
        this.journal = journal;
        this.changedDirectories = new ChangedDirectories(files);
        this.restored = new FileRestorer(files);
        this.claimed = new ClaimedDirectories(host);
        this.swaps = new SwapDevices(host);
    }

    /**
     * Undoes all changes and compares the host with the pre-images. Returns what could not be undone; empty for a clean
     * host. Idempotent.
     */
    public List<Finding> undoAll() {
        List<Change> changes = journal.changes();
        if (changes.isEmpty()) {
            return List.of();
        }
        Map<String, String> left = new LinkedHashMap<>();
        undo(changes.reversed().stream().filter(change -> !isSwap(change)), left);
        runCatching(host.systemd()::daemonReload).ifPresent(why -> left.put("reload systemd", why));
        undo(changes.reversed().stream().filter(UndoExecutor::isSwap), left);
        changes.forEach(change -> checkUndone(change.undo()).ifPresent(what -> left.putIfAbsent(change.step(), what)));
        if (left.isEmpty()) {
            runCatching(() -> changedDirectories.of(changes).forEach(files::syncDirectory))
                    .ifPresent(why -> left.put("sync", why));
        }
        if (left.isEmpty()) {
            journal.recordAllUndone();
        } else {
            journal.recordUndone(changes.stream()
                    .filter(change -> change.undo() instanceof Undo.RestoreFile && !left.containsKey(change.step()))
                    .map(Change::step)
                    .toList());
        }
        return left.entrySet().stream()
                .map(step -> residue(step.getKey(), step.getValue()))
                .toList();
    }

    /** Swap is restored by files and units, once systemd has reloaded them. */
    private static boolean isSwap(Change change) {
        return change.undo() instanceof Undo.SwitchSwapOn;
    }

    private void undo(Stream<Change> changes, Map<String, String> left) {
        changes.forEach(
                change -> runCatching(() -> undo(change.undo())).ifPresent(why -> left.put(change.step(), why)));
    }

    /** Returns why the undo failed, or empty. */
    private static Optional<String> runCatching(Runnable undo) {
        try {
            undo.run();
            return Optional.empty();
        } catch (HostException e) {
            return Optional.of(e.problem().detail());
        }
    }

    private static Finding residue(String step, String what) {
        return new Finding(
                "residue",
                Severity.ERROR,
                "'" + step + "' is not undone: " + what,
                "repair it by hand, then ResetHost");
    }

    private void undo(Undo undo) {
        switch (undo) {
            case Undo.RemoveFile(String path) -> files.delete(path);
            case Undo.RestoreFile file -> restored.restore(file);
            case Undo.RemoveDirectory(String path) -> {
                claimed.requireDirectory(path);
                files.delete(path);
            }
            case Undo.RestoreMode(String path, int mode) -> {
                if (files.metadata(path).isPresent() && !hasMode(path, mode)) {
                    files.setMode(path, mode);
                }
            }
            case Undo.RestoreSetting(String path, String value) -> {
                if (!text(path).strip().equals(value)) {
                    files.writeKernelSetting(path, value);
                }
            }
            case Undo.RemoveNewEntries claim -> claimed.clear(claim);
            case Undo.SwitchSwapOn swap -> swaps.restore(swap);
            case Undo.Unmask(String unit) -> host.systemd().unmask(unit);
            case Undo.DisableUnit(String unit) -> host.systemd().disableAndStop(unit);
            case Undo.StopUnit(String unit) -> host.systemd().stop(unit);
            case Undo.DisableAtBoot(String unit) -> host.systemd().disable(unit);
            case Undo.RestartUnit(String unit) -> host.systemd().restart(unit);
        }
    }

    private boolean hasMode(String path, int mode) {
        return files.metadata(path).map(metadata -> metadata.mode() == mode).orElse(false);
    }

    private String text(String path) {
        return files.read(path)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    private Optional<String> checkUndone(Undo undo) {
        try {
            return deviation(undo);
        } catch (HostException e) {
            return Optional.of(e.problem().detail());
        }
    }

    /** Returns how the host still differs from the pre-image, or empty. */
    private Optional<String> deviation(Undo undo) {
        return switch (undo) {
            case Undo.RemoveFile(String path) -> residueIf(files.metadata(path).isPresent(), path + " is still there");
            case Undo.RestoreFile file ->
                residueIf(!restored.isRestored(file), file.path() + " differs from its pre-image");
            case Undo.RemoveNewEntries claim -> claimed.deviation(claim);
            case Undo.RemoveDirectory(String path) ->
                residueIf(files.metadata(path).isPresent(), path + " is still there with " + files.list(path));
            case Undo.RestoreMode(String path, int mode) ->
                residueIf(
                        files.metadata(path).isPresent() && !hasMode(path, mode),
                        path + " has another mode than before");
            case Undo.RestoreSetting(String path, String value) ->
                residueIf(!text(path).strip().equals(value), path + " is not " + value + " again");
            case Undo.SwitchSwapOn swap -> residueIf(swaps.isMissing(swap), "no swap on " + swap.device());
            case Undo.Unmask(String unit) ->
                residueIf(state(unit).unitFileState().equals("masked"), unit + " is masked");
            case Undo.DisableUnit(String unit) ->
                residueIf(state(unit).isActive() || state(unit).isEnabled(), unit + " runs or starts at boot");
            case Undo.StopUnit(String unit) -> residueIf(state(unit).isActive(), unit + " runs");
            case Undo.DisableAtBoot(String unit) -> residueIf(state(unit).isEnabled(), unit + " starts at boot");
            case Undo.RestartUnit(String unit) -> residueIf(!state(unit).isActive(), unit + " does not run");
        };
    }

    private static Optional<String> residueIf(boolean isLeft, String what) {
        return isLeft ? Optional.of(what) : Optional.empty();
    }

    private UnitState state(String unit) {
        return host.systemd().unitStates(List.of(unit)).getOrDefault(unit, UnitState.NOT_FOUND);
    }
}
