package io.nodejoin.agent.host;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a tree bottom-up, as far as possible. Does not access mounts, since their server may hang. A bind mount may
 * have the same file system as the tree.
 */
final class TreeDeletion {
    private final String store;
    private final Set<String> mounts;
    private @Nullable IOException failure;

    private TreeDeletion(String store, Set<String> mounts) {
        this.store = store;
        this.mounts = mounts;
    }

    /** @throws IOException the first failure of a deletion, mounts and their parents excepted */
    static void delete(Path tree, FileStore store, Set<String> mounts) throws IOException {
        TreeDeletion removal = new TreeDeletion(store.toString(), mounts);
        removal.deleteRecursively(tree);
        if (removal.failure != null) {
            throw removal.failure;
        }
    }

    private void deleteRecursively(Path path) {
        if (mounts.contains(path.toString())) {
            return;
        }
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                if (!Files.getFileStore(path).toString().equals(store)) {
                    return;
                }
                entries(path).forEach(this::deleteRecursively);
            }
            Files.delete(path);
        } catch (DirectoryNotEmptyException | NoSuchFileException _) {
            return;
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
