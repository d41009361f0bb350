package io.nodejoin.agent.step;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.journal.Undo;
import io.nodejoin.protocol.ErrorCode;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Restores files to their content before a join; keeps what others have changed since. */
final class FileRestorer {
    private final HostFiles files;

    FileRestorer(HostFiles files) {
        this.files = files;
    }

    /** @throws HostException if others have edited what the join had written */
    void restore(Undo.RestoreFile file) {
        Optional<byte[]> now = files.read(file.path());
        byte[] wanted = now.map(content -> mergedContent(file, content)).orElseGet(() -> decoded(file.content()));
        if (hasAccess(file)
                && now.filter(content -> Arrays.equals(content, wanted)).isPresent()) {
            files.deleteTemporary(file.path());
        } else {
            files.write(file.path(), wanted, file.mode(), file.owner());
        }
    }

    boolean isRestored(Undo.RestoreFile file) {
        return hasAccess(file)
                && files.read(file.path())
                        .filter(now -> hasOriginalContent(file, now))
                        .isPresent();
    }

    private boolean hasAccess(Undo.RestoreFile file) {
        return files.metadata(file.path())
                .filter(metadata ->
                        metadata.mode() == file.mode() && metadata.owner().equals(file.owner()))
                .isPresent();
    }

    private static boolean hasOriginalContent(Undo.RestoreFile file, byte[] now) {
        byte[] before = decoded(file.content());
        ThreeWayMerge text = new ThreeWayMerge(before, now);
        return Arrays.equals(before, now) || written(file).stream().allMatch(text::isReverted);
    }

    private static byte[] mergedContent(Undo.RestoreFile file, byte[] now) {
        byte[] before = decoded(file.content());
        if (isWritten(file, now)) {
            return before;
        }
        if (hasOriginalContent(file, now)) {
            return now;
        }
        ThreeWayMerge text = new ThreeWayMerge(before, now);
        return written(file).stream()
                .flatMap(content -> text.revert(content).stream())
                .findFirst()
                .orElseThrow(() -> new HostException(
                        ErrorCode.HOST_RESET_FAILED,
                        file.path() + " was edited where it had been changed; it is left as it is"));
    }

    private static boolean isWritten(Undo.RestoreFile file, byte[] content) {
        return written(file).stream().anyMatch(one -> Arrays.equals(one, content));
    }

    /** Returns the written contents that differ from the pre-image, the latest first. */
    private static List<byte[]> written(Undo.RestoreFile file) {
        return file.written().reversed().stream()
                .filter(content -> !content.equals(file.content()))
                .map(FileRestorer::decoded)
                .toList();
    }

    private static byte[] decoded(String content) {
        return Base64.getDecoder().decode(content);
    }
}
