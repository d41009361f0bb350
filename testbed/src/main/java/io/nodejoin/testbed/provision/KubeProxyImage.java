package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The image of kube-proxy where the official one has its files: the components of Kubernetes that a pod may want, and nft and
 * iptables of a host's root file system with the libraries that they load.
 */
final class KubeProxyImage {
    private static final ImageArchive IMAGE =
            new ImageArchive("localhost/kube-proxy:testbed", "/usr/local/bin/kube-proxy");
    private static final List<String> COMPONENTS = List.of("kube-proxy", "kubectl");
    /** Links into /usr, without which no interpreter and no library is found. */
    private static final List<String> MERGED = List.of("lib", "lib64");

    private static final Pattern PROGRAM = Pattern.compile("nft|xtables-nft-multi|ip6?tables(-nft)?(-save|-restore)?");
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    private final Cache cache;
    private final Progress progress;

    KubeProxyImage(Cache cache, Progress progress) {
        this.cache = cache;
        this.progress = progress;
    }

    /**
     * The archive.
     *
     * @param kubernetes the directory of the built components
     * @param root a root file system with nftables and iptables
     */
    Path build(Path kubernetes, Path root) {
        String name = "kube-proxy-"
                + Cache.digest(List.of(
                        kubernetes.getFileName().toString(), root.getFileName().toString(), PROGRAM.pattern()));
        Path entry = cache.getOrCreate(
                name,
                directory -> progress.report("packing the image of kube-proxy", () -> {
                    IMAGE.write(directory.resolve("kube-proxy.tar"), layer(kubernetes, root));
                    return directory;
                }));
        return entry.resolve("kube-proxy.tar");
    }

    private static List<String> layer(Path kubernetes, Path root) {
        List<String> arguments = new ArrayList<>(List.of("--directory", root.toString()));
        arguments.addAll(
                MERGED.stream().filter(link -> Files.exists(root.resolve(link))).toList());
        arguments.addAll(members(root));
        // The letter S leaves the targets of links as they are.
        arguments.addAll(
                List.of("--transform=s,^\\(kube\\|etcd\\),usr/local/bin/\\1,S", "--directory", kubernetes.toString()));
        arguments.addAll(withTargets(kubernetes));
        return arguments;
    }

    /** The programs, and what those are that are links to another one. */
    private static Set<String> withTargets(Path kubernetes) {
        Set<String> files = new TreeSet<>(COMPONENTS);
        for (String component : COMPONENTS) {
            try {
                files.add(
                        kubernetes.resolve(component).toRealPath().getFileName().toString());
            } catch (IOException missing) {
                throw new UncheckedIOException(kubernetes + " lacks " + component, missing);
            }
        }
        return files;
    }

    /** Programs, the links by which they are called, their libraries and the extensions that iptables loads by name. */
    private static Set<String> members(Path root) {
        Set<String> members = new TreeSet<>();
        matching(root, "usr/sbin").forEach(members::add);
        matching(root, "etc/alternatives").forEach(members::add);
        String linked = Command.of("chroot", root.toString(), "ldd", "/usr/sbin/nft", "/usr/sbin/xtables-nft-multi")
                .run()
                .orFail()
                .output();
        for (Matcher library = LIBRARY.matcher(linked); library.find(); ) {
            addWithTarget(root, library.group(1).substring(1), members);
        }
        extensions(root).forEach(members::add);
        return members;
    }

    private static Stream<String> matching(Path root, String directory) {
        return names(root.resolve(directory))
                .filter(name -> PROGRAM.matcher(name).matches())
                .map(name -> directory + "/" + name);
    }

    private static Stream<String> extensions(Path root) {
        return names(root.resolve("usr/lib"))
                .map(name -> "usr/lib/" + name + "/xtables")
                .filter(path -> Files.isDirectory(root.resolve(path)));
    }

    private static void addWithTarget(Path root, String library, Set<String> members) {
        try {
            Path real = root.toRealPath();
            Path inPlace = real.resolve(library).resolveSibling("").toRealPath().resolve(fileName(library));
            members.add(real.relativize(inPlace).toString());
            members.add(real.relativize(inPlace.toRealPath()).toString());
        } catch (IOException missing) {
            throw new UncheckedIOException(root + " lacks " + library, missing);
        }
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Stream<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot list " + directory, unreadable);
        }
    }
}
