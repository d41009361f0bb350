package io.nodejoin.agent.step;

import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.journal.Undo;
import io.nodejoin.protocol.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Directories whose later content belongs to a join. What existed or was mounted there before stays. */
final class ClaimedDirectories {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HostPorts host;
    private final HostFiles files;

    ClaimedDirectories(HostPorts host) {
        this.host = host;
        this.files = host.files();
    }

    /** Returns the undo that restores the current content of the directory. */
    Undo.RemoveNewEntries claim(String directory) {
        List<String> names = files.list(directory);
        Map<String, String> links = new HashMap<>();
        names.forEach(name -> files.linkTarget(directory + "/" + name).ifPresent(target -> links.put(name, target)));
        return new Undo.RemoveNewEntries(directory, names, links, files.mountsBelow(directory));
    }

    /** @throws HostException if something could not be deleted, after the rest is deleted */
    void clear(Undo.RemoveNewEntries claim) {
        requireDirectory(claim.directory());
        List<String> failures = new ArrayList<>();
        newMounts(claim).forEach(target -> failure(() -> unmount(target)).ifPresent(failures::add));
        newNames(claim)
                .forEach(name ->
                        failure(() -> files.deleteTree(path(claim, name))).ifPresent(failures::add));
        movedLinks(claim)
                .forEach(link -> failure(() -> files.createLink(path(claim, link.getKey()), link.getValue()))
                        .ifPresent(failures::add));
        if (!failures.isEmpty()) {
            throw new HostException(ErrorCode.HOST_RESET_FAILED, String.join("; ", failures));
        }
    }

    /** Returns how the directory differs from its earlier content, or empty if it does not. */
    Optional<String> deviation(Undo.RemoveNewEntries claim) {
        List<String> newer = newNames(claim);
        return newer.isEmpty()
                ? movedLinks(claim).stream()
                        .map(link -> path(claim, link.getKey()) + " does not lead to " + link.getValue())
                        .findFirst()
                : Optional.of(claim.directory() + " still contains " + newer);
    }

    private List<String> newNames(Undo.RemoveNewEntries claim) {
        return files.list(claim.directory()).stream()
                .filter(name -> !claim.before().contains(name))
                .toList();
    }

    /** Programs that use a claimed directory replace links in place, as the kubelet does for its certificate. */
    private List<Map.Entry<String, String>> movedLinks(Undo.RemoveNewEntries claim) {
        return claim.links().entrySet().stream()
                .filter(link -> !files.linkTarget(path(claim, link.getKey())).equals(Optional.of(link.getValue())))
                .toList();
    }

    private static String path(Undo.RemoveNewEntries claim, String name) {
        return claim.directory() + "/" + name;
    }

    /** Mounts below others first. A mount over an older one has the same target. */
    private List<String> newMounts(Undo.RemoveNewEntries claim) {
        List<String> targets = new ArrayList<>(files.mountsBelow(claim.directory()));
        claim.mounts().forEach(targets::remove);
        targets.sort(Comparator.reverseOrder());
        return targets;
    }

    /** If the directory was replaced by a link, the join's content is elsewhere. */
    void requireDirectory(String path) {
        files.metadata(path)
                .filter(metadata -> metadata.kind() != FileMetadata.Kind.DIRECTORY)
                .ifPresent(metadata -> {
                    throw new HostException(
                            ErrorCode.HOST_PATH_UNSAFE, path + " was a directory and is a " + metadata.kind());
                });
    }

    private void unmount(String target) {
        host.commands().runOrFail(List.of("umount", target), TIMEOUT, ErrorCode.HOST_RESET_FAILED);
    }

    private static Optional<String> failure(Runnable attempt) {
        try {
            attempt.run();
            return Optional.empty();
        } catch (HostException e) {
            return Optional.of(e.problem().detail());
        }
    }
}
