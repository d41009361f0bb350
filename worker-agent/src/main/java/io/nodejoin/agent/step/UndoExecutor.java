package io.nodejoin.agent.step;

import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostParts;
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

/** Takes back what the journal says was changed, last change first, all of it, whatever fails. */
public final class UndoExecutor {
    private final HostParts host;
    private final HostFiles files;
    private final Journal journal;
    private final TouchedDirectories touched;
    private final RestoredFiles restored;
    private final ClaimedDirectories claimed;
    private final Swaps swaps;

    public UndoExecutor(HostParts host, Journal journal) {
        this.host = host;
        this.files = host.files();
        this.journal = journal;
        this.touched = new TouchedDirectories(files);
        this.restored = new RestoredFiles(files);
        this.claimed = new ClaimedDirectories(host);
        this.swaps = new Swaps(host);
    }

    /** Takes all back and compares with the pre-images. Returns what could not be taken back; a clean host gives nothing. */
    public List<Finding> takeBack() {
        List<Change> changes = journal.changes();
        if (changes.isEmpty()) {
            return List.of();
        }
        Map<String, String> left = new LinkedHashMap<>();
        undo(changes.reversed().stream().filter(change -> !isSwap(change)), left);
        attempt(host.systemd()::reload).ifPresent(why -> left.put("reload systemd", why));
        undo(changes.reversed().stream().filter(UndoExecutor::isSwap), left);
        changes.forEach(change -> remaining(change.undo()).ifPresent(what -> left.putIfAbsent(change.step(), what)));
        if (left.isEmpty()) {
            attempt(() -> touched.of(changes).forEach(files::sync)).ifPresent(why -> left.put("sync", why));
        }
        if (left.isEmpty()) {
            journal.takenBack();
        } else {
            journal.restored(changes.stream()
                    .filter(change -> change.undo() instanceof Undo.RestoreFile && !left.containsKey(change.step()))
                    .map(Change::step)
                    .toList());
        }
        return left.entrySet().stream()
                .map(step -> residue(step.getKey(), step.getValue()))
                .toList();
    }

    /** It comes back by files and units, once systemd has read them. */
    private static boolean isSwap(Change change) {
        return change.undo() instanceof Undo.SwitchSwapOn;
    }

    private void undo(Stream<Change> changes, Map<String, String> left) {
        changes.forEach(change -> attempt(() -> undo(change.undo())).ifPresent(why -> left.put(change.step(), why)));
    }

    /** Why it failed, or empty if it has not. */
    private static Optional<String> attempt(Runnable undo) {
        try {
            undo.run();
            return Optional.empty();
        } catch (HostFailure e) {
            return Optional.of(e.problem().detail());
        }
    }

    private static Finding residue(String step, String what) {
        return new Finding(
                "residue",
                Severity.ERROR,
                "'" + step + "' is not taken back: " + what,
                "repair it by hand, then ResetHost");
    }

    private void undo(Undo undo) {
        switch (undo) {
            case Undo.RemoveFile(String path) -> files.remove(path);
            case Undo.RestoreFile file -> restored.restore(file);
            case Undo.RemoveDirectory(String path) -> {
                claimed.requireDirectory(path);
                files.remove(path);
            }
            case Undo.RestoreMode(String path, int mode) -> {
                if (files.stamp(path).isPresent() && !hasMode(path, mode)) {
                    files.setMode(path, mode);
                }
            }
            case Undo.RestoreSetting(String path, String value) -> {
                if (!text(path).strip().equals(value)) {
                    files.set(path, value);
                }
            }
            case Undo.RemoveNewEntries claim -> claimed.clear(claim);
            case Undo.SwitchSwapOn swap -> swaps.bringBack(swap);
            case Undo.Unmask(String unit) -> host.systemd().unmask(unit);
            case Undo.DisableUnit(String unit) -> host.systemd().disableAndStop(unit);
            case Undo.StopUnit(String unit) -> host.systemd().stop(unit);
            case Undo.KeepFromBoot(String unit) -> host.systemd().disable(unit);
            case Undo.RestartUnit(String unit) -> host.systemd().restart(unit);
        }
    }

    private boolean hasMode(String path, int mode) {
        return files.stamp(path).map(stamp -> stamp.mode() == mode).orElse(false);
    }

    private String text(String path) {
        return files.read(path)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    private Optional<String> remaining(Undo undo) {
        try {
            return deviation(undo);
        } catch (HostFailure e) {
            return Optional.of(e.problem().detail());
        }
    }

    /** How the host still differs from the pre-image, or empty if it does not. */
    private Optional<String> deviation(Undo undo) {
        return switch (undo) {
            case Undo.RemoveFile(String path) -> left(files.stamp(path).isPresent(), path + " is still there");
            case Undo.RestoreFile file -> left(!restored.isDone(file), file.path() + " differs from its pre-image");
            case Undo.RemoveNewEntries claim -> claimed.deviation(claim);
            case Undo.RemoveDirectory(String path) ->
                left(files.stamp(path).isPresent(), path + " is still there with " + files.list(path));
            case Undo.RestoreMode(String path, int mode) ->
                left(files.stamp(path).isPresent() && !hasMode(path, mode), path + " has another mode than before");
            case Undo.RestoreSetting(String path, String value) ->
                left(!text(path).strip().equals(value), path + " is not " + value + " again");
            case Undo.SwitchSwapOn swap -> left(swaps.isMissing(swap), "no swap on " + swap.device());
            case Undo.Unmask(String unit) -> left(state(unit).unitFileState().equals("masked"), unit + " is masked");
            case Undo.DisableUnit(String unit) ->
                left(state(unit).active() || state(unit).enabled(), unit + " runs or starts at boot");
            case Undo.StopUnit(String unit) -> left(state(unit).active(), unit + " runs");
            case Undo.KeepFromBoot(String unit) -> left(state(unit).enabled(), unit + " starts at boot");
            case Undo.RestartUnit(String unit) -> left(!state(unit).active(), unit + " does not run");
        };
    }

    private static Optional<String> left(boolean isLeft, String what) {
        return isLeft ? Optional.of(what) : Optional.empty();
    }

    private UnitState state(String unit) {
        return host.systemd().show(List.of(unit)).getOrDefault(unit, UnitState.NOT_FOUND);
    }
}
