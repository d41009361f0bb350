package io.nodejoin.agent.step;

import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.journal.Change;
import io.nodejoin.agent.journal.Undo;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The directories in which names were created or deleted by undos. Without a sync a power loss would revert that. */
record ChangedDirectories(HostFiles files) {
    private static final String UNITS = "/etc/systemd/system";

    Set<String> of(List<Change> changes) {
        return changes.stream().map(Change::undo).flatMap(this::of).collect(Collectors.toUnmodifiableSet());
    }

    private Stream<String> of(Undo undo) {
        return switch (undo) {
            case Undo.RemoveFile(String path) -> Stream.of(parent(path));
            case Undo.RestoreFile file -> Stream.of(parent(file.path()));
            case Undo.RemoveDirectory(String path) -> Stream.of(parent(path));
            case Undo.RestoreMode(String path, int _) -> Stream.of(path);
            case Undo.RemoveNewEntries claim -> Stream.of(claim.directory());
            case Undo.Unmask _, Undo.DisableUnit _, Undo.DisableAtBoot _ -> links();
            case Undo.RestoreSetting _, Undo.SwitchSwapOn _, Undo.StopUnit _, Undo.RestartUnit _ -> Stream.of();
        };
    }

    /** Returns the directories in which systemctl creates the links that enable or mask a unit. */
    private Stream<String> links() {
        return Stream.concat(
                Stream.of(UNITS),
                files.list(UNITS).stream()
                        .filter(name -> name.endsWith(".wants") || name.endsWith(".requires"))
                        .map(name -> UNITS + "/" + name));
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(1, path.lastIndexOf('/')));
    }
}
