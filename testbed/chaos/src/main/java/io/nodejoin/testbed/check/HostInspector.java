package io.nodejoin.testbed.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** One host since it was new: its file tree, and whether its kubelet runs. */
final class HostInspector {
    /** The agent's own, on the host before any join and after every one; the last one holds its latest problem until the next boot. */
    private static final List<String> OF_THE_AGENT =
            List.of("var/lib/nodejoin", "etc/nodejoin", "var/log", "run/cluster-api");

    private final String node;
    private final Path root;
    private final BooleanSupplier kubeletActive;
    private final Map<String, String> before;

    HostInspector(String node, Path root, BooleanSupplier kubeletActive) {
        this.node = node;
        this.root = root;
        this.kubeletActive = kubeletActive;
        this.before = readTree(root);
    }

    ClusterSnapshot.Host inspect() {
        return new ClusterSnapshot.Host(
                node,
                root,
                machineId(),
                before,
                readTree(root),
                kubeletActive.getAsBoolean(),
                Files.exists(root.resolve("var/lib/kubelet/bootstrap-kubeconfig")),
                keyDigest().orElse(null));
    }

    private String machineId() {
        try {
            return Files.readString(root.resolve("etc/machine-id")).strip();
        } catch (IOException _) {
            return "unreadable";
        }
    }

    private Optional<String> keyDigest() {
        Path certificate = root.resolve("var/lib/kubelet/pki/kubelet-client-current.pem");
        try (InputStream pem = Files.newInputStream(certificate)) {
            return Optional.of(Digest.of(CertificateFactory.getInstance("X.509")
                    .generateCertificate(pem)
                    .getPublicKey()
                    .getEncoded()));
        } catch (IOException | CertificateException _) {
            return Optional.empty();
        }
    }

    private static Map<String, String> readTree(Path root) {
        Map<String, String> tree = new TreeMap<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                        throws IOException {
                    String name = root.relativize(directory).toString();
                    if (OF_THE_AGENT.contains(name)) {
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    tree.put("/" + name, "directory " + mode(directory));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    tree.put("/" + root.relativize(file), attributes.isSymbolicLink() ? link(file) : content(file));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    // The host is running: a file that disappears during the read counts as absent.
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException _) {
            return readTree(root);
        } catch (IOException e) {
            throw new UncheckedIOException("the host below " + root + " cannot be read", e);
        }
        return tree;
    }

    private static String link(Path link) throws IOException {
        return "link to " + Files.readSymbolicLink(link);
    }

    private static String content(Path file) throws IOException {
        return "file " + mode(file) + " " + Digest.plain(Files.readAllBytes(file));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
