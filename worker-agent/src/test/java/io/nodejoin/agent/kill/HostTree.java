package io.nodejoin.agent.kill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;

/** Every path below a directory, with its mode, its owner and what it holds or points to. */
public final class HostTree {
    private HostTree() {}

    /** Two trees with equal maps are equal. */
    public static Map<String, String> read(Path root) {
        Map<String, String> tree = new TreeMap<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                        throws IOException {
                    tree.put(root.relativize(directory) + "/", access(directory));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    String content = attributes.isSymbolicLink()
                            ? "-> " + Files.readSymbolicLink(file)
                            : Files.readString(file).strip();
                    tree.put(root.relativize(file).toString(), access(file) + " " + content);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree;
    }

    private static String access(Path file) throws IOException {
        return octal(file, "unix:mode") + " " + octal(file, "unix:uid") + ":" + octal(file, "unix:gid");
    }

    private static String octal(Path file, String attribute) throws IOException {
        return Integer.toOctalString((Integer) Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS));
    }
}
