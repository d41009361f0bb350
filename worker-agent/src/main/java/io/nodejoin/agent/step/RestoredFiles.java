package io.nodejoin.agent.step;

import io.nodejoin.agent.host.FileOwner;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.journal.Undo;
import io.nodejoin.protocol.ErrorCode;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Files that are brought back to what they held before a join wrote over them; what others have made of them since stays. */
final class RestoredFiles {
    private final HostFiles files;

    RestoredFiles(HostFiles files) {
        this.files = files;
    }

    /** @throws HostFailure if others have edited what the join had written */
    void restore(Undo.RestoreFile file) {
        Optional<byte[]> now = files.read(file.path());
        byte[] wanted = now.map(content -> wanted(file, content)).orElseGet(() -> decoded(file.content()));
        if (hasAccess(file)
                && now.filter(content -> Arrays.equals(content, wanted)).isPresent()) {
            files.discardUnfinished(file.path());
        } else {
            write(file, wanted);
        }
    }

    private void write(Undo.RestoreFile file, byte[] content) {
        FileOwner owner = file.owner();
        if (owner == null) {
            files.write(file.path(), content, file.mode());
        } else {
            files.write(file.path(), content, file.mode(), owner);
        }
    }

    boolean isDone(Undo.RestoreFile file) {
        return hasAccess(file)
                && files.read(file.path()).filter(now -> isRestored(file, now)).isPresent();
    }

    private boolean hasAccess(Undo.RestoreFile file) {
        return files.stamp(file.path())
                .filter(stamp -> stamp.mode() == file.mode())
                .filter(stamp -> file.owner() == null || stamp.owner().equals(file.owner()))
                .isPresent();
    }

    private static boolean isRestored(Undo.RestoreFile file, byte[] now) {
        byte[] before = decoded(file.content());
        EditedText text = new EditedText(before, now);
        return Arrays.equals(before, now) || written(file).stream().allMatch(text::lacks);
    }

    private static byte[] wanted(Undo.RestoreFile file, byte[] now) {
        byte[] before = decoded(file.content());
        if (isWritten(file, now)) {
            return before;
        }
        if (isRestored(file, now)) {
            return now;
        }
        EditedText text = new EditedText(before, now);
        return written(file).stream()
                .flatMap(content -> text.without(content).stream())
                .findFirst()
                .orElseThrow(() -> new HostFailure(
                        ErrorCode.HOST_RESET_FAILED,
                        file.path() + " was edited where it had been changed; it is left as it is"));
    }

    private static boolean isWritten(Undo.RestoreFile file, byte[] content) {
        return written(file).stream().anyMatch(one -> Arrays.equals(one, content));
    }

    /** What differs from the pre-image, the latest first. */
    private static List<byte[]> written(Undo.RestoreFile file) {
        return file.written().reversed().stream()
                .filter(content -> !content.equals(file.content()))
                .map(RestoredFiles::decoded)
                .toList();
    }

    private static byte[] decoded(String content) {
        return Base64.getDecoder().decode(content);
    }
}
