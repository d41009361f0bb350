package io.nodejoin.agent.step;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.journal.Change;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.journal.Undo;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes back what the journal says was changed, last change first, all of it, whatever fails. */
public final class UndoExecutor {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** The usual {@code /proc/self/mounts} leads through a link. */
    private static final String MOUNTS = "/proc/1/mounts";

    private final HostParts host;
    private final HostFiles files;
    private final Journal journal;

    public UndoExecutor(HostParts host, Journal journal) {
        this.host = host;
        this.files = host.files();
        this.journal = journal;
    }

    /** Takes all back and compares with the pre-images. Returns what could not be taken back; a clean host gives nothing. */
    public List<Finding> takeBack() {
        List<Change> changes = journal.changes();
        if (changes.isEmpty()) {
            return List.of();
        }
        List<Finding> residue = new ArrayList<>();
        for (Change change : changes.reversed()) {
            try {
                undo(change.undo());
            } catch (HostFailure e) {
                residue.add(residue(change.step(), e.problem().detail()));
            }
        }
        changes.forEach(change ->
                remaining(change.undo()).ifPresent(what -> residue.add(residue(change.step(), what))));
        host.systemd().reload();
        if (residue.isEmpty()) {
            journal.takenBack();
        }
        return residue;
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
            case Undo.RestoreFile(String path, String content, int mode) -> restore(path, content, mode);
            case Undo.RemoveDirectory(String path) -> files.remove(path);
            case Undo.RestoreMode(String path, int mode) -> {
                if (files.stamp(path).isPresent()) {
                    files.setMode(path, mode);
                }
            }
            case Undo.RestoreSetting(String path, String value) -> files.set(path, value);
            case Undo.RemoveNewEntries(String directory, List<String> before) -> removeNew(directory, before);
            case Undo.SwitchSwapOn(String device) -> {
                if (text("/proc/swaps").lines().noneMatch(line -> line.startsWith(device + " "))) {
                    run("swapon", device);
                }
            }
            case Undo.Unmask(String unit) -> host.systemd().unmask(unit);
            case Undo.DisableUnit(String unit) -> host.systemd().disableAndStop(unit);
            case Undo.RestartUnit(String unit) -> host.systemd().restart(unit);
        }
    }

    private void restore(String path, @Nullable String content, int mode) {
        if (content == null) {
            files.remove(path);
        } else if (!holds(path, content)) {
            files.write(path, Base64.getDecoder().decode(content), mode);
        }
    }

    private boolean holds(String path, String content) {
        return files.read(path)
                .map(bytes -> Arrays.equals(bytes, Base64.getDecoder().decode(content)))
                .orElse(false);
    }

    private String text(String path) {
        return files.read(path)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    private void removeNew(String directory, List<String> before) {
        unmountBelow(directory);
        files.list(directory).stream()
                .filter(name -> !before.contains(name))
                .forEach(name -> files.removeTree(directory + "/" + name));
    }

    private void unmountBelow(String directory) {
        String mounts = text(MOUNTS);
        mounts.lines()
                .map(line -> line.split(" ", 3)[1])
                .filter(target -> target.startsWith(directory + "/"))
                .sorted(Comparator.reverseOrder())
                .forEach(target -> run("umount", target.replace("\\040", " ")));
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
            case Undo.RestoreFile(String path, String content, int _) -> {
                boolean restored = content == null ? files.stamp(path).isEmpty() : holds(path, content);
                yield restored ? Optional.empty() : Optional.of(path + " differs from its pre-image");
            }
            case Undo.RemoveNewEntries(String directory, List<String> before) -> {
                List<String> left = files.list(directory).stream()
                        .filter(name -> !before.contains(name))
                        .toList();
                yield left.isEmpty() ? Optional.empty() : Optional.of(directory + " still holds " + left);
            }
            case Undo.RemoveDirectory _,
                    Undo.RestoreMode _,
                    Undo.RestoreSetting _,
                    Undo.SwitchSwapOn _,
                    Undo.Unmask _,
                    Undo.DisableUnit _,
                    Undo.RestartUnit _ -> Optional.empty();
        };
    }

    private void run(String program, String argument) {
        CommandResult result = host.commands().run(List.of(program, argument), TIMEOUT);
        if (!result.succeeded()) {
            throw new HostFailure(
                    ErrorCode.HOST_RESET_FAILED,
                    "'" + program + " " + argument + "' failed: "
                            + result.output().strip());
        }
    }
}
