package io.nodejoin.testbed.provision;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The working copy that this program was built from: sources of what is built on demand, and the build's jars.
 *
 * @param root the directory of the outermost pom.xml
 */
public record SourceTree(Path root) {
    private static final String MARK = "testbed/kubebox/go.mod";

    /** The working copy around the current directory, or the one that the property nodejoin.home names. */
    public static SourceTree locate() {
        String home = System.getProperty("nodejoin.home", "");
        Path start = Path.of(home.isEmpty() ? System.getProperty("user.dir", ".") : home)
                .toAbsolutePath();
        Optional<Path> root = Stream.iterate(start, path -> path != null, Path::getParent)
                .filter(path -> Files.exists(path.resolve(MARK)))
                .findFirst();
        return new SourceTree(root.orElseThrow(() -> new IllegalStateException(
                "no working copy of Nodejoin at " + start + " or above; set -Dnodejoin.home=DIRECTORY")));
    }

    public Path testbed(String relative) {
        return root.resolve("testbed").resolve(relative);
    }

    public Path module(String name) {
        return root.resolve(name);
    }

    /** The java command of the JDK that runs this program. */
    public static String javaCommand() {
        return javaHome().resolve("bin/java").toString();
    }

    /** The jcmd command of that JDK. */
    public static String jcmdCommand() {
        return javaHome().resolve("bin/jcmd").toString();
    }

    public static Path javaHome() {
        return Path.of(System.getProperty("java.home"));
    }
}
